import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryScopePair, Side } from '../../domain/canary-scope.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import { type MetricSetPair, UNPAIRED } from '../../domain/metric-set-pair.ts';
import { type Tags, tagKey } from '../../domain/values/tags.ts';
import { CanaryError } from '../../errors.ts';
import { scopeLabels, withoutLabels } from './scope-labels.ts';

export interface PairOptions {
  readonly newId: () => string;
  /** labels that only repeat the scope keep the sides apart, as in Kayenta; otherwise they are dropped */
  readonly likeKayenta: boolean;
}

interface MixOptions extends PairOptions {
  readonly metrics: readonly CanaryMetricConfig[];
  readonly scopes: Readonly<Record<string, CanaryScopePair>> | undefined;
  readonly control: readonly MetricSet[];
  readonly experiment: readonly MetricSet[];
}

/**
 * Pairs control and experiment by metric name and tags. Series are not shifted in time; each is padded with NaN at the
 * end up to the length of its window, and a side without a series gets one of NaN. Where both sides have series and
 * none pair, the attributes of the pairs say so.
 *
 * @throws CanaryError METRIC_SETS_UNPAIRABLE when a side has no series of a metric, or the sides' tag keys differ
 */
export function pairMetricSets({ metrics, scopes, newId, likeKayenta, ...sets }: MixOptions): MetricSetPair[] {
  const [control, experiment] = [sets.control, sets.experiment].map((side) => Map.groupBy(side, ({ name }) => name));
  return metrics.flatMap(({ name = '', scopeName = '' }) => {
    const answered = {
      control: seriesOf(name, control?.get(name), 'control'),
      experiment: seriesOf(name, experiment?.get(name), 'experiment'),
    };
    const repeating = scopeLabels(answered, scopes?.[scopeName]);
    const dropped = likeKayenta ? [] : repeating;
    const sides = {
      control: withoutLabels(answered.control, dropped),
      experiment: withoutLabels(answered.experiment, dropped),
    };
    refuseDifferentTagKeys(name, sides.control, sides.experiment);
    const unpaired = whyNonePair(answered, { sides, repeating });
    return pairsOf(sides).map(({ tags, ...pair }) => toPair({ name, tags, id: newId(), unpaired, ...pair }));
  });
}

/** Undefined when some pair, or a side has no data. */
function whyNonePair(
  { control, experiment }: Record<Side, readonly MetricSet[]>,
  { sides, repeating }: { sides: Record<Side, readonly MetricSet[]>; repeating: readonly string[] },
): string | undefined {
  if (!hasData(control) || !hasData(experiment)) return undefined;
  const keys = new Set(sides.control.map(({ tags }) => tagKey(tags)));
  if (sides.experiment.some(({ tags }) => keys.has(tagKey(tags)))) return undefined;
  const differing = differingLabels(control, experiment).filter((label) => !repeating.includes(label));
  const labels = [...repeating, ...differing].join(', ');
  const differ = labels === '' ? 'their labels do not go together' : `they differ in ${labels}`;
  return `baseline has ${control.length} series, canary ${experiment.length}, none pair: ${differ}. Aggregate, or set seriesMode.`;
}

function hasData(sets: readonly MetricSet[]): boolean {
  return sets.some(({ values }) => values.some((value) => !Number.isNaN(value)));
}

/** Labels without a value that both sides have, by name. */
function differingLabels(control: readonly MetricSet[], experiment: readonly MetricSet[]): string[] {
  const labels = new Set([...control, ...experiment].flatMap(({ tags }) => Object.keys(tags)));
  return [...labels].sort().filter((label) => {
    const values = new Set(control.map(({ tags }) => tags[label]));
    return experiment.every(({ tags }) => !values.has(tags[label]));
  });
}

