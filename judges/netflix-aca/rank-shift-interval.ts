import { brentRoot } from '../stats/numerics/brent-root.ts';
import { commonsNormalQuantile } from './commons-normal-quantile.ts';
import { createRankDeviate } from './rank-deviate.ts';

/** How far experiment lies above control, in the unit of the data. */
export interface ShiftInterval {
  readonly lower: number;
  readonly upper: number;
  readonly estimate: number;
}

/** Roots are found this exactly, in the unit of the data: small units suffer. */
const TOLERANCE = 1e-4;
const MAX_ITERATIONS = 1000;

/**
 * A confidence interval for the shift between two samples by inverting the rank sum test, and the Hodges-Lehmann
 * estimate of it: normal approximation with continuity correction and tie correction, roots by Brent's method to 1e-4.
 *
 * Bit for bit what R's `wilcox.test(x, y, exact = FALSE, correct = TRUE, conf.int = TRUE)` finds, except that the
 * estimate is corrected for continuity too; so says Kayenta's judge, which this serves. Where the absolute tolerance
 * hurts (values far below 1) use `mannWhitneyTest`.
 *
 * Source: D. F. Bauer, "Constructing confidence sets using rank statistics", JASA 67 (1972).
 *
 * @param control ascending, not empty, no NaN
 * @param experiment ascending, not empty, no NaN
 * @example rankShiftInterval([92.75, 101.168, 105.848], [136.09275, 141.1887], 0.98) // 30.244…, 48.438…, 39.341…
 * @returns undefined when at some shift all values of both samples are equal, so that there are no ranks
 */
export function rankShiftInterval(
  control: Float64Array,
  experiment: Float64Array,
  confidence: number,
): ShiftInterval | undefined {
  const from = (experiment[0] as number) - (control.at(-1) as number);
  const to = (experiment.at(-1) as number) - (control[0] as number);
  const deviate = createRankDeviate(experiment, control);
  let ranked = true;
  const deviateRanked = (shift: number): number => {
    const deviation = deviate(shift);
    ranked &&= Number.isFinite(deviation);
    return deviation;
  };
  const low = deviateRanked(from);
  const high = deviateRanked(to);
  const root = (quantile: number): number => {
    if (low - quantile <= 0) return from;
    if (high - quantile >= 0) return to;
    const bracket = { from, to, low: low - quantile, high: high - quantile };
    return brentRoot((shift) => deviateRanked(shift) - quantile, bracket, TOLERANCE, MAX_ITERATIONS);
  };
  const quantile = commonsNormalQuantile((1 - confidence) / 2);
  const interval = { lower: root(-quantile), upper: root(quantile), estimate: root(0) };
  return ranked ? interval : undefined;
}
