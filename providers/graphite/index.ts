import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider, type MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import { type Combine, coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { type RawSeries, refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { linkTo } from './link.ts';
import { buildQuery, GraphiteAccount, GraphiteQuery, type GraphiteRequest, readFetchParameters } from './query.ts';
import { intervalOf, RenderAnswer, readPoints, readRefusal } from './render-answer.ts';
import { tagsFor } from './series-tags.ts';

/** Graphite, and what answers its `/render`: carbonapi, go-graphite, Metrictank, Hosted Graphite. */
export const graphite = defineProvider({
  type: 'graphite',
  Query: GraphiteQuery,
  Account: GraphiteAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  searchedFields: [],
  readFetchParameters,
  check,
  describeAccount: describeHttpAccount,
  linkTo,
});

/** Web servers before Graphite refuse longer addresses; gunicorn does beyond 4094. */
const LONGEST_PATH = 3500;
/** More than a picker can show. */
const MAX_NAMES = 5000;

const COMBINES = { avg: 'mean', sum: 'sum', max: 'max', min: 'min', last: 'last', none: 'last' } as const;

async function queryMetrics(request: GraphiteRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const target = buildQuery(request);
  // Kayenta leaves the step to Graphite, and its clients leave it out: seconds become what the store has.
  const asked = gridOf({ ...request.scope, step: request.scope.step ?? 1 });
  const answer = await askRender(request, { target, grid: asked }, signal);
  refuseTooMany(request, asked, answer.length);
  const tagsOf = tagsFor(request, target, answer.length);
  const series = answer.map((one) => ({ tags: tagsOf(one), points: readPoints(request, one.datapoints) }));
  const intervalMillis = Math.max(0, ...series.map(({ points }) => intervalOf(points)));
  const grid = intervalMillis > asked.stepMillis ? coarserGrid(asked, intervalMillis) : asked;
  if (request.query.summarize === 'none') refuseFiner(request, grid, series);
  const warnings = [
    ...(answer.length === 0
      ? ['the store answered no series: there is no such metric, or it cannot read the target']
      : []),
    ...(grid !== asked && request.scope.step !== undefined ? [coarserWarning(asked, grid)] : []),
  ];
  const attributes = { query: target, ...(warnings.length === 0 ? {} : { warnings: warnings.join('\n') }) };
  const combine: Combine = COMBINES[request.query.summarize];
  return toMetricSets({ request, grid, series, label: 'start', combine, attributes });
}

function askRender(
  { account, metric }: GraphiteRequest,
  { target, grid }: { readonly target: string; readonly grid: Grid },
  signal: AbortSignal,
): Promise<RenderAnswer> {
  // `from` does not belong to a range, `until` does; both are whole seconds. Equal ones would be refused.
  const from = Math.ceil(grid.startMillis / 1000) - 1;
  const until = Math.max(from + 1, Math.ceil(grid.endMillis / 1000) - 1);
  const parameters = new URLSearchParams({ target, from: `${from}`, until: `${until}`, format: 'json' });
  const path = `/render?${parameters}`;
  const place = path.length > LONGEST_PATH ? { path: '/render', form: parameters } : { path };
  return fetchJson({ account, metricName: metric.name, ...place, Answer: RenderAnswer, readRefusal }, signal);
}

function refuseFiner(request: GraphiteRequest, { stepMillis }: Grid, series: readonly RawSeries[]): void {
  const intervals = series.map(({ points }) => intervalOf(points)).filter((interval) => interval > 0);
  const least = Math.min(stepMillis, ...intervals);
  if (least === stepMillis) return;
  throw invalidQuery(
    request,
    `summarize is 'none', but the store has a point every ${least / 1000} s, and the step is ${stepMillis / 1000} s; ` +
      'say how several points become one, or use that step.',
  );
}

function coarserWarning({ stepMillis }: Grid, coarser: Grid): string {
  return (
    `the store has a point every ${coarser.stepMillis / 1000} s here, not every ${stepMillis / 1000} s: ` +
    'it keeps older points in longer intervals'
  );
}

const FoundAnswer = z.object({
  metrics: z.array(z.object({ name: z.string(), is_leaf: z.union([z.string(), z.number(), z.boolean()]) })),
});

/**
 * The next part of a path that begins with `filter`, in which `$scope` and `$location` stand for any part. What comes
 * after a `$` may be the start of one of them: then both are offered, and nobody is asked.
 */
async function getMetadata(account: GraphiteAccount, filter: string, signal: AbortSignal): Promise<MetricDescriptor[]> {
  const base = filter.slice(0, filter.lastIndexOf('.') + 1);
  if (filter.slice(base.length).includes('$')) {
    return [{ name: `${base}$scope` }, { name: `${base}$location` }];
  }
  const pattern = filter.replaceAll(/\$(?:scope|location|\{\w+\})/g, '*');
  const { metrics } = await find(account, pattern.endsWith('*') ? pattern : `${pattern}*`, signal);
  const names = metrics.map(({ name, is_leaf }) => `${base}${name}${['1', 1, true].includes(is_leaf) ? '' : '.'}`);
  return [...new Set(names)].slice(0, MAX_NAMES).map((name) => ({ name }));
}

async function check(account: GraphiteAccount, signal: AbortSignal): Promise<void> {
  await find(account, '*', signal);
}

function find(account: GraphiteAccount, query: string, signal: AbortSignal) {
  const path = `/metrics/find?${new URLSearchParams({ query, format: 'completer' })}`;
  return fetchJson({ account, path, Answer: FoundAnswer, readRefusal }, signal);
}
