import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { fetchText, type TextAnswer } from '../shared/http/http.ts';
import { databaseOf, type SqlAccount } from './account.ts';
import type { Bound } from './bound.ts';
import type { SqlTable } from './table.ts';

interface Asked {
  readonly account: SqlAccount;
  readonly metricName?: string | undefined;
}

/** Rows are checked one by one when they are read. */
const CompactAnswer = z.object({
  meta: z.array(z.object({ name: z.string(), type: z.string() })),
  data: z.array(z.array(z.unknown())),
});

/**
 * Runs one statement over the HTTP interface.
 * @see https://clickhouse.com/docs/interfaces/http
 * @throws CanaryError METRICS_…, or EXECUTION_CANCELED
 */
export async function askClickHouse(asked: Asked, statement: Bound, signal: AbortSignal): Promise<SqlTable> {
  const { account, metricName } = asked;
  const answer = await fetchText(
    {
      account,
      metricName,
      path: `/?${parametersOf(account, statement)}`,
      text: { type: 'text/plain; charset=utf-8', text: statement.text },
      readRefusal: (_, text) => readRefusal(text),
    },
    signal,
  );
  const { meta, data } = readAnswer(answer);
  return { columns: meta.map(({ name }) => name), types: meta.map(({ type }) => type), rows: data };
}

/** Blanks as `%20`: not everything on the way reads a `+` as one. */
function parametersOf(account: SqlAccount, { values }: Bound): string {
  const database = databaseOf(account);
  const parameters = new URLSearchParams({
    default_format: 'JSONCompact',
    // Else an error in the middle would follow on a part of the answer.
    wait_end_of_query: '1',
    ...(database === undefined ? {} : { database }),
    ...settingsOf(account),
    ...Object.fromEntries(values.map(({ name, value }) => [`param_${name}`, escaped(String(value))])),
  });
  return parameters.toString().replaceAll('+', '%20');
}

/** Users with readonly=1 may not change any, not even to be stricter. */
function settingsOf({ sendSettings = true, legacy, statementTimeoutMillis }: SqlAccount): Record<string, string> {
  if (!sendSettings) return {};
  return {
    readonly: '2',
    max_execution_time: String(Math.ceil(statementTimeoutMillis / 1000)),
    // Infinity and NaN as text, instead of null.
    output_format_json_quote_denormals: '1',
    ...(legacy ? {} : { cancel_http_readonly_queries_on_client_close: '1' }),
  };
}

/** Values of parameters are read like those of a file with tabs. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function readAnswer(answer: TextAnswer): z.infer<typeof CompactAnswer> {
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    const refusal = readRefusal(answer.text);
    throw refusal.code === undefined ? answer.unreadable('not JSON') : answer.refused(refusal);
  }
  const parsed = CompactAnswer.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw answer.unreadable(
    `${issue?.path.join('.') || 'answer'}: ${issue?.message}; is there a FORMAT in the statement?`,
  );
}

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
 * By error code; the status says little: 404 may be an unknown column, 500 a refused statement.
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

/** `Code: 62, e.displayText() = DB::Exception: …` of old, `Code: 62. DB::Exception: …` of new versions. */
function readRefusal(body: string): Refusal {
  const [text, number] = /Code: (\d+)[.,][\s\S]*/.exec(body) ?? [];
  if (text === undefined) return {};
  const code = Number(number);
  // Of the whole server, not of the statement: it may pass.
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