function seriesOf(name: string, found: readonly MetricSet[] | undefined, side: Side): readonly MetricSet[] {
  if (found !== undefined) return found;
  throw new CanaryError(
    'METRIC_SETS_UNPAIRABLE',
    `No ${side} metrics found for ${name} and the metric service did not create a placeholder.`,
  );
}

function refuseDifferentTagKeys(name: string, control: readonly MetricSet[], experiment: readonly MetricSet[]): void {
  const [controlKeys, experimentKeys] = [control, experiment].map((sets) =>
    [...new Set(sets.flatMap(({ tags }) => Object.keys(tags)))].sort().join(', '),
  );
  if (!controlKeys || !experimentKeys || controlKeys === experimentKeys) return;
  throw new CanaryError(
    'METRIC_SETS_UNPAIRABLE',
    `metric '${name}': Control metrics have different tag keys than the experiment tag set ` +
      `([${controlKeys}] and [${experimentKeys}]); group both sides by the same labels.`,
  );
}

interface Paired {
  readonly tags: Tags;
  readonly control: MetricSet;
  readonly experiment: MetricSet;
}

function pairsOf({ control, experiment }: Record<Side, readonly MetricSet[]>): Paired[] {
  const controlUntagged = control.some(isUntagged);
  const experimentUntagged = experiment.some(isUntagged);
  if (controlUntagged !== experimentUntagged) {
    const taggedSide = controlUntagged ? experiment : control;
    const template = gapsLike((controlUntagged ? control : experiment)[0]);
    return taggedSide.map((set) =>
      controlUntagged
        ? { tags: set.tags, control: template, experiment: set }
        : { tags: set.tags, control: set, experiment: template },
    );
  }
  const [controls, experiments] = [byTagsOf(control), byTagsOf(experiment)];
  return [...new Map([...controls, ...experiments])].map(([key, { tags }]) => ({
    tags,
    control: controls.get(key) ?? gapsLike(control[0]),
    experiment: experiments.get(key) ?? gapsLike(experiment[0]),
  }));
}

/** Of several series with the same tags, the first. */
function byTagsOf(sets: readonly MetricSet[]): Map<string, MetricSet> {
  const byTags = Map.groupBy(sets, ({ tags }) => tagKey(tags));
  return new Map([...byTags].flatMap(([key, [set]]) => (set === undefined ? [] : [[key, set]])));
}

function isUntagged({ tags }: MetricSet): boolean {
  return Object.keys(tags).length === 0;
}

function gapsLike(set: MetricSet | undefined): MetricSet {
  if (set === undefined) throw new Error('a side has no series');
  return { ...set, values: new Array<number>(expectedCount(set)).fill(Number.NaN) };
}

interface NamedPair extends Paired {
  readonly name: string;
  readonly id: string;
  readonly unpaired: string | undefined;
}

function toPair({ name, id, tags, unpaired, control, experiment }: NamedPair): MetricSetPair {
  const told = unpaired === undefined ? {} : { [UNPAIRED]: unpaired };
  return {
    name,
    id,
    tags: { ...tags },
    values: { control: padded(control), experiment: padded(experiment) },
    scopes: { control: scopeOf(control), experiment: scopeOf(experiment) },
    attributes: { control: { ...control.attributes, ...told }, experiment: { ...experiment.attributes, ...told } },
  };
}

function scopeOf({ startTimeIso, startTimeMillis, stepMillis }: MetricSet) {
  return { startTimeIso, startTimeMillis, stepMillis };
}

/** Its values, with gaps at the end up to the end of its window. */
export function padded(set: MetricSet): number[] {
  const missing = expectedCount(set) - set.values.length;
  return missing > 0 ? [...set.values, ...new Array<number>(missing).fill(Number.NaN)] : set.values;
}

function expectedCount({ startTimeMillis = 0, endTimeMillis = 0, stepMillis = 0 }: MetricSet): number {
  return stepMillis > 0 ? Math.max(0, Math.floor((endTimeMillis - startTimeMillis) / stepMillis)) : 0;
}
