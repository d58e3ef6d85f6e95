import { inScratch, NEW, type Scratch } from '../numerics/scratch.ts';
import { endsOf } from './ends.ts';

/** Places, and the values there: a value is read more often than it is moved. */
export interface PlacedValues {
  readonly places: Int32Array;
  readonly values: Float64Array;
}

/**
 * The places of the values that are not NaN, by ascending value, and the values there; equal values in the order of their
 * places.
 *
 * Spread evenly over as many slots as there are values, most are nearly where they belong, and insertion does the rest;
 * where many share few slots, runs of them are merged. So about n steps for most series, and n log n for any.
 *
 * @example ascendingPlaces(Float64Array.of(5, NaN, 2, 5)).places // 2, 0, 3
 */
export function ascendingPlaces(values: Float64Array, memory: Scratch = NEW): PlacedValues {
  const { least, most, size } = endsOf(values);
  const placed = { places: memory.ints(size), values: memory.floats(size) };
  inScratch((scratch) => spread(values, placed, { least, most, scratch }));
  return insertedInOrder(placed) ? placed : merged(placed);
}

interface Spread {
  readonly least: number;
  readonly most: number;
  readonly scratch: Scratch;
}

/** Puts the values in slots of equal width from the smallest to the largest; in a slot as they came. */
function spread(given: Float64Array, placed: PlacedValues, { least, most, scratch }: Spread): void {
  const size = placed.places.length;
  const slotsPerUnit = (size - 1) / (most - least);
  const starts = scratch.ints(size + 1).fill(0);
  // Otherwise all are in one slot.
  const unit = slotsPerUnit > 0 && slotsPerUnit < Number.POSITIVE_INFINITY ? slotsPerUnit : 0;
  for (let place = 0; place < given.length; place++) {
    const value = given[place] as number;
    if (Number.isNaN(value)) continue;
    const next = Math.floor((value - least) * unit) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let slot = 1; slot <= size; slot++) starts[slot] = (starts[slot] as number) + (starts[slot - 1] as number);
  for (let place = 0; place < given.length; place++) {
    const value = given[place] as number;
    if (Number.isNaN(value)) continue;
    const slot = Math.floor((value - least) * unit);
    const at = starts[slot] as number;
    starts[slot] = at + 1;
    placed.places[at] = place;
    placed.values[at] = value;
  }
}

/** From so many moves a value on, merging is faster. */
const MOST_MOVES = 8;

/** Sorts by insertion; false if that would take too long. Whatever was done till then keeps equal values in order. */
function insertedInOrder({ places, values }: PlacedValues): boolean {
  let moves = MOST_MOVES * values.length;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    if ((values[i - 1] as number) <= value) continue;
    const place = places[i] as number;
    let gap = i;
    for (; gap > 0 && (values[gap - 1] as number) > value; gap--) {
      values[gap] = values[gap - 1] as number;
      places[gap] = places[gap - 1] as number;
    }
    values[gap] = value;
    places[gap] = place;
    moves -= i - gap;
    if (moves < 0) return false;
  }
  return true;
}

function merged(given: PlacedValues): PlacedValues {
  const size = given.places.length;
  let from = given;
  let to: PlacedValues = { places: given.places.slice(), values: given.values.slice() };
  for (let length = 1; length < size; length *= 2) {
    for (let start = 0; start < size; start += 2 * length) {
      const middle = Math.min(start + length, size);
      mergeRuns(from, { start, middle, end: Math.min(middle + length, size) }, to);
    }
    [from, to] = [to, from];
  }
  return from;
}

interface Ends {
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

/** Two neighbouring runs in order, as one. */
function mergeRuns({ places, values }: PlacedValues, { start, middle, end }: Ends, to: PlacedValues): void {
  let left = start;
  let right = middle;
  let next = start;
  while (left < middle && right < end) {
    const fromLeft = (values[left] as number) <= (values[right] as number);
    const taken = fromLeft ? left++ : right++;
    to.values[next] = values[taken] as number;
    to.places[next++] = places[taken] as number;
  }
  for (let rest = left < middle ? left : right; next < end; rest++) {
    to.values[next] = values[rest] as number;
    to.places[next++] = places[rest] as number;
  }
}
