import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryScopePair } from '../../domain/canary-scope.ts';
import { companionName, QUERY_COMPANIONS, type QueryCompanion } from '../../domain/companion-series.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import {
  type CompanionSeries,
  type EarlierWindow,
  type MetricSetPair,
  MISSING,
  UNPAIRED,
} from '../../domain/metric-set-pair.ts';
import { tagKey } from '../../domain/values/tags.ts';
import type { FetchedCompanion, FetchedSeries } from './fetched-series.ts';
import { type PairOptions, padded, pairMetricSets } from './pair-series.ts';

type Scopes = Readonly<Record<string, CanaryScopePair>>;

interface MixOptions extends PairOptions {
  readonly metrics: readonly CanaryMetricConfig[];
  readonly scopes: Scopes | undefined;
  /** the scopes with each further window of the baseline, in the order of those; absent: there are none */
  readonly windows?: readonly (Scopes | undefined)[];
  readonly fetched: FetchedSeries;
}

/**
 * Pairs the series of a run, and gives each pair its companions, and the further windows of its baseline.
 *
 * @throws CanaryError METRIC_SETS_UNPAIRABLE, see {@link pairMetricSets}
 */
export function pairFetched({ windows = [], ...options }: MixOptions): MetricSetPair[] {
  const pairs = pairOneWindow(options);
  const { earlier, ...own } = options.fetched;
  if (earlier.length === 0) return pairs;
  const beside = own.companions.filter(({ side }) => side === 'experiment');
  const byWindow = earlier.map(({ control, companions }, index) => {
    const fetched = { ...own, control, companions: [...companions, ...beside], earlier: [] };
    const found = pairOneWindow({ ...options, scopes: windows[index] ?? options.scopes, fetched });
    return new Map(found.map((pair) => [keyOf(pair), pair]));
  });
  return pairs.map((pair) => ({ ...pair, earlier: byWindow.map((found) => windowOf(pair, found.get(keyOf(pair)))) }));
}

function keyOf({ name, tags = {} }: MetricSetPair): string {
  return `${name} ${tagKey(tags)}`;
}

function windowOf(own: MetricSetPair, found: MetricSetPair | undefined): EarlierWindow {
  if (found === undefined) {
    const { values, scopes } = controlOf(own);
    const why = 'the control had no series with these labels then';
    const gaps = (values.control ?? []).map(() => Number.NaN);
    return { values: { control: gaps }, scopes, attributes: { control: { [MISSING]: why } } };
  }
  const { denominator, traffic } = found;
  return {
    ...controlOf(found),
    ...(denominator && { denominator: controlOf(denominator) }),
    ...(traffic && { traffic: controlOf(traffic) }),
  };
}

function controlOf({ values, scopes, attributes }: CompanionSeries): CompanionSeries {
  return {
    values: { control: values.control },
    scopes: { control: scopes?.control },
    attributes: { control: attributes?.control },
  };
}

function pairOneWindow({ fetched: { companions, earlier: _, ...own }, ...options }: MixOptions): MetricSetPair[] {
  const pairs = pairMetricSets({ ...options, ...own });
  if (companions.length === 0) return pairs;
  const byMetric = Map.groupBy(companions, ({ metricIndex }) => metricIndex);
  const byName = Map.groupBy(pairs, ({ name }) => name);
  const complete = new Map(pairs.map((pair) => [pair.id, pair]));
  for (const [metricIndex, found] of byMetric) {
    const metric = options.metrics[metricIndex];
    const its = byName.get(metric?.name ?? '') ?? [];
    if (metric === undefined) continue;
    for (const pair of withCompanions(its, metric, { ...options, fetched: found })) complete.set(pair.id, pair);
  }
  return [...complete.values()];
}

type CompanionOptions = Omit<MixOptions, 'fetched'> & { readonly fetched: readonly FetchedCompanion[] };

function withCompanions(pairs: MetricSetPair[], metric: CanaryMetricConfig, options: CompanionOptions) {
  const history = options.fetched.find(({ companion }) => companion === 'history');
  const asked = QUERY_COMPANIONS.filter((one) => options.fetched.some(({ companion }) => companion === one));
  const found = asked.map((companion) => [companion, pairsOf(companion, metric, options)] as const);
  return pairs.map((pair) => {
    const beside = found.map(([companion, own]) => [companion, companionOf(pair, companion, own)] as const);
    return { ...pair, ...Object.fromEntries(beside), ...(history && { history: historyOf(pair, history) }) };
  });
}

function pairsOf(companion: QueryCompanion, metric: CanaryMetricConfig, { fetched, ...options }: CompanionOptions) {
  const asked = { ...metric, name: companionName(metric, companion) };
  const sets = (side: string) =>
    fetched
      .flatMap((one) => (one.companion === companion && one.side === side ? one.sets : []))
      // Another metric may have asked first.
      .map((set) => ({ ...set, name: asked.name }));
  return pairMetricSets({
    ...options,
    metrics: [asked],
    control: sets('control'),
    experiment: sets('experiment'),
  });
}

/** The series with the same tags; a single one goes with every series of the metric. */
function companionOf(pair: MetricSetPair, companion: string, found: readonly MetricSetPair[]): CompanionSeries {
  const key = tagKey(pair.tags ?? {});
  const same = found.find(({ tags }) => tagKey(tags ?? {}) === key) ?? (found.length === 1 ? found[0] : undefined);
  if (same === undefined) {
    return unusable(
      pair,
      `query.${companion} has no series with its labels; group both queries by the same labels, or that one by none`,
    );
  }
  const { values, scopes, attributes } = same;
  const steps = [pair, same].map((one) => one.scopes?.experiment?.stepMillis ?? 0);
  if (steps[0] !== steps[1]) {
    const [own = 0, other = 0] = steps.map((millis) => millis / 1000);
    return unusable(
      pair,
      `query.${companion} has a point every ${other} s and the metric one every ${own} s; choose a step both have`,
    );
  }
  return { values, ...(scopes && { scopes }), ...(attributes && { attributes }) };
}

function unusable({ values: { control = [], experiment = [] }, scopes }: MetricSetPair, why: string): CompanionSeries {
  const gaps = (values: readonly number[]) => values.map(() => Number.NaN);
  return {
    values: { control: gaps(control), experiment: gaps(experiment) },
    ...(scopes && { scopes }),
    attributes: { control: { [UNPAIRED]: why }, experiment: { [UNPAIRED]: why } },
  };
}

/** Labels that only repeat the scope have been dropped from the pair, so only its own are compared. */
function historyOf(pair: MetricSetPair, { sets, missing }: FetchedCompanion): CompanionSeries {
  const labels = Object.entries(pair.tags ?? {});
  const isOf = ({ tags }: MetricSet) => labels.every(([label, value]) => tags[label] === value);
  const [set, ...others] = sets.length === 1 ? sets : sets.filter(isOf);
  const step = pair.scopes?.control?.stepMillis ?? 0;
  const why =
    missing ??
    (set === undefined || others.length > 0 ? 'the control had no series with these labels then' : undefined) ??
    (set?.stepMillis === step ? undefined : `its points are ${(set?.stepMillis ?? 0) / 1000} s apart`) ??
    (set?.values.some(Number.isFinite) ? undefined : 'the store has no data of that time');
  const { startTimeIso, startTimeMillis, stepMillis, attributes } = set ?? {};
  return {
    values: { control: why === undefined && set !== undefined ? padded(set) : [], experiment: [] },
    scopes: { control: { startTimeIso, startTimeMillis, stepMillis } },
    attributes: { control: { ...attributes, ...(why === undefined ? {} : { [MISSING]: why }) } },
  };
}
