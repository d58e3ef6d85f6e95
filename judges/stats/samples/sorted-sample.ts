/**
 * The values in ascending order, without NaN: what the rank tests take.
 *
 * @example sortedSample([3, NaN, -1]) // Float64Array [-1, 3]
 */
export function sortedSample(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  let size = sorted.length;
  // A typed array sorts NaN to the end.
  while (size > 0 && Number.isNaN(sorted[size - 1])) size--;
  return sorted.subarray(0, size);
}
