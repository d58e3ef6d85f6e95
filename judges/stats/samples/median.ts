import { selectInPlace } from './select-in-place.ts';

/**
 * The median of values in ascending order; the mean of the middle two where their number is even. NaN for no values.
 *
 * @example medianOfSorted([1, 2, 4, 8]) // 3
 */
export function medianOfSorted(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The median of the values that are not NaN, from place `from` on, up to before place `to`; NaN for none.
 *
 * @example medianOf([4, NaN, 2]) // 3
 */
export function medianOf(values: ArrayLike<number>, from = 0, to = values.length): number {
  const present = presentOnly(values, from, to);
  if (present.length === 0) return Number.NaN;
  const middle = present.length >> 1;
  selectInPlace(present, middle);
  const upper = present[middle] as number;
  if (present.length % 2 === 1) return upper;
  return (largestOf(present, middle) + upper) / 2;
}

/**
 * The median absolute deviation from the median, without the factor that makes it a standard deviation; of values in
 * ascending order. NaN for none.
 *
 * @example medianAbsoluteDeviation([1, 2, 4, 9]) // 1.5, of 2, 1, 1, 6
 */
export function medianAbsoluteDeviation(sorted: ArrayLike<number>): number {
  const median = medianOfSorted(sorted);
  const half = sorted.length >> 1;
  // Outwards from the middle, always to the nearer side, until half the values are passed.
  let low = half - 1;
  let high = half;
  let previous = Number.NaN;
  let deviation = Number.NaN;
  for (let passed = 0; passed <= half; passed++) {
    const below = low >= 0 ? median - (sorted[low] as number) : Number.POSITIVE_INFINITY;
    const above = high < sorted.length ? (sorted[high] as number) - median : Number.POSITIVE_INFINITY;
    previous = deviation;
    deviation = Math.min(below, above);
    if (below <= above) low--;
    else high++;
  }
  return sorted.length % 2 === 1 ? deviation : (previous + deviation) / 2;
}

/** The values from place `from` on, up to before place `to`, that are not NaN. */
export function presentOnly(values: ArrayLike<number>, from = 0, to = values.length): Float64Array {
  const present = new Float64Array(Math.max(0, to - from));
  let size = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(values[i])) present[size++] = values[i] as number;
  return present.subarray(0, size);
}

function largestOf(values: Float64Array, end: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < end; i++) if ((values[i] as number) > largest) largest = values[i] as number;
  return largest;
}
