import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { coarserGrid, gridOf, type RawPoint } from '../shared/series/grid.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { shortestDistance } from '../shared/series/shortest-distance.ts';
import { coarserStepWarning, warningsAttribute } from '../shared/series/warnings.ts';
import { questionTo, WavefrontAccount } from './account.ts';
import {
  buildQuery,
  combineOf,
  granularityOf,
  readFetchParameters,
  summarizationOf,
  WavefrontQuery,
  type WavefrontRequest,
} from './query.ts';

/** Wavefront, later Tanzu Observability and VMware Aria Operations for Applications. */
export const wavefront = defineProvider({
  type: 'wavefront',
  Query: WavefrontQuery,
  Account: WavefrontAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  searchedFields: [],
  readFetchParameters,
  check,
  describeAccount: describeHttpAccount,
});

/** Longer than any: a date must come of it. */
const MAX_GRANULARITY = 1e9;

/** Points are checked one by one when they are read, not by a schema each: there may be a million. */
const Series = z.object({
  tags: z.record(z.string(), z.string()).nullish(),
  data: z.array(z.unknown()).refine((points) => points.every(isPoint), {
    error: 'is not a list of [seconds, value]',
    abort: true,
  }),
});

const ChartAnswer = z
  .object({
    /** what was asked; with no data there may be nothing else */
    query: z.string(),
    granularity: z.number().positive().max(MAX_GRANULARITY).nullish(),
    warnings: z.string().nullish(),
    timeseries: z.array(Series).nullish(),
  })
  .refine(
    ({ timeseries, granularity }) =>
      (timeseries ?? []).every(({ data }) => (granularity ?? 0) <= shortestDistance(secondsOf(data))),
    { path: ['granularity'], error: 'is longer than the time between two points' },
  );

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length > 1 && typeof point[0] === 'number';
}

function secondsOf(data: readonly unknown[]): number[] {
  return data.map((point) => (point as RawPoint)[0]);
}

async function queryMetrics(request: WavefrontRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const query = buildQuery(request);
  const grid = gridOf(request.scope);
  const { account, metric } = request;
  const parameters = new URLSearchParams({
    n: 'Haldane-Query',
    q: query,
    s: String(grid.startMillis),
    e: String(grid.endMillis),
    g: granularityOf(grid.stepMillis),
    summarization: summarizationOf(request.query),
    listMode: 'true',
    strict: 'true',
    sorted: 'true',
  });
  const path = `/api/v2/chart/api?${parameters}`;
  const question = { ...questionTo(account), metricName: metric.name, path, Answer: ChartAnswer };
  const { timeseries, granularity, warnings } = await fetchJson(question, signal);
  const givenMillis = (granularity ?? 0) * 1000;
  const coarser = givenMillis > grid.stepMillis;
  const notes = [
    ...(warnings ? warnings.split('\n') : []),
    ...(coarser ? [coarserStepWarning(grid.stepMillis, givenMillis)] : []),
  ];
  return toMetricSets({
    request,
    grid: coarser ? coarserGrid(grid, givenMillis) : grid,
    series: (timeseries ?? []).filter(({ data }) => data.length > 0).map(readSeries),
    label: 'start',
    combine: combineOf(request.query),
    attributes: { query, ...(await warningsAttribute(account, notes)) },
  });
}

function readSeries({ tags, data }: z.infer<typeof Series>) {
  const points = (data as RawPoint[]).map(([seconds, value]): RawPoint => [Math.round(seconds * 1000), value]);
  return { tags: tags ?? {}, points };
}

const MAX_NAMES = 1000;

/** The store finds names by how they begin, and not by what they contain. */
async function getMetadata(account: WavefrontAccount, filter: string, signal: AbortSignal) {
  const parameters = new URLSearchParams({ q: filter, l: String(MAX_NAMES) });
  const Answer = z.object({ metrics: z.array(z.string()) });
  const question = { ...questionTo(account), path: `/chart/metrics/all?${parameters}`, Answer };
  const { metrics } = await fetchJson(question, signal);
  return metrics.map((name) => ({ name }));
}

/** A constant over the last minute: it needs no metric, but what queries need. */
async function check(account: WavefrontAccount, signal: AbortSignal): Promise<void> {
  const s = String(Date.now() - 60_000);
  const parameters = new URLSearchParams({ n: 'Haldane-Check', q: '1', s, g: 'm' });
  await fetchJson({ ...questionTo(account), path: `/api/v2/chart/api?${parameters}`, Answer: ChartAnswer }, signal);
}
