import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { fetchJson } from '../shared/http/http.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import { type Combine, coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { warningsAttribute } from '../shared/series/warnings.ts';
import { AzureMonitorAccount, authorizeFor, batchAddress, describeAccount, managementAddress } from './account.ts';
import { durationMillis, GRAIN_MILLIS, type Grain, grainFor, stepOfGrains } from './grains.ts';
import {
  BatchAnswer,
  failureReader,
  MetricsAnswer,
  problemsOf,
  readPause,
  readRefusal,
  seriesOf,
} from './metrics-answer.ts';
import { AzureMonitorQuery, type AzureMonitorRequest, buildQuery, metricParameters, resourcesOf } from './query.ts';

/** The metrics of Azure's own resources, and those sent to Azure Monitor beside them. */
export const azuremonitor = defineProvider({
  type: 'azuremonitor',
  Query: AzureMonitorQuery,
  Account: AzureMonitorAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  searchedFields: ['name', 'displayName'],
  check,
  describeAccount,
});

const API_VERSION = '2023-10-01';
const BATCH_API_VERSION = '2024-02-01';
const SUBSCRIPTIONS_API_VERSION = '2022-12-01';
/** Resources that may be asked at once. */
const BATCH_SIZE = 50;
const MAX_NAMES = 5000;

/** Of several points in one step. */
const COMBINES: Readonly<Record<AzureMonitorQuery['aggregation'], Combine>> = {
  average: 'mean',
  total: 'sum',
  count: 'sum',
  maximum: 'max',
  minimum: 'min',
};

/** A question about a window in points of one grain. */
interface Question {
  readonly request: AzureMonitorRequest;
  readonly grid: Grid;
  readonly grain: Grain;
}

async function queryMetrics(request: AzureMonitorRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, query } = request;
  const asked = gridOf(request.scope);
  const grain = query.interval ?? grainFor(asked.stepMillis);
  const question = { request, grain, grid: coarserGrid(asked, stepOfGrains(asked.stepMillis, GRAIN_MILLIS[grain])) };
  const answers = query.resourceIds === undefined ? await askOne(question, signal) : await askMany(question, signal);
  const given = Math.max(GRAIN_MILLIS[grain], ...answers.map(({ interval }) => durationMillis(interval) ?? 0));
  const grid = coarserGrid(asked, stepOfGrains(asked.stepMillis, given));
  const series = answers.flatMap((answer) => seriesOf(request, answer));
  refuseTooMany(request, grid, series.length);
  const warnings = [
    ...(grid.stepMillis === asked.stepMillis ? [] : [stepWarning(asked, grid, given)]),
    ...answers.flatMap(problemsOf),
    ...(answers.some((answer) => isTruncated(query, answer)) ? [truncationWarning(query)] : []),
  ];
  const attributes = { query: buildQuery(request), ...(await warningsAttribute(account, warnings)) };
  return toMetricSets({ request, grid, series, label: 'start', combine: COMBINES[query.aggregation], attributes });
}

async function askOne({ request, grid, grain }: Question, signal: AbortSignal): Promise<MetricsAnswer[]> {
  const { account, metric } = request;
  const [resource = ''] = resourcesOf(request);
  const parameters = new URLSearchParams([
    ['api-version', API_VERSION],
    ['timespan', `${toInstant(grid.startMillis)}/${toInstant(endOf(grid))}`],
    ['interval', grain],
    ...metricParameters(request, '$filter'),
    ['AutoAdjustTimegrain', 'true'],
    // Otherwise a misspelt dimension is ignored, and the metric of the whole resource comes back.
    ['ValidateDimensions', 'true'],
  ]);
  const answer = await fetchJson(
    {
      ...questionTo(account),
      metricName: metric.name,
      path: `${pathOf(resource)}/providers/Microsoft.Insights/metrics?${textOf(parameters)}`,
      Answer: MetricsAnswer,
      readFailure: failureReader(account),
    },
    signal,
  );
  return [answer];
}

