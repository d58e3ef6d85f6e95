import { PARTIAL_ANSWER } from '../../../src/domain/metric-fetch.ts';
import { CanaryError, type ErrorCode } from '../../../src/errors.ts';
import { sentRedactor } from '../credentials/authorize.ts';
import type { HttpAccount } from '../http/account.ts';
import { excerptOf, type OfMetric, requestLabel } from '../http/failures.ts';

/** A request of an account that may accept partial answers. */
export type PartialRequest = OfMetric & { readonly account: HttpAccount };

/** How an answer that lacks a part becomes an error, where the account does not accept it. */
interface PartialHow {
  /** default: METRICS_ANSWER_INVALID, which is retried once: a node that was down may be back */
  readonly code?: ErrorCode;
  /** what removes the cause; allowPartial only accepts it */
  readonly remedy?: string;
}

/**
 * The warnings for an answer that lacks a part of its data.
 *
 * @param notices the store's words, or ours; none: the answer is whole
 * @throws CanaryError unless the account's `allowPartial` accepts such answers
 */
export function partialWarnings(request: PartialRequest, notices: Iterable<string>, how: PartialHow = {}): string[] {
  const told = [...new Set(notices)];
  if (told.length === 0) return [];
  if (request.account.allowPartial) return told.map((notice) => `${PARTIAL_ANSWER}${notice}`);
  const { code = 'METRICS_ANSWER_INVALID', remedy } = how;
  throw new CanaryError(
    code,
    `${requestLabel(request)}: the answer is partial: ${excerptOf(told.join('; '), sentRedactor(request.account))} - ` +
      `${remedy === undefined ? 'see what the store lacks' : remedy}, or accept it with the account's allowPartial`,
  );
}

/** Words of stores for an answer without a part of its data. */
const SAYS_PARTIAL =
  /\bpartial|incomplet|truncat|\btimed? ?-?out|\blimit(ed|s)?\b|exceed|unavailable|unreachable|could not be (read|reached|queried)|did not (answer|respond)|not all\b|missing data|left out|omitted|skipped|finalized/i;

/** Whether the words of a store that mixes its notices say that the answer lacks a part. */
export function saysPartial(notice: string): boolean {
  return SAYS_PARTIAL.test(notice);
}

/**
 * The warnings of a store that mixes its notices: those that say that the answer is partial must be allowed.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID
 */
export function noticeWarnings(request: PartialRequest, notices: Iterable<string>, how: PartialHow = {}): string[] {
  const told = [...notices];
  return [...partialWarnings(request, told.filter(saysPartial), how), ...told.filter((notice) => !saysPartial(notice))];
}
