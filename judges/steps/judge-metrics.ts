import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';
import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { CanaryError } from '../../src/errors.ts';
import { classifyMetric } from './classify.ts';
import type { CompareSamples } from './comparison.ts';
import { scoreCanary } from './score.ts';

// The steps every judge of this folder shares, in order:
//
//   metric-settings   what the config says of the metric
//   clean             missing values, outliers, statistics
//   compare           THE JUDGE'S OWN TEST, a function (SamplePair) => Comparison
//   classify          no data, identical data, direction, effect size, criticality; explain puts it into words
//   score             groups, weights, verdict
//
// A judge is a name and a comparison:
//
//   export const mine: CanaryJudge = {
//     name: 'MyJudge-v1.0',
//     visible: true,
//     judge: (request, signal) => judgeMetrics(request, signal, { judgeName: 'MyJudge-v1.0', compare }),
//   };

/** Others get a turn when judging has taken this long, in milliseconds. */
const TURN_MILLIS = 8;

/**
 * Classifies every pair with the judge's test and scores the whole.
 *
 * Yields to the event loop between pairs, and stops there when `signal` aborts.
 *
 * @throws CanaryError JUDGEMENT_FAILED when request and config do not fit, EXECUTION_CANCELED
 */
export async function judgeMetrics(
  { canaryConfig, scoreThresholds, metricSetPairList }: JudgeRequest,
  signal: AbortSignal,
  { judgeName, compare }: { readonly judgeName: string; readonly compare: CompareSamples },
): Promise<CanaryJudgeResult> {
  if (canaryConfig.classifier === undefined) {
    throw new CanaryError('JUDGEMENT_FAILED', "The config has no 'classifier'; add one with its 'groupWeights'.");
  }
  const results: CanaryAnalysisResult[] = [];
  let turnEnds = performance.now() + TURN_MILLIS;
  for (const pair of metricSetPairList) {
    if (performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + TURN_MILLIS;
    }
    if (signal.aborted)
      throw new CanaryError('EXECUTION_CANCELED', 'Canceled while judging.', { cause: signal.reason });
    results.push(classifyMetric(canaryConfig, pair, compare));
  }
  return { judgeName, results, ...scoreCanary(results, canaryConfig.classifier.groupWeights ?? {}, scoreThresholds) };
}
