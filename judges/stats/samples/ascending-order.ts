/** A series on a grid, NaN where a value is absent, and the places of its values by ascending value. */
export interface OrderedSeries {
  readonly values: ArrayLike<number>;
  /** Equal values stand in the order of their places. */
  readonly order: ArrayLike<number>;
}

/**
 * The series with its order: one sort serves ranks, medians and all windows. Whole numbers close together are counted,
 * others merged.
 *
 * @example orderedSeries([5, NaN, 2, 5]).order // 2, 0, 3
 */
export function orderedSeries(values: ArrayLike<number>): OrderedSeries {
  const present = presentPlaces(values);
  return { values, order: countedOrder(present) ?? merged(present) };
}

function merged(present: Run): Int32Array {
  let from = present;
  sortRuns(from);
  let to: Run = { places: from.places.slice(), values: from.values.slice() };
  const size = from.places.length;
  for (let length = SORTED_RUN; length < size; length *= 2) {
    for (let start = 0; start < size; start += 2 * length) {
      const middle = Math.min(start + length, size);
      mergeRuns(from, { start, middle, end: Math.min(middle + length, size) }, to);
    }
    [from, to] = [to, from];
  }
  return from.places;
}

/** The order of whole numbers from a range no longer than their list; undefined for others. */
function countedOrder({ places, values }: Run): Int32Array | undefined {
  const least = leastOfNarrowRange(values);
  if (least === undefined) return undefined;
  const starts = new Int32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    const slot = (values[i] as number) - least + 1;
    starts[slot] = (starts[slot] as number) + 1;
  }
  for (let slot = 1; slot < starts.length; slot++)
    starts[slot] = (starts[slot] as number) + (starts[slot - 1] as number);
  const order = new Int32Array(places.length);
  for (let i = 0; i < values.length; i++) {
    const slot = (values[i] as number) - least;
    const at = starts[slot] as number;
    order[at] = places[i] as number;
    starts[slot] = at + 1;
  }
  return order;
}

/** The smallest of whole numbers that all lie within as many as there are; undefined for others. */
function leastOfNarrowRange(values: Float64Array): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isInteger(value)) return undefined;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least < values.length ? least : undefined;
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
  const from = { places, values: valuesAt({ values, order: places }) };
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

const SORTED_RUN = 8;

/** Places, and the values there: a value is read more often than it is moved. */
interface Run {
  readonly places: Int32Array;
  readonly values: Float64Array;
}

function presentPlaces(values: ArrayLike<number>): Run {
  let size = 0;
  for (let place = 0; place < values.length; place++) if (!Number.isNaN(values[place])) size++;
  const present: Run = { places: new Int32Array(size), values: new Float64Array(size) };
  for (let place = 0, next = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (Number.isNaN(value)) continue;
    present.places[next] = place;
    present.values[next++] = value;
  }
  return present;
}

/** Sorts every eight values by insertion. */
function sortRuns({ places, values }: Run): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const place = places[i] as number;
    const start = i - (i % SORTED_RUN);
    let gap = i;
    for (; gap > start && (values[gap - 1] as number) > value; gap--) {
      values[gap] = values[gap - 1] as number;
      places[gap] = places[gap - 1] as number;
    }
    values[gap] = value;
    places[gap] = place;
  }
}

interface Ends {
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

function mergeRuns({ places, values }: Run, { start, middle, end }: Ends, to: Run): void {
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
