import { mannWhitneyDistribution } from '../distributions/mann-whitney-distribution.ts';
import { normalSurvival } from '../distributions/normal-survival.ts';
import { countPairwiseDifferences, difference } from '../samples/pairwise-differences.ts';
import type { Alternative } from './alternative.ts';

export interface MannWhitneyTest {
  /** U: the pairs in which x is the greater, after the margin was moved; pairs that tie count one half. */
  readonly statistic: number;
  readonly pValue: number;
  readonly method: 'exact' | 'normal';
}

/** Samples without ties and with n·m up to this (50 against 50) have their exact distribution computed. */
export const EXACT_UP_TO = 2500;

/**
 * The Mann-Whitney test: does x tend to lie above (or below) y, by more than `margin`? For ascending x and y
 * without NaN.
 *
 * Exact without ties up to n·m = 2,500, otherwise the normal approximation with the correction for ties and the
 * continuity correction of one half. An empty side, or values that are all equal, give the p-value 1.
 *
 * Source: H. B. Mann and D. R. Whitney, Ann. Math. Stat. 18 (1947); ties: E. L. Lehmann, "Nonparametrics:
 * Statistical Methods Based on Ranks" (1975), 1.4.
 *
 * @example mannWhitneyTest(Float64Array.of(4, 5, 6), Float64Array.of(1, 2, 3), { alternative: 'greater' })
 * // { statistic: 9, pValue: 0.05, method: 'exact' }
 */
export function mannWhitneyTest(
  x: Float64Array,
  y: Float64Array,
  { alternative, margin = 0 }: { alternative: Alternative; margin?: number },
): MannWhitneyTest {
  const above = pairsAbove(x, y, margin);
  const below = pairsAbove(y, x, margin);
  const greater = alternative === 'greater' || (alternative === 'two-sided' && above >= below);
  const { pValue, method } = greater ? upperTail(x, y, margin, above) : upperTail(y, x, margin, below);
  return {
    statistic: greater ? above : x.length * y.length - below,
    pValue: alternative === 'two-sided' ? Math.min(1, 2 * pValue) : pValue,
    method,
  };
}

/**
 * The sum of t³ - t over the groups of t equal values in x and y + shift together; 0 without ties.
 *
 * @example tieSum(Float64Array.of(1, 2, 2), Float64Array.of(2, 3)) // 24, one group of three
 */
export function tieSum(x: Float64Array, y: Float64Array, shift = 0): number {
  let sum = 0;
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    const gap = headGap(x[i], y[j]);
    const fromX = gap > shift ? 0 : runLength(x, i);
    const fromY = gap < shift ? 0 : runLength(y, j);
    const tied = fromX + fromY;
    sum += tied ** 3 - tied;
    i += fromX;
    j += fromY;
  }
  return sum;
}

export function isExact(n: number, m: number, ties: number): boolean {
  return ties === 0 && n * m > 0 && n * m <= EXACT_UP_TO;
}

/**
 * The standard deviation of U under the null hypothesis; 0 when all values are equal.
 *
 * @example mannWhitneyDeviation(3, 3, 0) // 2.29128784747792, the root of 63/12
 */
export function mannWhitneyDeviation(n: number, m: number, ties: number): number {
  const size = n + m;
  return size < 2 ? 0 : Math.sqrt(Math.max(0, ((n * m) / 12) * (size + 1 - ties / (size * (size - 1)))));
}

/** Where one side has run out, the other is next. */
function headGap(x: number | undefined, y: number | undefined): number {
  if (x === undefined) return Number.POSITIVE_INFINITY;
  return y === undefined ? Number.NEGATIVE_INFINITY : difference(x, y);
}

function runLength(sorted: Float64Array, from: number): number {
  let to = from + 1;
  while (to < sorted.length && sorted[to] === sorted[from]) to++;
  return to - from;
}

function pairsAbove(x: Float64Array, y: Float64Array, margin: number): number {
  const { above, equal } = countPairwiseDifferences(x, y, margin);
  return above + equal / 2;
}

/** P(U >= u) when x lies above y by exactly the margin. */
function upperTail(x: Float64Array, y: Float64Array, margin: number, u: number): Omit<MannWhitneyTest, 'statistic'> {
  const pairs = x.length * y.length;
  const ties = tieSum(x, y, margin);
  if (isExact(x.length, y.length, ties)) {
    return { pValue: mannWhitneyDistribution(x.length, y.length)[pairs - u] as number, method: 'exact' };
  }
  const deviation = mannWhitneyDeviation(x.length, y.length, ties);
  return { pValue: deviation === 0 ? 1 : normalSurvival((u - pairs / 2 - 0.5) / deviation), method: 'normal' };
}
