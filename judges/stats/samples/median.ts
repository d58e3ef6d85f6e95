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
  return medianOfSorted(sortedPresent(values));
}

/**
 * The values that are not NaN, in ascending order, as a copy.
 *
 * @example sortedPresent([3, NaN, -1]) // Float64Array [-1, 3]
 */
export function sortedPresent(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  let size = sorted.length;
  // A typed array sorts NaN to the end.
  while (size > 0 && Number.isNaN(sorted[size - 1])) size--;
  return size === sorted.length ? sorted : sorted.slice(0, size);
}

/**
 * The median absolute deviation from the median, without the factor that makes it a standard deviation.
 *
 * @example medianAbsoluteDeviation(Float64Array.of(1, 2, 4, 9), 3) // 1.5, of 2, 1, 1, 6
 */
export function medianAbsoluteDeviation(values: Float64Array, median: number): number {
  return medianOf(values.map((value) => Math.abs(value - median)));
}
