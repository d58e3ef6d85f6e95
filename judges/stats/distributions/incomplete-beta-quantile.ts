import { incompleteBeta } from './incomplete-beta.ts';

/**
 * The odds x / (1 - x) at which the regularized incomplete beta function I_x(a, b) is p, for 0 < p < 1 and a, b > 0.
 *
 * Odds rather than x, because a rate ratio is an odds and x may be too close to 1 to be told from it. Relative error
 * about 1e-12. The logarithm of the odds is bracketed, then halved and followed along the secant (Illinois rule).
 *
 * Source: M. Dowell, P. Jarratt, "A modified regula falsi method for computing the root of an equation", BIT 11 (1971).
 *
 * @example incompleteBetaOdds(0.5248, 2, 3) // 0.6666666667, which is 0.4 / 0.6
 */
export function incompleteBetaOdds(p: number, a: number, b: number): number {
  const excess = (logOdds: number) => {
    const odds = Math.exp(logOdds);
    return incompleteBeta(odds / (1 + odds), a, b, 1 / (1 + odds)) - p;
  };
  const centre = Math.log(a / b);
  let reach = 1;
  while (excess(centre - reach) > 0 && reach < FURTHEST) reach *= 2;
  const low = centre - reach;
  reach = 1;
  while (excess(centre + reach) < 0 && reach < FURTHEST) reach *= 2;
  return Math.exp(rootBetween(excess, low, centre + reach));
}

/** Beyond exp(±700) there are no doubles. */
const FURTHEST = 700;
const MAX_STEPS = 200;

function rootBetween(f: (x: number) => number, from: number, to: number): number {
  let [low, high, fLow, fHigh] = [from, to, f(from), f(to)];
  for (let step = 0; step < MAX_STEPS && high - low > 1e-13 * Math.max(1, Math.abs(low)); step++) {
    const secant = (low * fHigh - high * fLow) / (fHigh - fLow);
    const middle = step % 3 === 2 || !(secant > low && secant < high) ? (low + high) / 2 : secant;
    const value = f(middle);
    if (value === 0) return middle;
    if (value < 0) {
      [low, fLow] = [middle, value];
      fHigh /= 2;
    } else {
      [high, fHigh] = [middle, value];
      fLow /= 2;
    }
  }
  return (low + high) / 2;
}
