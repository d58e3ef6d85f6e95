import type { CanaryJudge } from '../src/domain/canary-judge.ts';
import { smallestMannWhitneyTail } from './stats/distributions/mann-whitney-distribution.ts';
import { relativeLevel } from './stats/samples/relative-level.ts';
import { type Alternative, errorPerBound } from './stats/tests/alternative.ts';
import { hodgesLehmannEstimate, hodgesLehmannInterval } from './stats/tests/hodges-lehmann.ts';
import { mannWhitneyTest } from './stats/tests/mann-whitney-test.ts';
import { ratioOfMeansInterval } from './stats/tests/ratio-of-means-interval.ts';
import { tiedSamplesTest, tiedShare } from './stats/tests/tied-samples-test.ts';
import { welchTTest } from './stats/tests/welch-t-test.ts';
import { ALTERNATIVES } from './steps/alternatives.ts';
import type { Comparison, SamplePair, TestEvidence } from './steps/comparison.ts';
import { compareConstants } from './steps/constant-samples.ts';
import { judgeMetrics } from './steps/judge-metrics.ts';
import {
  readTestSettings,
  type TestedMetricSettings,
  TestJudgeSettings,
  TestMetricSettings,
  type TestSettings,
} from './steps/test-settings.ts';

const judgeName = 'MannWhitneyJudge-v1.0';
/** From this share of equal pairs on, the median difference no longer shows a change. */
const MANY_TIES = 0.1;
const METHODS = { exact: 'Mann-Whitney, exact', normal: 'Mann-Whitney, normal approximation' } as const;

/**
 * Compares canary and baseline by rank, one-sided when only one direction counts: the Mann-Whitney test with the exact
 * Hodges-Lehmann shift and interval; with many ties, such as counts that are mostly 0, a rank test and a test of means
 * combined.
 *
 * A difference counts when the hypothesis that it is no larger than the tolerance, `tolerance` times the mean of the
 * baseline, is rejected. See `TestSettings` for the two settings.
 */
export const mannWhitney: CanaryJudge = {
  name: judgeName,
  visible: true,
  needs: ['classifier'],
  Settings: TestJudgeSettings,
  MetricSettings: TestMetricSettings,
  judge: async (request, signal) => {
    const settingsOf = readTestSettings(request.canaryConfig);
    return judgeMetrics(request, signal, { judgeName, settingsOf, compare: compareRanks });
  },
};

/** A test with everything fixed except the side. */
interface ChosenTest {
  readonly test: string;
  pValue(alternative: Alternative): number;
  readonly evidence: TestEvidence;
}

function compareRanks(samples: SamplePair, { direction, test: settings }: TestedMetricSettings): Comparison {
  const alternative = ALTERNATIVES[direction];
  const { control, experiment } = samples;
  const margin = settings.tolerance === 0 ? 0 : settings.tolerance * Math.abs(control.stats.mean);
  const constants = compareConstants(samples, margin);
  if (constants !== undefined) return constants;
  const error = errorPerBound(alternative, settings.confidence);
  const untestable = whyUntestable(samples, margin, error);
  if (untestable !== undefined) {
    return { test: 'Mann-Whitney', untestable, reason: `Metric Classification Failed: ${untestable}` };
  }
  const choose = hasManyTies(samples) ? chooseTiedTest : chooseRankTest;
  const { test, pValue, evidence } = choose(samples, { ...settings, alternative, margin });
  return {
    test,
    higher: pValue('greater') < error,
    lower: pValue('less') < error,
    meanEffect: relativeLevel(experiment.stats.mean, control.stats.mean),
    evidence: { ...evidence, pValue: pValue(alternative), tolerance: margin },
  };
}

function whyUntestable({ control, experiment }: SamplePair, margin: number, error: number): string | undefined {
  if (!Number.isFinite(margin)) return 'baseline has infinite values, of which no share can be tolerated';
  const [baseline, canary] = [control.sorted.length, experiment.sorted.length];
  if (smallestMannWhitneyTail(baseline, canary) < error) return undefined;
  let enough = 2;
  while (smallestMannWhitneyTail(enough, enough) >= error) enough++;
  return `a rank test at this confidence needs ${enough} points a side, baseline has ${baseline} and canary ${canary}`;
}

function hasManyTies({ control, experiment }: SamplePair): boolean {
  const ends = [control, experiment].flatMap(({ sorted }) => [sorted[0], sorted.at(-1)]);
  const hasMeans = Math.min(control.sorted.length, experiment.sorted.length) >= 2 && ends.every(Number.isFinite);
  return hasMeans && tiedShare(experiment.sorted, control.sorted) >= MANY_TIES;
}

interface TestOptions extends TestSettings {
  readonly alternative: Alternative;
  readonly margin: number;
}

function chooseRankTest({ control, experiment }: SamplePair, options: TestOptions): ChosenTest {
  const [x, y] = [experiment.sorted, control.sorted];
  const { confidence, margin } = options;
  const { statistic, method } = mannWhitneyTest(x, y, options);
  const isPositive = (x[0] as number) > 0 && (y[0] as number) > 0;
  return {
    test: METHODS[method],
    pValue: (alternative) => mannWhitneyTest(x, y, { alternative, margin }).pValue,
    evidence: {
      estimate: hodgesLehmannEstimate(x, y),
      interval: { ...hodgesLehmannInterval(x, y, options), confidence },
      ...(isPositive ? medianRatio(x, y, options) : {}),
      statistic,
    },
  };
}

/** The typical ratio of two points with its interval: the same ranks, on logarithms. */
function medianRatio(x: Float64Array, y: Float64Array, options: TestOptions) {
  const [logX, logY] = [x.map(Math.log), y.map(Math.log)];
  const { lower, upper } = hodgesLehmannInterval(logX, logY, options);
  return {
    ratioEstimate: Math.exp(hodgesLehmannEstimate(logX, logY)),
    ratioInterval: {
      lower: lower === Number.NEGATIVE_INFINITY ? lower : Math.exp(lower),
      upper: Math.exp(upper),
      confidence: options.confidence,
    },
  };
}

/** The evidence is about the means: the median difference of tied samples is always 0. */
function chooseTiedTest({ control, experiment }: SamplePair, options: TestOptions): ChosenTest {
  const [x, y] = [experiment.sorted, control.sorted];
  const { confidence, tolerance } = options;
  const { estimate, interval } = welchTTest(x, y, options);
  const ratio = ratioOfMeansInterval(x, y, options);
  return {
    test: 'Mann-Whitney and Welch t together, for many ties',
    pValue: (alternative) => tiedSamplesTest(x, y, { alternative, tolerance }),
    evidence: {
      estimate,
      interval: { ...interval, confidence },
      ...(ratio === undefined ? {} : { ratioInterval: { ...ratio, confidence } }),
      statistic: mannWhitneyTest(x, y, { alternative: options.alternative }).statistic,
    },
  };
}
