import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../src/errors.ts';
import { awsBaseUrl } from '../shared/credentials/aws-account.ts';
import { awsSigV4 } from '../shared/credentials/aws-credentials.ts';
import { aboutAsked } from '../shared/http/failures.ts';
import { fetchJson, type JsonQuestion } from '../shared/http/http.ts';
import { type Combine, coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { coarserStepWarning, warningsAttribute } from '../shared/series/warnings.ts';
import { CloudwatchAccount, describeAccount } from './account.ts';
import { DataAnswer, JoinedAnswer, readFailure, readRefusal } from './answer.ts';
import { type DataQuery, longestPeriod, returned, withPeriods } from './data-query.ts';
import { leastPeriod, periodFrom } from './period.ts';
import { buildQuery, CloudwatchQuery, type CloudwatchRequest, dataQueries, regionOf } from './query.ts';

/** Amazon CloudWatch: metrics, metric math, Metrics Insights. */
export const cloudwatch = defineProvider({
  type: 'cloudwatch',
  Query: CloudwatchQuery,
  Account: CloudwatchAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  searchedFields: ['namespace', 'name'],
  check,
  describeAccount,
});

/** A page has 100,800 points: more pages than any grid and account allow. */
const MAX_PAGES = 100;
/** More than a picker can show. */
const MAX_NAMES = 5000;
/** Of 500 metrics. */
const MAX_NAME_PAGES = 40;
const FIVE_MINUTES_MILLIS = 300_000;

async function queryMetrics(request: CloudwatchRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { account } = request;
  const asked = gridOf(request.scope);
  const least = leastPeriod(asked.startMillis, Date.now());
  const queries = withPeriods(dataQueries(request), (seconds) => periodFrom(seconds, least));
  const stepMillis = Math.max(asked.stepMillis, (longestPeriod(queries) ?? 0) * 1000);
  const isCoarser = stepMillis > asked.stepMillis;
  const grid = isCoarser ? coarserGrid(asked, stepMillis) : asked;
  const answer = await askAllPages({ request, queries, grid }, signal);
  if (isCoarser) answer.warnings.add(coarserStepWarning(asked.stepMillis, stepMillis));
  const attributes = {
    query: JSON.stringify(queries),
    ...(await warningsAttribute(account, answer.warnings)),
  };
  return toMetricSets({
    request,
    grid,
    series: answer.series,
    label: 'start',
    combine: combineOf(queries),
    attributes,
  });
}

interface DataQuestion {
  readonly request: CloudwatchRequest;
  readonly queries: readonly DataQuery[];
  readonly grid: Grid;
}

async function askAllPages({ request, queries, grid }: DataQuestion, signal: AbortSignal): Promise<JoinedAnswer> {
  const { account, metric } = request;
  const region = regionOf(request);
  const joined = new JoinedAnswer(request, queries);
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await ask(
      {
        account,
        metricName: metric.name,
        region,
        action: 'GetMetricData',
        body: {
          MetricDataQueries: queries,
          StartTime: grid.startMillis / 1000,
          EndTime: grid.endMillis / 1000,
          ScanBy: 'TimestampAscending',
          NextToken,
        },
        Answer: DataAnswer,
        readFailure,
      },
      signal,
    );
    joined.add(answer);
    refuseTooMany(request, grid, joined.series.length);
    if (!answer.NextToken) return completed(request, joined);
    NextToken = answer.NextToken;
  }
  throw new CanaryError(
    'METRICS_LIMIT_EXCEEDED',
    `${aboutAsked({ account, metricName: metric.name })}: the answer has more than ${MAX_PAGES} pages; use a longer ` +
      'step, a shorter window or fewer series',
  );
}

