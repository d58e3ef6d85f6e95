import type { MetricDescriptor } from '../../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../../src/errors.ts';
import { fetchJson } from '../../shared/http/http.ts';
import { pathOrForm } from '../../shared/http/long-query.ts';
import type { Built } from '../../shared/query/query-fields.ts';
import { type Part, partsOf } from '../../shared/series/grid.ts';
import type { StoreAnswer } from '../../shared/series/metric-sets.ts';
import { noticeWarnings, partialWarnings } from '../../shared/series/partial.ts';
import { authorizeFor, type InfluxdbAccount } from '../account.ts';
import { type InfluxdbRequest, textOfPart } from '../query.ts';
import { readRefusal } from '../refusal.ts';
import { InfluxqlAnswer, isPartial, messagesOf, readFailure, readSeries } from './answer.ts';
import { buildInfluxql } from './query.ts';

/** How often a chunk too large for the store is halved. */
const MOST_HALVINGS = 6;

/**
 * Fetches one chunk, split further if the server's limits require it.
 *
 * @throws CanaryError METRICS_…, METRICS_ANSWER_INVALID when rows are still missing
 */
export async function askInfluxql(
  request: Built<InfluxdbRequest>,
  part: Part,
  signal: AbortSignal,
  halvings = 0,
): Promise<StoreAnswer[]> {
  const mayHalve = part.size > 1 && halvings < MOST_HALVINGS;
  const answer = await askOnce(request, part, signal).catch((error: unknown) => {
    if (mayHalve && isBucketLimit(error)) return 'too much' as const;
    throw error;
  });
  if (answer !== 'too much' && !isPartial(answer)) return [read(request, answer)];
  if (answer === 'too much' || mayHalve) {
    const answers: StoreAnswer[] = [];
    for (const half of partsOf(part, Math.ceil(part.size / 2))) {
      answers.push(...(await askInfluxql(request, half, signal, halvings + 1)));
    }
    return answers;
  }
  const cut = partialWarnings(request, ['the store cut rows off at its max-row-limit, even of shorter windows'], {
    remedy: CHEAPER,
  });
  const { series, warnings = [] } = read(request, answer);
  return [{ series, warnings: [...warnings, ...cut] }];
}

const CHEAPER = 'aggregate in the query, use a longer step or raise that limit';

function askOnce(request: Built<InfluxdbRequest>, part: Part, signal: AbortSignal) {
  const { account, metric, query } = request;
  const statement = {
    text: textOfPart(request, part, buildInfluxql),
    database: query.database ?? account.database ?? metric.name,
    policy: query.retentionPolicy ?? account.retentionPolicy,
  };
  return send({ account, metricName: metric.name, statement }, signal);
}

interface StatementQuestion {
  readonly account: InfluxdbAccount;
  readonly metricName?: string | undefined;
  readonly statement: {
    readonly text: string;
    readonly database?: string | undefined;
    readonly policy?: string | undefined;
  };
}

function send({ account, metricName, statement }: StatementQuestion, signal: AbortSignal): Promise<InfluxqlAnswer> {
  const { text, database, policy } = statement;
  const parameters = new URLSearchParams({
    ...(database === undefined ? {} : { db: database }),
    ...(policy === undefined ? {} : { rp: policy }),
    epoch: 'ms',
    q: text,
  });
  const place = pathOrForm('/query', parameters);
  const authorize = authorizeFor(account, 'influxql');
  return fetchJson(
    { account, metricName, ...place, authorize, Answer: InfluxqlAnswer, readFailure, readRefusal },
    signal,
  );
}

function read(request: InfluxdbRequest, answer: InfluxqlAnswer): StoreAnswer {
  const textColumns = new Set<string>();
  const series = readSeries(request, answer, textColumns);
  const dropped = [...textColumns].map((column) => `the column ${column} contains text and was dropped`);
  return { series, warnings: [...dropped, ...noticeWarnings(request, messagesOf(answer))] };
}

function isBucketLimit(error: unknown): boolean {
  return (
    error instanceof CanaryError &&
    error.code === 'METRICS_LIMIT_EXCEEDED' &&
    /max-select-(buckets|point)/.test(error.message)
  );
}

/** The measurements of the account's database; none without a database. */
export async function influxqlMeasurements(account: InfluxdbAccount, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const { database, retentionPolicy: policy } = account;
  if (database === undefined) return [];
  const { results } = await send({ account, statement: { text: 'SHOW MEASUREMENTS', database, policy } }, signal);
  return (results[0]?.series?.[0]?.values ?? []).flatMap((row) =>
    Array.isArray(row) && typeof row[0] === 'string' ? [{ name: row[0] }] : [],
  );
}

/** Reads no data, but needs the account's database, if it has one, and permission to read it. */
export async function checkInfluxql(account: InfluxdbAccount, signal: AbortSignal): Promise<void> {
  const { database, retentionPolicy: policy } = account;
  const text = database === undefined ? 'SHOW DATABASES' : 'SELECT * FROM "_check" WHERE time > now() LIMIT 1';
  await send({ account, statement: { text, database, policy } }, signal);
}
