import { inScratch, NEW, type Scratch } from '../numerics/scratch.ts';
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
  return inScratch((scratch) => medianOfPresent(presentOnly(values, from, to, scratch), scratch));
}

function medianOfPresent(present: Float64Array, scratch: Scratch): number {
  if (present.length === 0) return Number.NaN;
  const middle = present.length >> 1;
  const { near, before } = valuesNear(present, middle, scratch);
  selectInPlace(near, middle - before);
  const upper = near[middle - before] as number;
  if (present.length % 2 === 1) return upper;
  return (largestOf(near, middle - before) + upper) / 2;
}

/** From so many values on it is faster to look first, at some of them, where the middle is; of very many at more. */
const MANY = 128;
const VERY_MANY = 4096;

/** The values around rank `middle` (from 0), with that of the rank before; and how many are smaller than all of them. */
function valuesNear(
  values: Float64Array,
  middle: number,
  scratch: Scratch,
): { readonly near: Float64Array; readonly before: number } {
  const near = scratch.floats(values.length);
  if (values.length >= MANY) {
    const { least, most } = middleOfSample(values, scratch);
    let before = 0;
    let size = 0;
    // Whether a value is kept looks like chance, so every one is written down and most are written over.
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      const isBelow = Number(value < least);
      near[size] = value;
      before += isBelow;
      size += Number(value <= most) - isBelow;
    }
    // One time in a hundred the sample says something else.
    if (before < middle && middle < before + size) return { near: near.subarray(0, size), before };
  }
  near.set(values);
  return { near, before: 0 };
}

/** Two values between which the middle most likely is, as evenly spaced ones have it. */
function middleOfSample(values: Float64Array, scratch: Scratch): { readonly least: number; readonly most: number } {
  const size = values.length < VERY_MANY ? 48 : 128;
  const sample = scratch.floats(size);
  for (let i = 0; i < size; i++) sample[i] = values[Math.floor((i * values.length) / size)] as number;
  sample.sort();
  // The rank of the middle varies in a sample by half the root of its size.
  const reach = Math.ceil(1.3 * Math.sqrt(size));
  return { least: sample[size / 2 - reach] as number, most: sample[size / 2 + reach] as number };
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

/** The values from place `from` on, up to before place `to`, that are not NaN; a view of them where none is. */
export function presentOnly(
  values: ArrayLike<number>,
  from = 0,
  to = values.length,
  memory: Scratch = NEW,
): Float64Array {
  if (values instanceof Float64Array && !hasGaps(values, from, to)) return values.subarray(from, Math.max(from, to));
  const present = memory.floats(Math.max(0, to - from));
  let size = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(values[i])) present[size++] = values[i] as number;
  return present.subarray(0, size);
}

function hasGaps(values: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

function largestOf(values: Float64Array, end: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < end; i++) if ((values[i] as number) > largest) largest = values[i] as number;
  return largest;
}
