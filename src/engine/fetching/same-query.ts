import type { CanaryScope } from '../../domain/canary-scope.ts';
import type { Companion } from '../../domain/companion-series.ts';
import { type MetricSetPair, SAME_QUERY } from '../../domain/metric-set-pair.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import type { MetricQuery } from './plan-queries.ts';

/** What is said of a metric whose sides cannot differ. */
export const SAME_QUERY_TEXT =
  'Baseline and canary ask the same question: same query, account, step and window. Use ${scope} in the query, give ' +
  'the sides different scopes, or compare different windows.';

/**
 * The places of metrics, within their config, whose sides ask the same: nothing can differ but by chance.
 *
 * @param companion to look at the metrics' companions instead
 */
export function sameQueries(queries: readonly MetricQuery[], companion?: Companion): number[] {
  const asked = queries.filter((query) => query.companion === companion);
  const experiments = new Map(asked.flatMap((one) => (one.side === 'experiment' ? [[one.metricIndex, one]] : [])));
  return asked.flatMap((query) => {
    const other = experiments.get(query.metricIndex);
    return query.side === 'control' && other !== undefined && asksTheSame(query, other) ? [query.metricIndex] : [];
  });
}

/** The pairs, each of a metric whose sides ask the same with a word about it. */
export function withSameQuestions(pairs: readonly MetricSetPair[], queries: readonly MetricQuery[]): MetricSetPair[] {
  const same = new Set(sameQueries(queries));
  const names = new Set(
    queries
      .filter(({ metricIndex, companion }) => companion === undefined && same.has(metricIndex))
      .map(({ request }) => request.metric.name ?? ''),
  );
  const told = { [SAME_QUERY]: SAME_QUERY_TEXT };
  return pairs.map((pair) => {
    if (!names.has(pair.name)) return pair;
    const { control, experiment } = pair.attributes ?? {};
    return { ...pair, attributes: { control: { ...control, ...told }, experiment: { ...experiment, ...told } } };
  });
}

function asksTheSame({ provider, request }: MetricQuery, { request: other }: MetricQuery): boolean {
  const [one, two] = [request.scope, other.scope];
  const isPlaceEqual = placeOf(one) === placeOf(two);
  return (
    request.text === other.text &&
    request.account.name === other.account.name &&
    one.step === two.step &&
    millisOf(one.start) === millisOf(two.start) &&
    millisOf(one.end) === millisOf(two.end) &&
    (isPlaceEqual || provider.scopeChoosesStore !== true)
  );
}

function millisOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : instantMillis(instant);
}

function placeOf({ location, extendedScopeParams = {} }: CanaryScope): string {
  return JSON.stringify([location, Object.entries(extendedScopeParams).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
