import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { MAX_NAMES, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../src/errors.ts';
import { wallClock } from '../../src/waiting/clocks.ts';
import { awsBaseUrl } from '../shared/credentials/aws-account.ts';
import { awsSigV4 } from '../shared/credentials/aws-credentials.ts';
import { requestLabel } from '../shared/http/failures.ts';
import { fetchJson, type JsonQuestion } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { type Combine, coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import type { CloudwatchAccount } from './account.ts';
import { DataAnswer, JoinedAnswer, readFailure } from './answer.ts';
import { type DataQuery, longestPeriod, returned, withPeriods } from './data-query.ts';
import { leastPeriod, periodFrom } from './period.ts';
import { type CloudwatchRequest, regionOf } from './query.ts';
import { readRefusal } from './refusal.ts';

/** With 100,800 points per page: more pages than any grid and account allow. */
const MAX_PAGES = 100;
/** Of 500 metrics. */
const MAX_NAME_PAGES = 40;
const FIVE_MINUTES_MILLIS = 300_000;

/** For windows so old that CloudWatch only has longer periods, those replace the text's periods. */
export async function queryMetrics(
  request: Built<CloudwatchRequest>,
  signal: AbortSignal,
  nowMillis = wallClock(),
): Promise<MetricSet[]> {
  const asked = gridOf(request.scope);
  const least = leastPeriod(asked.startMillis, nowMillis);
  const queries = withPeriods(JSON.parse(request.text), (seconds) => periodFrom(seconds, least));
  const givenMillis = (longestPeriod(queries) ?? 0) * 1000;
  const answer = await askAllPages({ request, queries, grid: coarserGrid(asked, givenMillis) }, signal);
  return toMetricSets({
    request,
    asked,
    answer: { series: answer.series, warnings: answer.warnings, givenMillis },
    label: 'start',
    combine: combineOf(queries),
    attributes: { query: JSON.stringify(queries) },
  });
}

interface DataQuestion {
  readonly request: Built<CloudwatchRequest>;
  readonly queries: readonly DataQuery[];
  readonly grid: Grid;
}

async function askAllPages({ request, queries, grid }: DataQuestion, signal: AbortSignal): Promise<JoinedAnswer> {
  const { account, metric } = request;
  const region = regionOf(request);
  const joined = new JoinedAnswer({ request, queries, grid });
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
    await joined.add(answer);
    if (!answer.NextToken) return completed(request, joined);
    NextToken = answer.NextToken;
  }
  throw new CanaryError(
    'METRICS_LIMIT_EXCEEDED',
    `${requestLabel(request)}: the answer has more than ${MAX_PAGES} pages; use a longer ` +
      'step, a shorter window or fewer series',
  );
}

/** @throws CanaryError METRICS_ANSWER_INVALID when a part is missing, and the account does not allow it */
function completed(request: CloudwatchRequest, joined: JoinedAnswer): JoinedAnswer {
  for (const warning of partialWarnings(request, joined.partial)) joined.warnings.add(warning);
  return joined;
}

const COMBINES: ReadonlyMap<string, Combine> = new Map([
  ['Sum', 'sum'],
  ['SampleCount', 'sum'],
  ['Maximum', 'max'],
  ['Minimum', 'min'],
]);

/** How the values of several periods in a step are combined. */
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
export async function getMetadata(account: CloudwatchAccount, filter: string, signal: AbortSignal) {
  const found = new Map<string, MetricDescriptor>();
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_NAME_PAGES; page++) {
    const body = { RecentlyActive: 'PT3H', NextToken };
    const question = { account, region: account.region, action: 'ListMetrics', body, Answer: MetricsAnswer } as const;
    const { Metrics: metrics, NextToken: next } = await ask(question, signal);
    for (const { Namespace: namespace, MetricName: name, Dimensions } of metrics) {
      const dimensions = (Dimensions ?? []).map(({ Name }) => Name).sort();
      found.set(JSON.stringify([namespace, name, dimensions]), { name, namespace, dimensions });
    }
    if (!next || (filter === '' && found.size >= MAX_NAMES)) break;
    NextToken = next;
  }
  return [...found.values()];
}

/** Makes the same kind of request as queries: keys that may do that need not be allowed to list metrics. */
export async function check(account: CloudwatchAccount, signal: AbortSignal, nowMillis = wallClock()): Promise<void> {
  const Metric = { Namespace: 'AWS/Usage', MetricName: 'CallCount', Dimensions: [] };
  const endMillis = Math.floor(nowMillis / FIVE_MINUTES_MILLIS) * FIVE_MINUTES_MILLIS;
  const body = {
    MetricDataQueries: [{ Id: 'm0', MetricStat: { Metric, Period: 300, Stat: 'Sum' } }],
    StartTime: (endMillis - FIVE_MINUTES_MILLIS) / 1000,
    EndTime: endMillis / 1000,
  };
  await ask(
    { account, region: account.region, action: 'GetMetricData', body, Answer: DataAnswer, readFailure },
    signal,
  );
}
