import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

/** `error` in 1.x and 3, `code` and `message` in 2. */
const ErrorAnswer = z.object({ error: z.string().optional(), message: z.string().optional() });

/** Codes by the text of an error, whatever its status; the first match counts. */
const WORDS: readonly (readonly [RegExp, ErrorCode, remedy?: string])[] = [
  [/query-timeout limit|timeout reached|deadline exceeded/i, 'METRICS_STORE_TIMEOUT'],
  [/max-concurrent-queries/, 'METRICS_STORE_THROTTLED'],
  [/query killed|query interrupted|engine shutdown/i, 'METRICS_STORE_UNAVAILABLE'],
  [/limit exceeded|memory limit/i, 'METRICS_LIMIT_EXCEEDED', 'use a longer step, a shorter window or fewer series'],
  [
    /authorization failed|not authorized|unauthorized access/i,
    'METRICS_ACCESS_DENIED',
    "check the account's credentials",
  ],
  [/database name required/i, 'METRICS_QUERY_REJECTED', "set the account's database"],
  [
    /(database|retention policy) not found/i,
    'METRICS_QUERY_REJECTED',
    "check the account's database and retentionPolicy",
  ],
  [/could not find bucket|organization .*not found/i, 'METRICS_QUERY_REJECTED', "check the account's bucket and org"],
];

/** Reads an error of any version. */
export function readRefusal(status: number, body: string): Refusal {
  const said = textOf(body);
  if (status === 404 && said.trim() === '404 page not found') {
    const remedy = "check endpoint.baseUrl and the account's version: InfluxDB before 1.8, and 3, have no Flux";
    return { text: said, remedy };
  }
  const refusal = refusalIn(said);
  // Only a store that parsed the query explains what is wrong with it.
  return status === 401 || status === 403 || status === 429 || status >= 502 ? { text: said } : refusal;
}

/** Reads a store's error text. */
export function refusalIn(text: string): Refusal {
  const [, code, remedy] = WORDS.find(([words]) => words.test(text)) ?? [];
  return { text, code, remedy };
}

function textOf(body: string): string {
  const { error, message } = ErrorAnswer.safeParse(jsonOf(body)).data ?? {};
  return error ?? message ?? body;
}
