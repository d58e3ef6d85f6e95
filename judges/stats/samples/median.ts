import { quickselect } from 'simple-statistics';

/**
 * The median of values in ascending order; the mean of the middle two where their number is even. NaN for no values.
 *
 * @example medianOfSorted([1, 2, 4, 8]) // 3
 */
export function medianOfSorted(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The median of the values that are not NaN; NaN for none.
 *
 * @example medianOf([4, NaN, 2]) // 3
 */
export function medianOf(values: readonly number[]): number {
  const present = values.filter((value) => !Number.isNaN(value));
  if (present.length === 0) return Number.NaN;
  const middle = present.length >> 1;
  quickselect(present, middle, 0, present.length - 1);
  const upper = present[middle] as number;
  if (present.length % 2 === 1) return upper;
  return (largestOf(present, middle) + upper) / 2;
}

/**
 * The median absolute deviation from the median, without the factor that makes it a standard deviation.
 *
 * @example medianAbsoluteDeviation([1, 2, 4, 9]) // 1.5, of 2, 1, 1, 6
 */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const median = medianOf(values);
  return medianOf(values.map((value) => Math.abs(value - median)));
}

function largestOf(values: readonly number[], end: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < end; i++) if ((values[i] as number) > largest) largest = values[i] as number;
  return largest;
}
