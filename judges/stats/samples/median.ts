import { sortedSample } from './sorted-sample.ts';

/**
 * The median of values in ascending order; the mean of the middle two where their number is even. NaN for no values.
 *
 * @example medianOfSorted(Float64Array.of(1, 2, 4, 8)) // 3
 */
export function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The median of the values that are not NaN.
 *
 * @example medianOf(Float64Array.of(4, NaN, 2)) // 3
 */
export function medianOf(values: ArrayLike<number>): number {
  return medianOfSorted(sortedSample(values));
}

/**
 * The median absolute deviation from the median, without the factor that makes it a standard deviation.
 *
 * @example medianAbsoluteDeviation(Float64Array.of(1, 2, 4, 9), 3) // 1.5, of 2, 1, 1, 6
 */
export function medianAbsoluteDeviation(values: Float64Array, median: number): number {
  return medianOf(values.map((value) => Math.abs(value - median)));
}
