import { NEW, type Scratch } from '../numerics/scratch.ts';
import { ascendingPlaces } from './ascending-places.ts';

/** A series on a grid, NaN where a value is absent, and its values in ascending order. */
export interface OrderedSeries {
  readonly values: Float64Array;
  /** The places of the values; equal values stand in the order of their places. */
  readonly order: Int32Array;
  /** The values at these places. */
  readonly sorted: Float64Array;
}

/**
 * The series with its order: one sort serves ranks, medians and all windows.
 *
 * @example orderedSeries([5, NaN, 2, 5]).order // 2, 0, 3
 */
export function orderedSeries(given: ArrayLike<number>, memory: Scratch = NEW): OrderedSeries {
  const values = given instanceof Float64Array ? given : Float64Array.from(given);
  const { places, values: sorted } = ascendingPlaces(values, memory);
  return { values, order: places, sorted };
}

/**
 * The series with an order that is known already.
 *
 * @example inOrder(Float64Array.of(5, NaN, 2), Int32Array.of(2, 0)).sorted // 2, 5
 */
export function inOrder(values: Float64Array, order: Int32Array, memory: Scratch = NEW): OrderedSeries {
  const sorted = memory.floats(order.length);
  for (let i = 0; i < order.length; i++) sorted[i] = values[order[i] as number] as number;
  return { values, order, sorted };
}

/** A series cut in two. */
export interface SeriesParts {
  /** The first place of the second part. */
  readonly from: number;
  readonly before: OrderedSeries;
  readonly after: OrderedSeries;
}

/**
 * The orders of both parts are told from that of the whole. Which part the next value is of looks like chance, so it is
 * written to both and stays in one, without a branch.
 *
 * @example partsOf(orderedSeries([5, 1, 2]), 1, NEW).after.order // 0, 1
 */
export function partsOf({ values, order, sorted }: OrderedSeries, from: number, scratch: Scratch): SeriesParts {
  const size = order.length;
  const [before, after] = [
    { order: scratch.ints(size + 1), sorted: scratch.floats(size + 1) },
    { order: scratch.ints(size + 1), sorted: scratch.floats(size + 1) },
  ];
  let inBefore = 0;
  let inAfter = 0;
  for (let i = 0; i < size; i++) {
    const place = order[i] as number;
    before.order[inBefore] = place;
    before.sorted[inBefore] = sorted[i] as number;
    after.order[inAfter] = place - from;
    after.sorted[inAfter] = sorted[i] as number;
    const isBefore = Number(place < from);
    inBefore += isBefore;
    inAfter += 1 - isBefore;
  }
  return {
    from,
    before: firstOf(before, values.subarray(0, from), inBefore),
    after: firstOf(after, values.subarray(from), inAfter),
  };
}

function firstOf({ order, sorted }: Omit<OrderedSeries, 'values'>, values: Float64Array, size: number): OrderedSeries {
  return { values, order: order.subarray(0, size), sorted: sorted.subarray(0, size) };
}

/**
 * The rank of every value, from 1, less the mean rank (n + 1) / 2; equal values share the mean of their ranks. An absent
 * value has no rank and stays NaN, in its place.
 *
 * The results are multiples of 1/2, so sums of their products are exact.
 *
 * @example centredMidranks(orderedSeries([5, NaN, 2, 5])) // 0.5, NaN, -1, 0.5
 */
export function centredMidranks(
  { values, order, sorted }: Omit<OrderedSeries, 'values'> & { readonly values: { readonly length: number } },
  memory: Scratch = NEW,
): Float64Array {
  const n = order.length;
  const ranks = memory.floats(values.length);
  if (n < values.length) ranks.fill(Number.NaN);
  for (let first = 0, next = 0; first < n; ) {
    const value = sorted[first];
    while (next < n && sorted[next] === value) next++;
    const rank = (first + next - n) / 2;
    for (; first < next; first++) ranks[order[first] as number] = rank;
  }
  return ranks;
}
