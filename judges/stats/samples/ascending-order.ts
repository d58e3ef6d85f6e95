/** A series on a grid, NaN where a value is absent, and the places of its values by ascending value. */
export interface OrderedSeries {
  readonly values: readonly number[];
  /** Equal values stand in the order of their places. */
  readonly order: readonly number[];
}

/**
 * The series with its order, by a merge sort of places: one sort serves ranks, medians and all windows.
 *
 * @example orderedSeries([5, NaN, 2, 5]).order // [2, 0, 3]
 */
export function orderedSeries(values: readonly number[]): OrderedSeries {
  let from: number[] = [];
  for (let place = 0; place < values.length; place++) if (!Number.isNaN(values[place])) from.push(place);
  sortRuns(values, from);
  let to = from.slice();
  for (let run = SORTED_RUN; run < from.length; run *= 2) {
    for (let start = 0; start < from.length; start += 2 * run) {
      const middle = Math.min(start + run, from.length);
      mergeRuns(values, { from, start, middle, end: Math.min(middle + run, from.length) }, to);
    }
    [from, to] = [to, from];
  }
  return { values, order: from };
}

/**
 * The values at the places of `order`.
 *
 * @example valuesAt({ values: [5, NaN, 2], order: [2, 0] }) // [2, 5]
 */
export function valuesAt({ values, order }: OrderedSeries): number[] {
  const found: number[] = [];
  for (let i = 0; i < order.length; i++) found.push(values[order[i] as number] as number);
  return found;
}

/** A series cut in two; both parts keep their places. */
export interface SeriesParts {
  /** The first place of the second part. */
  readonly from: number;
  readonly before: OrderedSeries;
  readonly after: OrderedSeries;
}

/** @example partsOf(orderedSeries([5, 1, 2]), 1).after.order // [1, 2] */
export function partsOf({ values, order }: OrderedSeries, from: number): SeriesParts {
  const before: number[] = [];
  const after: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const place = order[i] as number;
    if (place < from) before.push(place);
    else after.push(place);
  }
  return { from, before: { values, order: before }, after: { values, order: after } };
}

/**
 * The median of the series; NaN for none.
 *
 * @example medianOfSeries(orderedSeries([5, NaN, 2])) // 3.5
 */
export function medianOfSeries({ values, order }: OrderedSeries): number {
  const at = (rank: number) => values[order[rank] ?? -1] ?? Number.NaN;
  const middle = order.length >> 1;
  return order.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

/**
 * The order of values of which two windows are in order already.
 *
 * @example mergedOrder([5, 1, 2], [0], [1, 2]) // [1, 2, 0]
 */
export function mergedOrder(
  values: readonly number[],
  first: readonly number[],
  second: readonly number[],
): readonly number[] {
  const from = [...first, ...second];
  const merged = from.slice();
  mergeRuns(values, { from, start: 0, middle: first.length, end: from.length }, merged);
  return merged;
}

/**
 * The rank of every value, from 1, less the mean rank (n + 1) / 2; equal values share the mean of their ranks. An absent
 * value has no rank and stays NaN, in its place.
 *
 * The results are multiples of 1/2, so sums of their products are exact.
 *
 * @example centredMidranks(orderedSeries([5, NaN, 2, 5])) // [0.5, NaN, -1, 0.5]
 */
export function centredMidranks({ values, order }: OrderedSeries): number[] {
  const n = order.length;
  const ranks = new Array<number>(values.length).fill(Number.NaN);
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
function sortRuns(values: readonly number[], order: number[]): void {
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
  readonly from: readonly number[];
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

function mergeRuns(values: readonly number[], { from, start, middle, end }: Runs, to: number[]): void {
  let left = start;
  let right = middle;
  for (let place = start; place < end; place++) {
    const takeLeft =
      right >= end ||
      (left < middle && (values[from[left] as number] as number) <= (values[from[right] as number] as number));
    to[place] = (takeLeft ? from[left++] : from[right++]) as number;
  }
}
