import { CanaryError, type ErrorCode } from '../../errors.ts';

const REFUSALS: readonly ErrorCode[] = ['REQUEST_INVALID', 'CANARY_CONFIG_INVALID', 'METRICS_QUERY_INVALID'];
/** More of them hide the reason. */
const MOST_TOLD = 3;

/**
 * Work that may be refused for a field that is missing. The refusal then also says which fields nobody reads: one of them
 * is often the missing one, misspelt.
 *
 * @param unread a sentence a field
 */
export async function withUnreadTold<T>(unread: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CanaryError) || !REFUSALS.includes(error.code) || unread.length === 0) throw error;
    const message = `${error.message.replace(/\.$/, '')}. Also: ${unread.slice(0, MOST_TOLD).join(' ')}`;
    throw new CanaryError(error.code, message, {
      ...(error.details === undefined ? {} : { details: [...error.details, ...unread] }),
      cause: error,
    });
  }
}
