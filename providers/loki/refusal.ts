import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

/** Limits of the store or the tenant, in Loki's words: a smaller query would succeed. */
const LIMIT = new RegExp(
  [
    'maximum number of series',
    'cardinality limit exceeded',
    'read too many bytes',
    'max number of chunks',
    'matchers per query exceeded',
    'too large to execute',
    'limit reached while evaluating',
    '\\[interval\\] value exceeds limit',
    'time range exceeds the limit',
    'exceeded maximum resolution',
  ].join('|'),
  'i',
);
const TIMED_OUT = /request timed out|deadline exceeded|timeout/i;
/** A proxy in front of Loki gave up. We did not cancel, or nobody would read this. */
const CLIENT_CLOSED_REQUEST = 499;

/** Reads an error: mostly plain text; a gateway may wrap it in JSON. */
export function readRefusal(status: number, body: string): Refusal {
  const text = textOf(body);
  if (/no org id/i.test(text)) {
    return { code: 'METRICS_ACCESS_DENIED', text, remedy: "the store has tenants: set the account's tenantId" };
  }
  if ((status === 400 || status === 500) && LIMIT.test(text)) {
    return { code: 'METRICS_LIMIT_EXCEEDED', text, remedy: 'use a longer step, a shorter window or fewer streams' };
  }
  if (status === CLIENT_CLOSED_REQUEST) return { code: 'METRICS_STORE_UNAVAILABLE', text };
  if (status >= 500 && TIMED_OUT.test(text)) return { code: 'METRICS_STORE_TIMEOUT', text };
  return { text };
}

const JsonError = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

function textOf(body: string): string {
  return JsonError.safeParse(jsonOf(body)).data ?? body;
}
