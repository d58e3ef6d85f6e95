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
  return inScratch((scratch) => {
    const isLong = values instanceof Float64Array && to - from >= MANY;
    const near = isLong ? valuesNear(values.subarray(from, to), scratch) : undefined;
    return medianAmong(near ?? allOf(presentOnly(values, from, to, scratch), scratch));
  });
}

/** From so many values on it is faster to look first, at some of them, where the middle is; of very many at more. */
const MANY = 128;
const VERY_MANY = 4096;

/** Values in no order, with the middle one and the one before; how many are smaller than all of them, and how many there are. */
interface Near {
  readonly near: Float64Array;
  readonly before: number;
  readonly size: number;
}

function medianAmong({ near, before, size }: Near): number {
  if (size === 0) return Number.NaN;
  const middle = (size >> 1) - before;
  selectInPlace(near, middle);
  const upper = near[middle] as number;
  return size % 2 === 1 ? upper : (largestOf(near, middle) + upper) / 2;
}

function allOf(present: Float64Array, scratch: Scratch): Near {
  const near = scratch.floats(present.length);
  near.set(present);
  return { near, before: 0, size: present.length };
}

/** Undefined where a sample says something else than all: one time in a hundred. NaN is neither below nor up to anything. */
function valuesNear(values: Float64Array, scratch: Scratch): Near | undefined {
  const { least, most } = middleOfSample(values, scratch);
  const near = scratch.floats(values.length);
  let before = 0;
  let kept = 0;
  let size = 0;
  // Whether a value is kept looks like chance, so every one is written down and most are written over.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const isBelow = Number(value < least);
    near[kept] = value;
    before += isBelow;
    kept += Number(value <= most) - isBelow;
    size += Number(!Number.isNaN(value));
  }
  const middle = size >> 1;
  return before < middle && middle < before + kept ? { near: near.subarray(0, kept), before, size } : undefined;
}

/** Two values between which the middle most likely is, as evenly spaced ones have it; NaN where most are absent. */
function middleOfSample(values: Float64Array, scratch: Scratch): { readonly least: number; readonly most: number } {
  const asked = values.length < VERY_MANY ? 48 : 128;
  const sample = scratch.floats(asked);
  let size = 0;
  for (let i = 0; i < asked; i++) {
    const value = values[Math.floor((i * values.length) / asked)] as number;
    sample[size] = value;
    size += Number(!Number.isNaN(value));
  }
  const present = sample.subarray(0, size).sort();
  // The rank of the middle varies in a sample by half the root of its size.
  const reach = Math.ceil(1.3 * Math.sqrt(asked));
  const middle = size >> 1;
  return { least: present[middle - reach] ?? Number.NaN, most: present[middle + reach] ?? Number.NaN };
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
