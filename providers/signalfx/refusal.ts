import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const Failure = z.object({
  errorType: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
  context: z.unknown().optional(),
});

/** Reads an error: `{"code", "errorType", "message", "context"}`. */
export function readRefusal(status: number, body: string): Refusal {
  const failure = Failure.safeParse(jsonOf(body)).data;
  const text = failure && wordsOf(failure);
  if (status === 401 || status === 403) {
    return { text, remedy: "check the account's accessToken, its realm, and that the token may use the API" };
  }
  return { text };
}

const Errors = z.object({ errors: z.array(z.unknown()).nullish() });

/** The errors that end a computation: a list, or a single one. */
export function refusalOf(payload: unknown): Refusal {
  const errors = Errors.safeParse(payload).data?.errors ?? [payload];
  const text = errors.map((error) => wordsOf(Failure.safeParse(error).data ?? { context: error })).join('; ');
  return /INTERNAL_ERROR/.test(text) ? { code: 'METRICS_STORE_UNAVAILABLE', text } : { text };
}

/** Many errors have no message: the context says what they are about. */
function wordsOf({ errorType, code, message, context }: z.infer<typeof Failure>): string {
  const kind = errorType ?? code;
  const about = message ?? (context === undefined || context === null ? undefined : JSON.stringify(context));
  return [kind, about].filter((part) => part !== undefined && part !== null).join(': ');
}
