import { z } from 'zod';
import type { ErrorCode } from '../../../src/errors.ts';
import type { Refusal } from '../http/failures.ts';
import { jsonOf } from '../http/json-of.ts';

const ErrorAnswer = z.object({ errorType: z.unknown(), error: z.string() });

/** Messages of a store's limits: a smaller query would succeed. */
const LIMIT =
  /maximum resolution|too many (samples|points|series)|maxPointsPerTimeseries|exceeded the maximum|limit: \d/i;
const TIMED_OUT = /timed out|time-?out|deadline exceeded/i;

/** By `errorType` of an answer of success that holds an error. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  bad_data: 'METRICS_QUERY_REJECTED',
  execution: 'METRICS_QUERY_REJECTED',
  not_found: 'METRICS_QUERY_REJECTED',
  timeout: 'METRICS_STORE_TIMEOUT',
};

/** Finds an error in a successful answer, as proxies send it. */
export function readFailure(json: unknown): Refusal | undefined {
  const { status } = (json ?? {}) as { readonly status?: unknown };
  if (status !== 'error') return undefined;
  const { error = 'no reason given', errorType } = ErrorAnswer.partial().safeParse(json).data ?? {};
  const kind = typeof errorType === 'string' ? errorType : '';
  return { code: CODES[kind] ?? 'METRICS_STORE_UNAVAILABLE', text: [kind, error].filter(Boolean).join(': ') };
}

/** Reads an error of Prometheus or a store with its API. */
export function readRefusal(status: number, body: string): Refusal {
  const { error: text, errorType } = ErrorAnswer.safeParse(jsonOf(body)).data ?? { error: body };
  if (/no org id/i.test(text)) {
    return { code: 'METRICS_ACCESS_DENIED', text, remedy: "the store has tenants: set the account's tenantId" };
  }
  if ((status === 400 || status === 422) && LIMIT.test(text)) {
    return { code: 'METRICS_LIMIT_EXCEEDED', text, remedy: 'use a longer step, a shorter window or fewer series' };
  }
  // A query may contain the word, so a syntax error (400) must not count.
  if (errorType === 'timeout' || ((status === 422 || status === 503) && TIMED_OUT.test(text))) {
    return { code: 'METRICS_STORE_TIMEOUT', text };
  }
  // The store or a proxy gave up. We did not cancel, or nobody would read this.
  if (errorType === 'canceled') return { code: 'METRICS_STORE_UNAVAILABLE', text };
  return { text };
}
