import { ascendingPlaces, mergeRuns, type PlacedValues } from './ascending-places.ts';

/** A series on a grid, NaN where a value is absent, and the places of its values by ascending value. */
export interface OrderedSeries {
  readonly values: ArrayLike<number>;
  /** Equal values stand in the order of their places. */
  readonly order: ArrayLike<number>;
}

/**
 * The series with its order: one sort serves ranks, medians and all windows.
 *
 * @example orderedSeries([5, NaN, 2, 5]).order // 2, 0, 3
 */
export function orderedSeries(values: ArrayLike<number>): OrderedSeries {
  return { values, order: ascendingPlaces(values) };
}

/**
 * The values at the places of `order`.
 *
 * @example valuesAt({ values: [5, NaN, 2], order: [2, 0] }) // 2, 5
 */
export function valuesAt({ values, order }: OrderedSeries): Float64Array {
  const found = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) found[i] = values[order[i] as number] as number;
  return found;
}

/** A series cut in two; both parts keep their places. */
export interface SeriesParts {
  /** The first place of the second part. */
  readonly from: number;
  readonly before: OrderedSeries;
  readonly after: OrderedSeries;
}

/** @example partsOf(orderedSeries([5, 1, 2]), 1).after.order // 1, 2 */
export function partsOf({ values, order }: OrderedSeries, from: number): SeriesParts {
  let size = 0;
  for (let i = 0; i < order.length; i++) if ((order[i] as number) < from) size++;
  const before = new Int32Array(size);
  const after = new Int32Array(order.length - size);
  for (let i = 0, inBefore = 0; i < order.length; i++) {
    const place = order[i] as number;
    if (place < from) before[inBefore++] = place;
    else after[i - inBefore] = place;
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
 * @example mergedOrder([5, 1, 2], [0], [1, 2]) // 1, 2, 0
 */
export function mergedOrder(
  values: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): Int32Array {
  const places = new Int32Array(first.length + second.length);
  places.set(first);
  places.set(second, first.length);
  const from: PlacedValues = { places, values: valuesAt({ values, order: places }) };
  const merged = { places: places.slice(), values: from.values.slice() };
  mergeRuns(from, { start: 0, middle: first.length, end: places.length }, merged);
  return merged.places;
}

/**
 * The rank of every value, from 1, less the mean rank (n + 1) / 2; equal values share the mean of their ranks. An absent
 * value has no rank and stays NaN, in its place.
 *
 * The results are multiples of 1/2, so sums of their products are exact.
 *
 * @example centredMidranks(orderedSeries([5, NaN, 2, 5])) // 0.5, NaN, -1, 0.5
 */
export function centredMidranks({ values, order }: OrderedSeries): Float64Array {
  const n = order.length;
  const ranks = new Float64Array(values.length);
  if (n < values.length) ranks.fill(Number.NaN);
  for (let first = 0, next = 0; first < n; ) {
    const value = values[order[first] as number];
    while (next < n && values[order[next] as number] === value) next++;
    const rank = (first + next - n) / 2;
    for (; first < next; first++) ranks[order[first] as number] = rank;
  }
  return ranks;
}
