import { z } from 'zod';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { createSeededRandom, type SeededRandom } from '../stats/numerics/seeded-random.ts';
import type { Comparison, Sample, SamplePair } from '../steps/comparison.ts';
import { judgeMetrics } from '../steps/judge-metrics.ts';
import { readSharedSettings, SharedMetricSettings } from '../steps/metric-settings.ts';
import { groupOrder } from './group-order.ts';
import { rankShiftInterval } from './rank-shift-interval.ts';

const judgeName = 'NetflixACAJudge-v1.0';
const test = 'Mann-Whitney';
/** Not configurable: Kayenta's judge has them as literals. */
const CONFIDENCE = 0.98;
const TOLERANCE = 0.25;
/** Amplitude of the noise added when neither side varies, as a fraction of the value. */
const NOISE = 1e-5;

/**
 * Kayenta's own judge, bit for bit, with its weaknesses: roots are found to an absolute 1e-4, so metrics in small
 * units (seconds, ratios) should be scaled up or judged by another judge.
 *
 * A difference counts when the 98 % confidence interval of the shift lies beyond a quarter of the estimated shift.
 */
export const netflixAca: CanaryJudge = {
  name: judgeName,
  visible: true,
  needs: ['classifier'],
  pairsLikeKayenta: true,
  series: { window: 'closed', gaps: 'squeezed' },
  Settings: z.looseObject({}),
  MetricSettings: SharedMetricSettings,
  judge: (request, signal) =>
    judgeMetrics(request, signal, {
      judgeName,
      settingsOf: readSharedSettings,
      compare,
      groupOrder,
      likeKayenta: true,
    }),
};

function compare(samples: SamplePair): Comparison {
  const [control, experiment] = rankable(samples);
  const shift = rankShiftInterval(control, experiment, CONFIDENCE);
  if (shift === undefined) return { test, untestable: 'neither side varies, so its points cannot be ranked' };
  const { lower, upper, estimate } = shift;
  const tolerance = TOLERANCE * Math.abs(estimate);
  return {
    test,
    higher: lower > tolerance,
    lower: upper < -1 * tolerance,
    evidence: { estimate, interval: { lower, upper, confidence: CONFIDENCE }, tolerance },
  };
}

/**
 * Two constant sides cannot be ranked, so each value gets a little noise, seeded with the data: the same request gives
 * the same verdict.
 */
function rankable({ control, experiment }: SamplePair): [control: Float64Array, experiment: Float64Array] {
  if (isVaried(control.sorted) || isVaried(experiment.sorted)) return [control.sorted, experiment.sorted];
  const random = createSeededRandom(control.values, experiment.values);
  return [withNoise(control, random), withNoise(experiment, random)];
}

function isVaried(sorted: Float64Array): boolean {
  return sorted[0] !== sorted.at(-1);
}

function withNoise({ values }: Sample, random: SeededRandom): Float64Array {
  return values.map((value) => value + NOISE * value * random.normal()).sort();
}
