import { z } from 'zod';
import { encoded } from '../../shared/http/encoded.ts';
import { fetchText, type TextAnswer } from '../../shared/http/http.ts';
import { jsonOf } from '../../shared/http/json-of.ts';
import { MAX_ANSWER_BYTES } from '../../shared/http/read-body.ts';
import { databaseOf, type SqlAccount } from '../account.ts';
import { MAX_ROWS, type SqlTable } from '../answer.ts';
import type { Bound } from '../bind-parameters.ts';
import { readRefusal } from './refusal.ts';

interface Asked {
  readonly account: SqlAccount;
  readonly metricName?: string | undefined;
}

/** Rows are validated one by one while reading. */
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

function parametersOf(account: SqlAccount, { values }: Bound): string {
  const database = databaseOf(account);
  const parameters = new URLSearchParams({
    default_format: 'JSONCompact',
    // Otherwise an error could come after part of the answer.
    wait_end_of_query: '1',
    ...(database === undefined ? {} : { database }),
    ...settingsOf(account),
    ...Object.fromEntries(values.map(({ name, value }) => [`param_${name}`, escaped(String(value))])),
  });
  return encoded(parameters);
}

/** @see https://clickhouse.com/docs/operations/settings/query-complexity */
const WHOLE = {
  skip_unavailable_shards: '0',
  ...Object.fromEntries(
    ['timeout', 'read', 'group_by', 'sort', 'distinct', 'set', 'join', 'transfer'].map((limit) => [
      `${limit}_overflow_mode`,
      'throw',
    ]),
  ),
};

/** Users with readonly=1 may not change settings, not even to stricter ones. */
function settingsOf(account: SqlAccount): Record<string, string> {
  const { sendSettings = true, legacy, statementTimeoutMillis } = account;
  if (!sendSettings) return {};
  return {
    readonly: '2',
    max_execution_time: String(Math.ceil(statementTimeoutMillis / 1000)),
    // The database stops there, and says which limit it was.
    max_result_rows: String(MAX_ROWS),
    max_result_bytes: String(MAX_ANSWER_BYTES),
    result_overflow_mode: 'throw',
    // Where a limit or a missing shard would only shorten the answer, it is to be an error.
    ...(account.allowPartial ? {} : WHOLE),
    // Infinity and NaN as text, instead of null.
    output_format_json_quote_denormals: '1',
    ...(legacy ? {} : { cancel_http_readonly_queries_on_client_close: '1' }),
  };
}

/** Parameter values are parsed like tab-separated values. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function readAnswer(answer: TextAnswer): z.infer<typeof CompactAnswer> {
  const json = jsonOf(answer.text);
  if (json === undefined) {
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
