import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { findMetric } from '../steps/classify.ts';
import { keyOfTags } from './drift-counts.ts';
import { type DriftRules, readDriftRules } from './drift-settings.ts';

/** A series, and the metric it is of. */
export interface DriftSeries {
  readonly pair: MetricSetPair;
  readonly metric: CanaryMetricConfig;
  readonly rules: DriftRules;
  /** the series that are judged with it; empty where it is judged with another */
  readonly together: readonly MetricSetPair[];
}

/** Every series in the order given. Of those that make one distribution the first by its labels stands for all. */
export function driftSeries(config: CanaryConfig, pairs: readonly MetricSetPair[]): DriftSeries[] {
  const rulesOf = new Map((config.metrics ?? []).map((metric) => [metric, readDriftRules(metric)]));
  const groups = Map.groupBy(pairs, ({ name }) => name);
  return pairs.map((pair) => {
    const metric = findMetric(config, pair.name);
    const rules = rulesOf.get(metric) ?? readDriftRules(metric);
    if (rules.data !== 'buckets') return { pair, metric, rules, together: [pair] };
    const group = (groups.get(pair.name) ?? []).toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    return { pair, metric, rules, together: group[0] === pair ? group : [] };
  });
}

function keyOf({ tags = {} }: MetricSetPair): string {
  return keyOfTags(tags);
}
