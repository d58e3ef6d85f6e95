import type { MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked } from '../shared/http/failures.ts';
import { fetchJson } from '../shared/http/http.ts';
import { type Part, partsOf } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { authorizeFor, type InfluxdbAccount } from './account.ts';
import { buildInfluxql } from './influxql.ts';
import { InfluxqlAnswer, isPartial, readFailure, readSeries } from './influxql-answer.ts';
import type { InfluxdbRequest } from './query.ts';
import { readRefusal } from './refusals.ts';

/** The series of a stretch of the window. */
export interface PartAnswer {
  readonly series: readonly RawSeries[];
  readonly warnings: readonly string[];
}

/** A stretch that is too much for the store is halved so often. */
const MOST_HALVINGS = 6;
/** Longer statements go into the body: servers and proxies limit addresses. */
const LONGEST_PATH = 3500;

/**
 * Asks for one stretch, in shorter ones where the server's limits want it so.
 * @throws CanaryError METRICS_…, METRICS_ANSWER_INVALID when rows are missing still
 */
export async function askInfluxql(
  request: InfluxdbRequest,
  part: Part,
  signal: AbortSignal,
  halvings = 0,
): Promise<PartAnswer[]> {
  const mayHalve = part.size > 1 && halvings < MOST_HALVINGS;
  const answer = await askOnce(request, part, signal).catch((error: unknown) => {
    if (mayHalve && isBucketLimit(error)) return 'too much' as const;
    throw error;
  });
  if (answer !== 'too much' && !isPartial(answer)) return [read(request, answer)];
  if (mayHalve) {
    const answers: PartAnswer[] = [];
    for (const half of partsOf(part, Math.ceil(part.size / 2))) {
      answers.push(...(await askInfluxql(request, half, signal, halvings + 1)));
    }
    return answers;
  }
  if (answer === 'too much' || !request.account.allowPartial) throw partialError(request);
  const { series, warnings } = read(request, answer);
  return [{ series, warnings: [...warnings, 'the store cut rows off at its max-row-limit: some points are missing'] }];
}

function askOnce(request: InfluxdbRequest, { startMillis, endMillis }: Part, signal: AbortSignal) {
  const { account, metric, query } = request;
  const scope = { ...request.scope, start: toInstant(startMillis), end: toInstant(endMillis) };
  const statement = {
    text: buildInfluxql({ ...request, scope }),
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
  const path = `/query?${parameters}`;
  const place = path.length > LONGEST_PATH ? { path: '/query', form: parameters } : { path };
  const authorize = authorizeFor(account, 'influxql');
  return fetchJson(
    { account, metricName, ...place, authorize, Answer: InfluxqlAnswer, readFailure, readRefusal },
    signal,
  );
}

function read(request: InfluxdbRequest, answer: InfluxqlAnswer): PartAnswer {
  const textColumns = new Set<string>();
  const series = readSeries(request, answer, textColumns);
  return { series, warnings: [...textColumns].map((column) => `the column ${column} holds texts, and is left out`) };
}

function isBucketLimit(error: unknown): boolean {
  return (
    error instanceof CanaryError &&
    error.code === 'METRICS_LIMIT_EXCEEDED' &&
    /max-select-(buckets|point)/.test(error.message)
  );
}

function partialError({ account, metric }: InfluxdbRequest): CanaryError {
  return new CanaryError(
    'METRICS_ANSWER_INVALID',
    `${aboutAsked({ account, metricName: metric.name })}: the store cut rows off at its max-row-limit, even of shorter ` +
      'windows; aggregate in the query, use a longer step, raise that limit, or set allowPartial',
  );
}

/** The measurements of the account's database; none when it names none. */
export async function influxqlMeasurements(account: InfluxdbAccount, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const { database, retentionPolicy: policy } = account;
  if (database === undefined) return [];
  const { results } = await send({ account, statement: { text: 'SHOW MEASUREMENTS', database, policy } }, signal);
  return (results[0]?.series?.[0]?.values ?? []).flatMap((row) =>
    Array.isArray(row) && typeof row[0] === 'string' ? [{ name: row[0] }] : [],
  );
}

/** Reads nothing, but needs the account's database, if it names one, and the right to read it. */
export async function checkInfluxql(account: InfluxdbAccount, signal: AbortSignal): Promise<void> {
  const { database, retentionPolicy: policy } = account;
  const text = database === undefined ? 'SHOW DATABASES' : 'SELECT * FROM "_check" WHERE time > now() LIMIT 1';
  await send({ account, statement: { text, database, policy } }, signal);
}
