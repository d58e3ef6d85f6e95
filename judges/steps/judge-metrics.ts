import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { CanaryError } from '../../src/errors.ts';
import { type Classifying, classifyMetric } from './classify.ts';
import type { CompareSamples } from './comparison.ts';
import { createPace, inTurns } from './in-turns.ts';
import type { MetricSettings } from './metric-settings.ts';
import { scoreResults } from './score.ts';

// The steps every judge of this folder shares, in order:
//
//   metric-settings   what the config says of the metric
//   clean             missing values, outliers, statistics
//   compare           THE JUDGE'S OWN TEST, a function (SamplePair) => Comparison
//   classify          no data, identical data, direction, effect size, criticality; explain puts it into words
//   score             groups, weights, verdict
//
// A judge is a name, what it can be told, and a comparison; netflix-aca/index.ts is the shortest.

/** What differs from judge to judge. */
interface JudgeParts<Settings extends MetricSettings> extends Pick<Classifying<Settings>, 'likeKayenta'> {
  readonly judgeName: string;
  /** @throws CanaryError JUDGEMENT_FAILED when a setting has the wrong type */
  settingsOf(metric: CanaryMetricConfig): Settings;
  readonly compare: CompareSamples<Settings>;
  /** the order in which groups are listed and summed; absent: as they appear */
  readonly groupOrder?: (groups: readonly string[]) => readonly string[];
}

/**
 * Classifies every pair with the judge's test and scores the whole.
 *
 * Yields to the event loop between pairs, and stops there when `signal` aborts.
 *
 * @throws CanaryError JUDGEMENT_FAILED when request and config do not fit, EXECUTION_CANCELED
 */
export async function judgeMetrics<Settings extends MetricSettings>(
  { canaryConfig, scoreThresholds, metricSetPairList }: JudgeRequest,
  signal: AbortSignal,
  { judgeName, ...parts }: JudgeParts<Settings>,
): Promise<CanaryJudgeResult> {
  if (canaryConfig.classifier === undefined) {
    throw new CanaryError('JUDGEMENT_FAILED', "The config has no 'classifier'; add one with its 'groupWeights'.");
  }
  const results = await inTurns(metricSetPairList, createPace(signal), (pair) =>
    classifyMetric(canaryConfig, pair, parts),
  );
  const { groupWeights } = canaryConfig.classifier;
  const { groupOrder: order, likeKayenta } = parts;
  const common = { groupWeights: groupWeights ?? {}, thresholds: scoreThresholds, ...(order && { order }) };
  const rules = likeKayenta ? common : { ...common, nothingFails: true as const };
  return { judgeName, results, ...scoreResults(results, rules) };
}
