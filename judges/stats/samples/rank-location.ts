import { inScratch, type Scratch } from '../numerics/scratch.ts';
import { selectSums } from './select-sums.ts';
import { type SortedSums, sizeOf, tiedSample } from './sorted-sums.ts';

/** Where a sample lies, and how surely if its values were independent of each other. */
export interface RankLocation {
  readonly estimate: number;
  /** 0 where too many values tie to see any spread */
  readonly standardError: number;
}

/** How many null standard deviations of the count lie between the order statistics that give the standard error. */
const Z = 1.5;

/**
 * The one-sample Hodges-Lehmann estimate, the median of all averages (x[i] + x[j]) / 2 with i <= j, and its standard
 * error from the distance of two other order statistics of the averages. For at least two values in ascending order.
 *
 * Source: J. L. Hodges and E. L. Lehmann, "Estimates of Location Based on Rank Tests", Ann. Math. Stat. 34 (1963);
 * the standard error after E. L. Lehmann, "Nonparametric Confidence Intervals for a Shift Parameter", ibid.: the
 * interval that the signed-rank test gives, divided by the width it has in standard deviations.
 *
 * @example walshLocation([1, 2, 4, 8, 16]) // { estimate: 5, standardError: 3.135124054 }
 */
export function walshLocation(sorted: ArrayLike<number>): RankLocation {
  const n = sorted.length;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  const { estimate, standardError } = inScratch((scratch) => locate(pairsOf(sorted, scratch), deviation));
  return { estimate: estimate / 2, standardError: standardError / 2 };
}

/**
 * The estimate of `walshLocation` alone. For at least one value in ascending order.
 *
 * @example walshMedian([1, 2, 4, 8, 16]) // 5
 */
export function walshMedian(sorted: ArrayLike<number>): number {
  return inScratch((scratch) => {
    const orderStatistic = orderStatistics(pairsOf(sorted, scratch));
    return orderStatistic((sorted.length * (sorted.length + 1)) / 4 + 0.5) / 2;
  });
}

/**
 * The two-sample Hodges-Lehmann estimate of how far x lies above y, the median of all x[i] - y[j], with its standard
 * error likewise, from the rank-sum test. For samples in ascending order with more than one difference.
 *
 * Source: as `walshLocation`.
 *
 * @example shiftLocation([3, 5, 9, 11, 30], [1, 2, 4, 8, 16]).estimate // 3
 */
export function shiftLocation(x: ArrayLike<number>, y: ArrayLike<number>): RankLocation {
  const deviation = Math.sqrt((x.length * y.length * (x.length + y.length + 1)) / 12);
  return inScratch((scratch) => {
    const negated = scratch.floats(y.length);
    for (let i = 0; i < y.length; i++) negated[y.length - 1 - i] = -(y[i] as number);
    const [rows, columns] = [tiedSample(x, scratch), tiedSample(negated, scratch)];
    return locate({ rows, columns, upperOnly: false, scratch }, deviation);
  });
}

function pairsOf(sorted: ArrayLike<number>, scratch: Scratch): SortedSums {
  const sample = tiedSample(sorted, scratch);
  return { rows: sample, columns: sample, upperOnly: true, scratch };
}

function locate(sums: SortedSums, deviation: number): RankLocation {
  const orderStatistic = orderStatistics(sums);
  const middle = (sizeOf(sums) + 1) / 2;
  const reach = Math.min(Z * deviation, middle - 1);
  const estimate = orderStatistic(middle);
  const width = orderStatistic(middle + reach) - orderStatistic(middle - reach);
  return { estimate, standardError: width / ((2 * reach) / deviation) };
}

/** The k-th smallest sum; for a k between two whole numbers, between two sums. */
function orderStatistics(sums: SortedSums): (k: number) => number {
  const [rows, columns] = [sums.rows.sorted, sums.columns.sorted];
  const size = sizeOf(sums);
  const adjacent = selectSums(sums);
  return (k) => {
    if (k <= 1) return (rows[0] as number) + (columns[0] as number);
    if (k >= size) return (rows[rows.length - 1] as number) + (columns[columns.length - 1] as number);
    const whole = Math.floor(k);
    const [lower, upper] = adjacent(whole);
    return (1 - (k - whole)) * lower + (k - whole) * upper;
  };
}
