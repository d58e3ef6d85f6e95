import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const Failure = z.object({
  errorType: z.string().nullish().catch(undefined),
  errorMessage: z.string().nullish().catch(undefined),
  status: z.object({ message: z.string() }).nullish().catch(undefined),
  message: z.string().nullish().catch(undefined),
});

/** Reads an error: `{"status": {"result", "message", "code"}}`, or what {@link readFailure} reads. */
export function readRefusal(status: number, body: string): Refusal {
  const { text } = readFailure(jsonOf(body)) ?? {};
  if (status === 401 || status === 403) return { text, remedy: "check the account's apiToken, and what it may read" };
  // 406 Not Acceptable: too many concurrent requests.
  return status === 406 ? { code: 'METRICS_STORE_THROTTLED', text } : { text };
}

/** A 200 may still be an error: `errorType` and `errorMessage`. */
export function readFailure(json: unknown): Refusal | undefined {
  const { errorType, errorMessage, status, message } = Failure.safeParse(json).data ?? {};
  const kind = errorType === 'N/A' ? undefined : errorType;
  const text = [kind, errorMessage || status?.message || message].filter(Boolean).join(': ');
  if (text === '') return undefined;
  return kind && /time-?out/i.test(kind) ? { code: 'METRICS_STORE_TIMEOUT', text } : { text };
}
