/** A series on a grid, NaN where a value is absent, and the places of its values by ascending value. */
export interface OrderedSeries {
  readonly values: Float64Array;
  /** Equal values stand in the order of their places. */
  readonly order: Int32Array;
}

/**
 * The series with its order, by a merge sort of places: one sort serves ranks, medians and all windows.
 *
 * @example orderedSeries(Float64Array.of(5, NaN, 2, 5)).order // [2, 0, 3]
 */
export function orderedSeries(values: Float64Array): OrderedSeries {
  const present = new Int32Array(values.length);
  let size = 0;
  for (let place = 0; place < values.length; place++) if (!Number.isNaN(values[place])) present[size++] = place;
  let [from, to] = [present.slice(0, size), new Int32Array(size)];
  sortRuns(values, from);
  for (let run = SORTED_RUN; run < size; run *= 2) {
    for (let start = 0; start < size; start += 2 * run) {
      const middle = Math.min(start + run, size);
      mergeRuns(values, { from, start, middle, end: Math.min(middle + run, size) }, to);
    }
    [from, to] = [to, from];
  }
  return { values, order: from };
}

/**
 * The values at the places of `order`.
 *
 * @example valuesAt({ values: Float64Array.of(5, NaN, 2), order: Int32Array.of(2, 0) }) // [2, 5]
 */
export function valuesAt({ values, order }: OrderedSeries): Float64Array {
  const found = new Float64Array(order.length);
  for (let i = 0; i < found.length; i++) found[i] = values[order[i] as number] as number;
  return found;
}

/**
 * The same series with only the values from place `from` on, up to before place `to`.
 *
 * @example windowOf(orderedSeries(Float64Array.of(5, 1, 2)), 1).order // [1, 2]
 */
export function windowOf({ values, order }: OrderedSeries, from: number, to = values.length): OrderedSeries {
  const inside = new Int32Array(order.length);
  let size = 0;
  for (let i = 0; i < order.length; i++) {
    const place = order[i] as number;
    if (place >= from && place < to) inside[size++] = place;
  }
  return { values, order: inside.subarray(0, size) };
}

/**
 * The order of values of which two windows are in order already.
 *
 * @example mergedOrder(Float64Array.of(5, 1, 2), Int32Array.of(0), Int32Array.of(1, 2)) // [1, 2, 0]
 */
export function mergedOrder(values: Float64Array, first: Int32Array, second: Int32Array): Int32Array {
  const from = new Int32Array(first.length + second.length);
  from.set(first);
  from.set(second, first.length);
  const merged = new Int32Array(from.length);
  mergeRuns(values, { from, start: 0, middle: first.length, end: from.length }, merged);
  return merged;
}

/**
 * The rank of every value, from 1, less the mean rank (n + 1) / 2; equal values share the mean of their ranks. An absent
 * value has no rank and stays NaN, in its place.
 *
 * The results are multiples of 1/2, so sums of their products are exact.
 *
 * @example centredMidranks(orderedSeries(Float64Array.of(5, NaN, 2, 5))) // [0.5, NaN, -1, 0.5]
 */
export function centredMidranks({ values, order }: OrderedSeries): Float64Array {
  const n = order.length;
  const ranks = new Float64Array(values.length).fill(Number.NaN);
  for (let first = 0, next = 0; first < n; ) {
    const value = values[order[first] as number];
    while (next < n && values[order[next] as number] === value) next++;
    const rank = (first + next - n) / 2;
    for (; first < next; first++) ranks[order[first] as number] = rank;
  }
  return ranks;
}

const SORTED_RUN = 8;

/** Sorts every run of eight places by insertion. */
function sortRuns(values: Float64Array, order: Int32Array): void {
  for (let i = 0; i < order.length; i++) {
    const place = order[i] as number;
    const value = values[place] as number;
    const start = i - (i % SORTED_RUN);
    let gap = i;
    for (; gap > start && (values[order[gap - 1] as number] as number) > value; gap--) {
      order[gap] = order[gap - 1] as number;
    }
    order[gap] = place;
  }
}

interface Runs {
  readonly from: Int32Array;
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

function mergeRuns(values: Float64Array, { from, start, middle, end }: Runs, to: Int32Array): void {
  let left = start;
  let right = middle;
  for (let place = start; place < end; place++) {
    const takeLeft =
      right >= end ||
      (left < middle && (values[from[left] as number] as number) <= (values[from[right] as number] as number));
    to[place] = (takeLeft ? from[left++] : from[right++]) as number;
  }
}
