import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { Side } from '../../domain/canary-scope.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { type Tags, tagKey } from '../../domain/values/tags.ts';
import { CanaryError } from '../../errors.ts';

interface MixOptions {
  readonly metrics: readonly CanaryMetricConfig[];
  readonly control: readonly MetricSet[];
  readonly experiment: readonly MetricSet[];
  readonly newId: () => string;
}

/**
 * Pairs control and experiment by metric name and tags. Series are not shifted in time; each is padded with NaN at the
 * end up to the length of its window, and a side without a series gets one of NaN.
 *
 * @throws CanaryError METRIC_SETS_UNPAIRABLE when a side has no series of a metric, or the sides' tag keys differ
 */
export function pairMetricSets({ metrics, control, experiment, newId }: MixOptions): MetricSetPair[] {
  return metrics.flatMap(({ name = '' }) => {
    const sides = {
      control: seriesOf(name, control, 'control'),
      experiment: seriesOf(name, experiment, 'experiment'),
    };
    refuseDifferentTagKeys(name, sides.control, sides.experiment);
    return pairsOf(sides).map(({ tags, ...pair }) => toPair({ name, tags, id: newId(), ...pair }));
  });
}

function seriesOf(name: string, series: readonly MetricSet[], side: Side): MetricSet[] {
  const found = series.filter((set) => set.name === name);
  if (found.length > 0) return found;
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
  const byTags = new Map([...control, ...experiment].map((set) => [tagKey(set.tags), set.tags]));
  return [...byTags].map(([key, tags]) => ({
    tags,
    control: control.find((set) => tagKey(set.tags) === key) ?? gapsLike(control[0]),
    experiment: experiment.find((set) => tagKey(set.tags) === key) ?? gapsLike(experiment[0]),
  }));
}

function isUntagged({ tags }: MetricSet): boolean {
  return Object.keys(tags).length === 0;
}

function gapsLike(set: MetricSet | undefined): MetricSet {
  if (set === undefined) throw new Error('a side has no series');
  return { ...set, values: new Array<number>(expectedCount(set)).fill(Number.NaN) };
}

function toPair({ name, id, tags, control, experiment }: Paired & { name: string; id: string }): MetricSetPair {
  return {
    name,
    id,
    tags: { ...tags },
    values: { control: padded(control), experiment: padded(experiment) },
    scopes: { control: scopeOf(control), experiment: scopeOf(experiment) },
    attributes: { control: control.attributes, experiment: experiment.attributes },
  };
}

function scopeOf({ startTimeIso, startTimeMillis, stepMillis }: MetricSet) {
  return { startTimeIso, startTimeMillis, stepMillis };
}

function padded(set: MetricSet): number[] {
  const missing = expectedCount(set) - set.values.length;
  return missing > 0 ? [...set.values, ...new Array<number>(missing).fill(Number.NaN)] : set.values;
}

function expectedCount({ startTimeMillis = 0, endTimeMillis = 0, stepMillis = 0 }: MetricSet): number {
  return stepMillis > 0 ? Math.max(0, Math.floor((endTimeMillis - startTimeMillis) / stepMillis)) : 0;
}
