import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { CanaryAnalysisResult, SampleStatistics } from '../../src/domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { endsOf } from '../stats/samples/ends.ts';
import { mean } from '../stats/samples/mean.ts';
import { meanRatio } from '../stats/samples/mean-ratio.ts';
import { presentOnly } from '../stats/samples/median.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import { resultWithLimits } from '../steps/result-with-limits.ts';
import type { DecidedMetric } from './decided-metric.ts';
import { metricEvidence } from './metric-evidence.ts';

/** A metric as the wire has it. */
export function metricResult(
  decided: DecidedMetric,
  pair: MetricSetPair,
  metric: CanaryMetricConfig,
): CanaryAnalysisResult {
  const { decision, metric: prepared, rules } = decided;
  const compared = { ...decided, decision: decision.compared ?? decision };
  const critical = rules.importance === 'critical';
  return resultWithLimits(comparedResult(compared, pair, metric), prepared.limits, { critical });
}

function comparedResult(
  decided: DecidedMetric,
  { name, id, tags }: MetricSetPair,
  { groups }: CanaryMetricConfig,
): CanaryAnalysisResult {
  const { decision, metric, rules } = decided;
  const { classification } = decision;
  const shown = metric.shares ?? metric;
  const [control, experiment] = [shown.control, shown.experiment].map(statisticsOf) as [
    SampleStatistics,
    SampleStatistics,
  ];
  const evidence = metricEvidence(decided);
  return {
    name,
    ...(tags === undefined ? {} : { tags }),
    ...(id === undefined ? {} : { id }),
    classification,
    ...(classification === 'Pass' && decision.outcome === undefined ? {} : { classificationReason: evidence.sentence }),
    ...(groups === undefined ? {} : { groups }),
    experimentMetadata: { stats: experiment },
    controlMetadata: { stats: control },
    resultMetadata: {
      ratio:
        control.count === 0 || experiment.count === 0
          ? 1
          : meanRatio({ control: control.mean, experiment: experiment.mean }),
    },
    critical: decision.consequence === 'failsAtOnce',
    muted: rules.muted,
    evidence,
  };
}

function statisticsOf(values: Float64Array): SampleStatistics {
  const present = presentOnly(values);
  const count = present.length;
  if (count === 0) return { count, mean: 0, min: 0, std: 0, max: 0 };
  const average = mean(present);
  const { least: min, most: max } = endsOf(present);
  return { count, mean: average, min, std: sampleStandardDeviation(present, average), max };
}
