import type { Refusal } from '../../shared/http/failures.ts';

const CHEAPER = "make the statement cheaper or raise the account's statementTimeoutMillis";
const LIMIT: Refusal = { code: 'METRICS_LIMIT_EXCEEDED', remedy: 'group the rows by time in the statement' };
const DENIED: Refusal = {
  code: 'METRICS_ACCESS_DENIED',
  remedy: "check the account's credentials and what they may read",
};
const TIMEOUT: Refusal = { code: 'METRICS_STORE_TIMEOUT', remedy: CHEAPER };
const THROTTLED: Refusal = { code: 'METRICS_STORE_THROTTLED' };
const UNAVAILABLE: Refusal = { code: 'METRICS_STORE_UNAVAILABLE' };

/**
 * By error code; the status says little: 404 may be an unknown column, 500 a rejected statement.
 *
 * @see src/Common/ErrorCodes.cpp of ClickHouse
 */
const FAILURES: Readonly<Record<number, Refusal>> = {
  ...codes([159, 160, 209], TIMEOUT),
  ...codes([201, 202], THROTTLED),
  ...codes([158, 191, 241, 290, 307, 396], LIMIT),
  ...codes([192, 193, 194, 195, 291, 492, 497, 516], DENIED),
  ...codes([198, 203, 210, 225, 236, 242, 252, 279, 319, 999], UNAVAILABLE),
};
const UNKNOWN_SETTING = 115;
const READ_ONLY = 164;
const MEMORY = 241;

function codes(numbers: readonly number[], refusal: Refusal): Record<number, Refusal> {
  return Object.fromEntries(numbers.map((number) => [number, refusal]));
}

/**
 * Reads an error: `Code: 62, e.displayText() = DB::Exception: …` of old, `Code: 62. DB::Exception: …` of new versions.
 */
export function readRefusal(body: string): Refusal {
  const [text, number] = /Code: (\d+)[.,][\s\S]*/.exec(body) ?? [];
  if (text === undefined) return {};
  const code = Number(number);
  // A limit of the whole server, not of the statement: a retry may help.
  if (code === MEMORY && text.includes('(total)')) return { ...UNAVAILABLE, text };
  if (code === UNKNOWN_SETTING) return { ...rejected("set the account's legacy for ClickHouse before 19.14"), text };
  if (code === READ_ONLY && /setting/i.test(text)) {
    return { ...rejected("the user may not change settings: set the account's sendSettings to false"), text };
  }
  return { ...(FAILURES[code] ?? { code: 'METRICS_QUERY_REJECTED' }), text };
}

function rejected(remedy: string): Refusal {
  return { code: 'METRICS_QUERY_REJECTED', remedy };
}
