import { inScratch, type Scratch } from '../numerics/scratch.ts';
import { endsOf } from './ends.ts';
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
  const { near, before } = present.length < MANY ? all(present, scratch) : valuesNear(present, middle, scratch);
  selectInPlace(near, middle - before);
  const upper = near[middle - before] as number;
  if (present.length % 2 === 1) return upper;
  return (largestOf(near, middle - before) + upper) / 2;
}

/** From so many values on it is faster to look first where among them the middle is. */
const MANY = 128;
const SLOTS = 256;

/** Values in no order, and how many are smaller than all of them. */
interface Near {
  readonly near: Float64Array;
  readonly before: number;
}

function all(values: Float64Array, scratch: Scratch): Near {
  const near = scratch.floats(values.length);
  near.set(values);
  return { near, before: 0 };
}

/** The values around rank `middle` (from 0), with that of the rank before. */
function valuesNear(values: Float64Array, middle: number, scratch: Scratch): Near {
  const { least, most } = endsOf(values);
  const slotsPerUnit = SLOTS / (most - least);
  if (!(slotsPerUnit > 0 && slotsPerUnit < Number.POSITIVE_INFINITY)) return all(values, scratch);
  // The largest value has a slot of its own behind the others.
  const counts = scratch.ints(SLOTS + 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    const slot = (((values[i] as number) - least) * slotsPerUnit) | 0;
    counts[slot] = (counts[slot] as number) + 1;
  }
  let first = 0;
  let before = 0;
  while (before + (counts[first] as number) < middle) before += counts[first++] as number;
  let last = first;
  let upTo = before + (counts[first] as number);
  while (upTo <= middle) upTo += counts[++last] as number;
  const near = scratch.floats(upTo - before);
  for (let i = 0, size = 0; i < values.length; i++) {
    const slot = (((values[i] as number) - least) * slotsPerUnit) | 0;
    if (slot >= first && slot <= last) near[size++] = values[i] as number;
  }
  return { near, before };
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
  scratch?: Scratch,
): Float64Array {
  if (values instanceof Float64Array && !hasGaps(values, from, to)) return values.subarray(from, Math.max(from, to));
  const most = Math.max(0, to - from);
  const present = scratch?.floats(most) ?? new Float64Array(most);
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
