import { incompleteBeta, incompleteBetaSlope } from './incomplete-beta.ts';
import { normalQuantile } from './normal-quantile.ts';

/**
 * The odds x / (1 - x) at which the regularized incomplete beta function I_x(a, b) is p, for 0 < p < 1 and a, b > 0.
 *
 * Odds rather than x, because a rate ratio is an odds and x may be too close to 1 to be told from it. Relative error
 * about 1e-12. Newton's method for ln I as a function of the logarithm of the odds: that function is concave, so that
 * every step but the first comes from the side where it cannot overshoot.
 *
 * Source: the function is inverted directly; see `incompleteBeta`.
 *
 * @example incompleteBetaOdds(0.5248, 2, 3) // 0.6666666667, which is 0.4 / 0.6
 */
export function incompleteBetaOdds(p: number, a: number, b: number): number {
  // The smaller tail keeps its digits.
  return p <= 0.5 ? lowerOdds(p, a, b) : 1 / lowerOdds(1 - p, b, a);
}

const MAX_STEPS = 200;
const SMALL_STEP = 1e-13;
/** exp(±700) are about the largest and the smallest double. */
const FURTHEST = 700;

function lowerOdds(p: number, a: number, b: number): number {
  let logOdds = clamp(Math.log(a / b) + normalQuantile(p) * Math.sqrt(1 / a + 1 / b));
  for (let step = 0; step < MAX_STEPS; step++) {
    const odds = Math.exp(logOdds);
    const [x, complement] = [odds / (1 + odds), 1 / (1 + odds)];
    const value = incompleteBeta(x, a, b, complement);
    const change = (Math.log(p / value) * value) / incompleteBetaSlope(x, a, b, complement);
    // Nothing can be told from a value of 0, and nothing is to be found beyond the largest odds.
    const next = clamp(Number.isFinite(change) ? logOdds + change : logOdds / 2);
    if (Math.abs(next - logOdds) <= SMALL_STEP * Math.max(1, Math.abs(logOdds))) break;
    logOdds = next;
  }
  return Math.exp(logOdds);
}

function clamp(logOdds: number): number {
  return Math.min(FURTHEST, Math.max(-FURTHEST, logOdds));
}
