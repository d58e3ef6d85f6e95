import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { MAX_NAMES, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';
import { encoded } from '../shared/http/encoded.ts';
import { requestLabel } from '../shared/http/failures.ts';
import { fetchJson, type JsonQuestion } from '../shared/http/http.ts';
import { queryRange } from '../shared/promql/range-query.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { addressOf, authorizeFor, projectPath, type StackdriverAccount } from './account.ts';
import { readPage, TimeSeriesAnswer } from './answer.ts';
import { aggregationOf, type StackdriverRequest } from './query.ts';
import { readFailure, refusalReader } from './refusal.ts';

/** The shortest alignment period. */
const MIN_STEP_MILLIS = 60_000;
/** Google's limit of points per answer. */
const PAGE_SIZE = 100_000;
/** Four times what the most points allowed would need. */
const MAX_PAGES = 200;
const DESCRIPTORS_A_PAGE = 10_000;

export function queryMetrics(request: Built<StackdriverRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, query } = request;
  if (query.promql === undefined) return queryTimeSeries(request, signal);
  return queryRange(
    {
      request: { ...request, series: undefined },
      baseUrl: addressOf(account),
      path: `/v1/${projectPath(account)}/location/global/prometheus/api/v1/query_range`,
      shiftMillis: 0,
      authorize: authorizeFor(account),
    },
    signal,
  );
}

async function queryTimeSeries(request: Built<StackdriverRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, metric } = request;
  const asked = gridOf(request.scope);
  const { window } = request.series ?? {};
  const grid = coarserGrid(asked, MIN_STEP_MILLIS);
  const joined = new JoinedSeries(request, grid);
  const question = {
    ...questionTo(account),
    metricName: metric.name,
    Answer: TimeSeriesAnswer,
    readFailure,
  };
  const parameters = listParameters(request, grid);
  for await (const page of pagesOf({ question, path: 'timeSeries', parameters }, signal)) {
    await joined.add(readPage(request, page));
  }
  const answer = { series: joined.series, warnings: joined.warnings, givenMillis: grid.stepMillis };
  const attributes = aggregationOf(request);
  return toMetricSets({
    ...{ request, asked, answer, label: 'end', combine: 'mean', attributes, window },
    asAnswered: { gaps: 'squeezed', end: 'lastPoint', stepMillis: grid.stepMillis },
  });
}

function listParameters(request: Built<StackdriverRequest>, { startMillis, endMillis, stepMillis, size }: Grid) {
  const { series } = request;
  const { groupByFields, secondaryAggregation } = request.query;
  const parameters = new URLSearchParams({
    filter: request.text,
    'interval.startTime': toInstant(startMillis),
    // Whole periods: the same whether counted from the start or from the end. Kayenta sends the true end.
    'interval.endTime': toInstant(series?.window === 'closed' ? endMillis : startMillis + size * stepMillis),
  });
  const alignmentPeriod = `${stepMillis / 1000}s`;
  addAggregation(parameters, 'aggregation', { alignmentPeriod, ...aggregationOf(request), groupByFields });
  if (secondaryAggregation !== undefined) {
    addAggregation(parameters, 'secondaryAggregation', { alignmentPeriod, ...secondaryAggregation });
  }
  parameters.set('pageSize', String(PAGE_SIZE));
  return parameters;
}

interface Aggregation {
  readonly alignmentPeriod: string;
  readonly perSeriesAligner?: string | undefined;
  readonly crossSeriesReducer?: string | undefined;
  readonly groupByFields: readonly string[];
}

function addAggregation(parameters: URLSearchParams, prefix: string, aggregation: Aggregation): void {
  for (const name of ['alignmentPeriod', 'perSeriesAligner', 'crossSeriesReducer'] as const) {
    const value = aggregation[name];
    if (value) parameters.set(`${prefix}.${name}`, value);
  }
  for (const field of aggregation.groupByFields) parameters.append(`${prefix}.groupByFields`, field);
}

function questionTo(account: StackdriverAccount) {
  return {
    account,
    baseUrl: addressOf(account),
    authorize: authorizeFor(account),
    readRefusal: refusalReader(account),
  };
}

interface Pages<Answer> {
  readonly question: Omit<JsonQuestion<Answer>, 'path'> & { readonly account: StackdriverAccount };
  /** of the project */
  readonly path: string;
  readonly parameters: URLSearchParams;
}

async function* pagesOf<Answer extends { readonly nextPageToken?: string | null | undefined }>(
  { question, path, parameters }: Pages<Answer>,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  const search = new URLSearchParams(parameters);
  for (let count = 0; count < MAX_PAGES; count++) {
    const whole = `/v3/${projectPath(question.account)}/${path}?${encoded(search)}`;
    const page = await fetchJson({ ...question, path: whole }, signal);
    yield page;
    if (!page.nextPageToken) return;
    search.set('pageToken', page.nextPageToken);
  }
  throw new CanaryError(
    'METRICS_LIMIT_EXCEEDED',
    `${requestLabel(question)}: the answer has more than ${MAX_PAGES} pages; aggregate, or group by fewer labels`,
  );
}

const DescriptorsAnswer = z.object({
  metricDescriptors: z.array(z.looseObject({ name: z.string(), type: z.string() })).nullish(),
  nextPageToken: z.string().nullish(),
});

/** All of Google's descriptors: Google's own filter is case-sensitive. */
export async function getMetadata(account: StackdriverAccount, filter: string, signal: AbortSignal) {
  const found: MetricDescriptor[] = [];
  const question = { ...questionTo(account), Answer: DescriptorsAnswer };
  const parameters = new URLSearchParams({ pageSize: String(DESCRIPTORS_A_PAGE) });
  for await (const { metricDescriptors } of pagesOf({ question, path: 'metricDescriptors', parameters }, signal)) {
    found.push(...(metricDescriptors ?? []));
    if (filter === '' && found.length >= MAX_NAMES) break;
  }
  return found;
}

export async function check(account: StackdriverAccount, signal: AbortSignal): Promise<void> {
  const path = `/v3/${projectPath(account)}/metricDescriptors?pageSize=1`;
  await fetchJson({ ...questionTo(account), path, Answer: DescriptorsAnswer }, signal);
}
