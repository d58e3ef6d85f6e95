import type { CanaryJudge } from '../src/domain/canary-judge.ts';
import { relativeLevel } from './stats/samples/relative-level.ts';
import { errorPerBound } from './stats/tests/alternative.ts';
import { ratioOfMeansInterval } from './stats/tests/ratio-of-means-interval.ts';
import { welchTTest } from './stats/tests/welch-t-test.ts';
import { ALTERNATIVES } from './steps/alternatives.ts';
import type { Comparison, SamplePair } from './steps/comparison.ts';
import { compareConstants } from './steps/constant-samples.ts';
import { judgeMetrics } from './steps/judge-metrics.ts';
import {
  readTestSettings,
  type TestedMetricSettings,
  TestJudgeSettings,
  TestMetricSettings,
} from './steps/test-settings.ts';

const judgeName = 'WelchTJudge-v1.0';
const test = 'Welch t';
/** A variance needs two points. */
const MINIMUM_POINTS = 2;

/**
 * Compares the means of canary and baseline by Welch's t-test, one-sided when only one direction counts.
 *
 * A difference counts when its confidence interval lies beyond the tolerance, `tolerance` times the measured mean of
 * the baseline. See `TestSettings` for the two settings.
 */
export const welchT: CanaryJudge = {
  name: judgeName,
  visible: true,
  needs: ['classifier'],
  Settings: TestJudgeSettings,
  MetricSettings: TestMetricSettings,
  judge: async (request, signal) => {
    const settingsOf = readTestSettings(request.canaryConfig);
    return judgeMetrics(request, signal, { judgeName, settingsOf, compare: compareMeans });
  },
};

function compareMeans(samples: SamplePair, { direction, test: settings }: TestedMetricSettings): Comparison {
  const { confidence, tolerance } = settings;
  const [control, experiment] = [samples.control.values, samples.experiment.values];
  const untestable = whyUntestable(samples);
  if (untestable !== undefined) return { test, untestable, reason: `Metric Classification Failed: ${untestable}` };
  const margin = tolerance * Math.abs(samples.control.stats.mean);
  const constants = compareConstants(samples, margin);
  if (constants !== undefined) return constants;
  const options = { alternative: ALTERNATIVES[direction], confidence, margin };
  const { estimate, statistic, degreesOfFreedom, pValue, interval } = welchTTest(experiment, control, options);
  const ratio = ratioOfMeansInterval(experiment, control, options);
  const error = errorPerBound(options.alternative, confidence);
  const isBeyond = (alternative: 'greater' | 'less') =>
    welchTTest(experiment, control, { ...options, alternative }).pValue < error;
  return {
    test,
    higher: isBeyond('greater'),
    lower: isBeyond('less'),
    meanEffect: relativeLevel(samples.experiment.stats.mean, samples.control.stats.mean),
    evidence: {
      estimate,
      interval: { ...interval, confidence },
      ...(ratio === undefined ? {} : { ratioInterval: { ...ratio, confidence } }),
      pValue,
      statistic,
      degreesOfFreedom,
      tolerance: margin,
    },
  };
}

function whyUntestable({ control, experiment }: SamplePair): string | undefined {
  const [baseline, canary] = [control.sorted.length, experiment.sorted.length];
  if (Math.min(baseline, canary) < MINIMUM_POINTS) {
    return `a t-test needs at least ${MINIMUM_POINTS} points a side, baseline has ${baseline} and canary ${canary}`;
  }
  const ends = [control, experiment].flatMap(({ sorted }) => [sorted[0], sorted.at(-1)]);
  return ends.every(Number.isFinite) ? undefined : 'infinite values have no mean';
}