/** @throws CanaryError METRICS_ANSWER_INVALID when a part is missing, and the account does not allow it */
function completed({ account, metric }: CloudwatchRequest, joined: JoinedAnswer): JoinedAnswer {
  const { partial } = joined;
  if (partial.length === 0) return joined;
  const problem = `CloudWatch calls its data incomplete (PartialData): ${partial.slice(0, 5).join(', ')}`;
  if (!account.allowPartial) {
    const about = aboutAsked({ account, metricName: metric.name });
    throw new CanaryError('METRICS_ANSWER_INVALID', `${about}: ${problem}; to take it nevertheless, set allowPartial`);
  }
  joined.warnings.add(problem);
  return joined;
}

const COMBINES: ReadonlyMap<string, Combine> = new Map([
  ['Sum', 'sum'],
  ['SampleCount', 'sum'],
  ['Maximum', 'max'],
  ['Minimum', 'min'],
]);

/** How the values of several periods in one step become one. */
function combineOf(queries: readonly DataQuery[]): Combine {
  const [query] = returned(queries);
  return COMBINES.get(query?.MetricStat?.Stat ?? '') ?? 'mean';
}

interface Question<Answer> extends Pick<JsonQuestion<Answer>, 'metricName' | 'Answer' | 'readFailure'> {
  readonly account: CloudwatchAccount;
  readonly region: string;
  readonly action: 'GetMetricData' | 'ListMetrics';
  readonly body: Readonly<Record<string, unknown>>;
}

function ask<Answer>({ region, action, body, ...question }: Question<Answer>, signal: AbortSignal): Promise<Answer> {
  const { account } = question;
  return fetchJson(
    {
      ...question,
      baseUrl: account.endpoint?.baseUrl ?? awsBaseUrl('monitoring', region),
      path: '/',
      text: { type: 'application/x-amz-json-1.0', text: JSON.stringify(body) },
      headers: { 'X-Amz-Target': `GraniteServiceVersion20100801.${action}` },
      authorize: awsSigV4(account, { region, service: 'monitoring', homeRegion: account.region }),
      readRefusal,
    },
    signal,
  );
}

const MetricsAnswer = z.object({
  Metrics: z.array(
    z.object({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string() })).nullish(),
    }),
  ),
  NextToken: z.string().nullish(),
});

/** Metrics of the last three hours, once for each set of dimensions, in the region of the account. */
async function getMetadata(account: CloudwatchAccount, filter: string, signal: AbortSignal) {
  const found = new Map<string, MetricDescriptor>();
  const wanted = filter.toLowerCase();
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_NAME_PAGES && found.size < MAX_NAMES; page++) {
    const body = { RecentlyActive: 'PT3H', NextToken };
    const question = { account, region: account.region, action: 'ListMetrics', body, Answer: MetricsAnswer } as const;
    const { Metrics: metrics, NextToken: next } = await ask(question, signal);
    for (const { Namespace: namespace, MetricName: name, Dimensions } of metrics) {
      if (!`${namespace} ${name}`.toLowerCase().includes(wanted)) continue;
      const dimensions = (Dimensions ?? []).map(({ Name }) => Name).sort();
      found.set(JSON.stringify([namespace, name, dimensions]), { name, namespace, dimensions });
    }
    if (!next) break;
    NextToken = next;
  }
  return [...found.values()].slice(0, MAX_NAMES);
}

/** Asks for what queries ask for, since keys that may do so need not be allowed to list metrics. */
async function check(account: CloudwatchAccount, signal: AbortSignal): Promise<void> {
  const Metric = { Namespace: 'AWS/Usage', MetricName: 'CallCount', Dimensions: [] };
  const nowMillis = Math.floor(Date.now() / FIVE_MINUTES_MILLIS) * FIVE_MINUTES_MILLIS;
  const body = {
    MetricDataQueries: [{ Id: 'm0', MetricStat: { Metric, Period: 300, Stat: 'Sum' } }],
    StartTime: (nowMillis - FIVE_MINUTES_MILLIS) / 1000,
    EndTime: nowMillis / 1000,
  };
  await ask(
    { account, region: account.region, action: 'GetMetricData', body, Answer: DataAnswer, readFailure },
    signal,
  );
}
