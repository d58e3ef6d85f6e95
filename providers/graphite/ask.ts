import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricDescriptor } from '../../src/domain/metrics-provider.ts';
import { fetchJson } from '../shared/http/http.ts';
import { pathOrForm } from '../shared/http/long-query.ts';
import { type Built, invalidQuery } from '../shared/query/query-fields.ts';
import { coarserGrid, type Grid, gridOf } from '../shared/series/grid.ts';
import { type RawSeries, refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import type { GraphiteAccount } from './account.ts';
import { intervalOf, RenderAnswer, readPoints } from './answer.ts';
import type { GraphiteRequest } from './query.ts';
import { readRefusal } from './refusal.ts';
import { tagsFor } from './series-tags.ts';

const COMBINES = { avg: 'mean', sum: 'sum', max: 'max', min: 'min', last: 'last', none: 'last' } as const;

export async function queryMetrics(request: Built<GraphiteRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { scope, text: target, query } = request;
  // Kayenta leaves the step to Graphite and its clients omit it: use the store's interval.
  const { window } = request.series ?? {};
  const asked = gridOf({ ...scope, step: scope.step ?? 1 }, window);
  const answer = await askRender(request, asked, signal);
  refuseTooMany(request, asked, answer.length);
  const tagsOf = tagsFor(request, target, answer.length);
  const series = answer.map((one) => ({ tags: tagsOf(one), points: readPoints(request, one.datapoints) }));
  const givenMillis = Math.max(0, ...series.map(({ points }) => intervalOf(points)));
  if (query.summarize === 'none' && window !== 'closed') refuseFiner(request, coarserGrid(asked, givenMillis), series);
  return toMetricSets({
    request,
    asked,
    answer: { series, warnings: answer.length === 0 ? [NO_SERIES] : [], givenMillis },
    label: 'start',
    combine: COMBINES[query.summarize],
    coarserWarning: scope.step === undefined ? () => undefined : archiveWarning,
    window,
    asAnswered: { gaps: 'kept', end: 'lastPoint' },
  });
}

const NO_SERIES = 'the store returned no series: the metric does not exist, or it cannot parse the target';

function archiveWarning(askedSeconds: number, givenSeconds: number): string {
  return (
    `the store has a point every ${givenSeconds} s here, not every ${askedSeconds} s: ` +
    'it keeps older points in longer intervals'
  );
}

function askRender(request: Built<GraphiteRequest>, grid: Grid, signal: AbortSignal): Promise<RenderAnswer> {
  const { account, metric, text: target, series } = request;
  const isClosed = series?.window === 'closed';
  // `from` is exclusive, `until` inclusive, both in whole seconds. Equal values would be rejected. Kayenta sends the true
  // start and end, so its window begins a point later and ends with the end.
  const from = isClosed ? Math.floor(grid.startMillis / 1000) : Math.ceil(grid.startMillis / 1000) - 1;
  const end = isClosed ? Math.floor(grid.endMillis / 1000) : Math.ceil(grid.endMillis / 1000) - 1;
  const until = Math.max(from + 1, end);
  const parameters = new URLSearchParams({ target, from: `${from}`, until: `${until}`, format: 'json' });
  const place = pathOrForm('/render', parameters);
  return fetchJson({ account, metricName: metric.name, ...place, Answer: RenderAnswer, readRefusal }, signal);
}

function refuseFiner(request: GraphiteRequest, { stepMillis }: Grid, series: readonly RawSeries[]): void {
  const intervals = series.map(({ points }) => intervalOf(points)).filter((interval) => interval > 0);
  const least = Math.min(stepMillis, ...intervals);
  if (least === stepMillis) return;
  throw invalidQuery(
    request,
    `summarize is 'none', but the store has a point every ${least / 1000} s, and the step is ${stepMillis / 1000} s; ` +
      'choose how to combine several points, or use that step.',
  );
}

const FoundAnswer = z.object({
  metrics: z.array(z.object({ name: z.string(), is_leaf: z.union([z.string(), z.number(), z.boolean()]) })),
});

/**
 * The next part of a path that starts with `filter`, where `$scope` and `$location` match any part. Text after a `$`
 * may be the start of one of them: then both are offered, without a request.
 */
export async function getMetadata(
  account: GraphiteAccount,
  filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  const base = filter.slice(0, filter.lastIndexOf('.') + 1);
  if (filter.slice(base.length).includes('$')) {
    return [{ name: `${base}$scope` }, { name: `${base}$location` }];
  }
  const pattern = filter.replaceAll(/\$(?:scope|location|\{\w+\})/g, '*');
  const { metrics } = await find(account, pattern.endsWith('*') ? pattern : `${pattern}*`, signal);
  const names = metrics.map(({ name, is_leaf }) => `${base}${name}${['1', 1, true].includes(is_leaf) ? '' : '.'}`);
  return [...new Set(names)].map((name) => ({ name }));
}

export async function check(account: GraphiteAccount, signal: AbortSignal): Promise<void> {
  await find(account, '*', signal);
}

function find(account: GraphiteAccount, query: string, signal: AbortSignal) {
  const path = `/metrics/find?${new URLSearchParams({ query, format: 'completer' })}`;
  return fetchJson({ account, path, Answer: FoundAnswer, readRefusal }, signal);
}
