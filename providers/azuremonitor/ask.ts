import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { encoded } from '../shared/http/encoded.ts';
import { fetchJson } from '../shared/http/http.ts';
import { type Built, invalidQuery } from '../shared/query/query-fields.ts';
import { type Combine, coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import { type AzureMonitorAccount, authorizeFor, batchAddress, managementAddress } from './account.ts';
import { BatchAnswer, MetricsAnswer, problemsOf, readFailure, seriesOf } from './answer.ts';
import { durationMillis, GRAIN_MILLIS, type Grain, grainFor, stepOfGrains } from './grains.ts';
import { type AzureMonitorQuery, type AzureMonitorRequest, metricParameters, resourcesOf } from './query.ts';
import { readPause, readRefusal } from './refusal.ts';

const API_VERSION = '2023-10-01';
const BATCH_API_VERSION = '2024-02-01';
const SUBSCRIPTIONS_API_VERSION = '2022-12-01';
/** The most resources per request. */
const BATCH_SIZE = 50;

/** How several points of a step are combined. */
const COMBINES: Readonly<Record<AzureMonitorQuery['aggregation'], Combine>> = {
  average: 'mean',
  total: 'sum',
  count: 'sum',
  maximum: 'max',
  minimum: 'min',
};

/** A query for a window in points of one grain. */
interface Question {
  readonly request: AzureMonitorRequest;
  readonly grid: Grid;
  readonly grain: Grain;
}

export async function queryMetrics(request: Built<AzureMonitorRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { query } = request;
  const asked = gridOf(request.scope);
  const grain = query.interval ?? grainFor(asked.stepMillis);
  const question = { request, grain, grid: coarserGrid(asked, stepOfGrains(asked.stepMillis, GRAIN_MILLIS[grain])) };
  const answers = query.resourceIds === undefined ? await askOne(question, signal) : await askMany(question, signal);
  const givenMillis = Math.max(GRAIN_MILLIS[grain], ...answers.map(({ interval }) => durationMillis(interval) ?? 0));
  return toMetricSets({
    request,
    asked,
    answer: {
      series: answers.flatMap((answer) => seriesOf(request, answer)),
      warnings: [
        ...partialWarnings(request, answers.flatMap(problemsOf)),
        ...(answers.some((answer) => isTruncated(query, answer)) ? [truncationWarning(query)] : []),
      ],
      givenMillis: stepOfGrains(asked.stepMillis, givenMillis),
    },
    label: 'start',
    combine: COMBINES[query.aggregation],
    coarserWarning: (wanted, steps) =>
      `steps are ${steps} s, not ${wanted} s: Azure has points every ${givenMillis / 1000} s`,
  });
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
    // Otherwise Azure ignores a misspelt dimension and returns the metric of the whole resource.
    ['ValidateDimensions', 'true'],
  ]);
  const answer = await fetchJson(
    {
      ...questionTo(account),
      metricName: metric.name,
      path: `${pathOf(resource)}/providers/Microsoft.Insights/metrics?${encoded(parameters)}`,
      Answer: MetricsAnswer,
      readFailure,
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
        path: `/subscriptions/${subscriptionOf(request, resources)}/metrics:getBatch?${encoded(parameters)}`,
        json: { resourceids: resources.slice(from, from + BATCH_SIZE) },
        Answer: BatchAnswer,
        readFailure,
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

function subscriptionOf(request: AzureMonitorRequest, resources: readonly string[]): string {
  const subscriptions = new Set(resources.map((resource) => resource.split('/')[2]?.toLowerCase() ?? ''));
  if (subscriptions.size === 1) return encodeURIComponent([...subscriptions].join(''));
  throw invalidQuery(
    request,
    `resourceIds are of several subscriptions: ${[...subscriptions].join(', ')}; use one metric for each.`,
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

export async function getMetadata(account: AzureMonitorAccount, _filter: string, signal: AbortSignal) {
  if (account.resourceId === undefined) return [];
  const path = `${pathOf(account.resourceId.replace(/\/+$/, ''))}/providers/Microsoft.Insights/metricDefinitions`;
  const { value } = await fetchJson(
    { ...questionTo(account), path: `${path}?api-version=${API_VERSION}`, Answer: DefinitionsAnswer },
    signal,
  );
  return value.map(({ name, dimensions, ...others }) => ({
    ...others,
    name: name.value,
    displayName: name.localizedValue ?? name.value,
    dimensions: (dimensions ?? []).map((dimension) => dimension.value),
  }));
}

/** Every identity may read this; permissions on a resource show only when a metric is queried. */
export async function check(account: AzureMonitorAccount, signal: AbortSignal): Promise<void> {
  const path = `/subscriptions?api-version=${SUBSCRIPTIONS_API_VERSION}`;
  await fetchJson({ ...questionTo(account), path, Answer: z.object({ value: z.array(z.unknown()) }) }, signal);
}
