import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';

const Errors = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });
const Failure = z.object({
  data: z.object({ execExpression: z.object({ type: z.string(), error: z.string().nullish() }) }),
});

/** What GraphQL says is missing from an answer that has data. */
export function missingOf(json: unknown): string[] {
  return (Errors.safeParse(json).data?.errors ?? []).map(({ message }) => message);
}

/** Whether some field of the answer has a value. */
function hasData(json: unknown): boolean {
  const { data } = json as { data?: unknown };
  return typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null);
}

/** GraphQL always answers 200; MQE reports errors in its result. */
export function readFailure(json: unknown): Refusal | undefined {
  const errors = Errors.safeParse(json);
  if (errors.success && !hasData(json)) {
    const text = errors.data.errors.map(({ message }) => message).join('; ');
    return /execExpression/.test(text) && /FieldUndefined|undefined/.test(text)
      ? { text, remedy: 'expressions need SkyWalking 9.5 or later; for older versions use query and valuesPath' }
      : { text };
  }
  const failure = Failure.safeParse(json);
  if (!failure.success) return undefined;
  const { type, error } = failure.data.data.execExpression;
  if (error) return { text: error };
  if (type === 'TIME_SERIES_VALUES') return undefined;
  return {
    text: `a result of type ${type}`,
    remedy:
      type === 'UNKNOWN'
        ? 'the window may be older than the server keeps metrics'
        : 'write an expression that gives a time series: without avg(), sum(), latest() or top_n() around it',
  };
}