async function askMany({ request, grid, grain }: Question, signal: AbortSignal): Promise<MetricsAnswer[]> {
  const { account, metric, query } = request;
  const resources = resourcesOf(request);
  const parameters = new URLSearchParams([
    ['api-version', BATCH_API_VERSION],
    ['starttime', new Date(grid.startMillis).toISOString()],
    ['endtime', new Date(endOf(grid)).toISOString()],
    ['interval', grain],
    ...metricParameters(request, 'filter'),
  ]);
  const answers: MetricsAnswer[] = [];
  for (let from = 0; from < resources.length; from += BATCH_SIZE) {
    const { values } = await fetchJson(
      {
        ...questionTo(account),
        metricName: metric.name,
        baseUrl: batchAddress(account, query.region ?? ''),
        authorize: authorizeFor(account, 'metrics'),
        path: `/subscriptions/${subscriptionOf(request, resources)}/metrics:getBatch?${textOf(parameters)}`,
        json: { resourceids: resources.slice(from, from + BATCH_SIZE) },
        Answer: BatchAnswer,
        readFailure: failureReader(account),
      },
      signal,
    );
    answers.push(...values);
  }
  return answers;
}

function endOf({ startMillis, stepMillis, size }: Grid): number {
  return startMillis + stepMillis * size;
}

function pathOf(resource: string): string {
  return resource.split('/').map(encodeURIComponent).join('/');
}

function textOf(parameters: URLSearchParams): string {
  return parameters.toString().replaceAll('+', '%20');
}

function subscriptionOf(request: AzureMonitorRequest, resources: readonly string[]): string {
  const subscriptions = new Set(resources.map((resource) => resource.split('/')[2]?.toLowerCase() ?? ''));
  if (subscriptions.size === 1) return encodeURIComponent([...subscriptions].join(''));
  throw invalidQuery(
    request,
    `resourceIds are of several subscriptions: ${[...subscriptions].join(', ')}; make a metric of each.`,
  );
}

function questionTo(account: AzureMonitorAccount) {
  return {
    account,
    baseUrl: managementAddress(account),
    authorize: authorizeFor(account, 'management'),
    readRefusal,
    readPause,
  };
}

function isTruncated({ filter, top }: AzureMonitorQuery, { value }: MetricsAnswer): boolean {
  const count = value.reduce((sum, { timeseries }) => sum + timeseries.length, 0);
  return filter !== undefined && count >= top;
}

function stepWarning(asked: Grid, given: Grid, grainMillis: number): string {
  const [wanted, steps, points] = [asked.stepMillis, given.stepMillis, grainMillis].map((millis) => millis / 1000);
  return `steps are ${steps} s, not ${wanted} s: Azure has points every ${points} s`;
}

function truncationWarning({ top }: AzureMonitorQuery): string {
  return `there are ${top} series, as many as top allows: there may be more; raise top, or filter more`;
}

const DefinitionsAnswer = z.object({
  value: z.array(
    z.object({
      name: z.object({ value: z.string(), localizedValue: z.string().nullish() }),
      namespace: z.string().nullish(),
      unit: z.string().nullish(),
      primaryAggregationType: z.string().nullish(),
      dimensions: z.array(z.object({ value: z.string() })).nullish(),
    }),
  ),
});

async function getMetadata(account: AzureMonitorAccount, filter: string, signal: AbortSignal) {
  if (account.resourceId === undefined) return [];
  const path = `${pathOf(account.resourceId.replace(/\/+$/, ''))}/providers/Microsoft.Insights/metricDefinitions`;
  const { value } = await fetchJson(
    { ...questionTo(account), path: `${path}?api-version=${API_VERSION}`, Answer: DefinitionsAnswer },
    signal,
  );
  const wanted = filter.toLowerCase();
  return value
    .filter(({ name }) => `${name.value} ${name.localizedValue ?? ''}`.toLowerCase().includes(wanted))
    .slice(0, MAX_NAMES)
    .map(({ name, dimensions, ...others }) => ({
      ...others,
      name: name.value,
      displayName: name.localizedValue ?? name.value,
      dimensions: (dimensions ?? []).map((dimension) => dimension.value),
    }));
}

/** Any identity may ask this; what it may read of which resource shows only when a metric is asked for. */
async function check(account: AzureMonitorAccount, signal: AbortSignal): Promise<void> {
  const path = `/subscriptions?api-version=${SUBSCRIPTIONS_API_VERSION}`;
  await fetchJson({ ...questionTo(account), path, Answer: z.object({ value: z.array(z.unknown()) }) }, signal);
}
