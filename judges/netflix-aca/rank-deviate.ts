import { createShiftedRanks } from './shifted-ranks.ts';

/**
 * How far above y the values of x lie once they are shifted down, in standard errors of the rank sum: the normal
 * approximation of the Mann-Whitney statistic with tie and continuity correction. It falls as the shift grows.
 *
 * NaN, or an infinity, where all values of both samples are equal: nothing to rank.
 *
 * Source: E. L. Lehmann, "Nonparametrics: Statistical Methods Based on Ranks" (1975), 1.4.
 *
 * @param x ascending, not empty, no NaN
 * @param y ascending, not empty, no NaN
 * @example createRankDeviate(Float64Array.of(81.773, 87.5411), Float64Array.of(86, 94, 106, 114, 115))(1) // -1.35554…
 */
export function createRankDeviate(x: Float64Array, y: Float64Array): (shift: number) => number {
  const n = x.length;
  const m = y.length;
  const ranks = createShiftedRanks(x, y);
  return (shift) => {
    const { wins, ties } = ranks(shift);
    const difference = wins - (n * m) / 2;
    const correction = Math.sign(difference) * 0.5;
    const standardError = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))));
    return (difference - correction) / standardError;
  };
}
