import type { Scratch } from '../numerics/scratch.ts';
import { medianOfSorted } from './median.ts';

/**
 * A sample in ascending order, and each of its values once, with the number of values before it. Where few tie, `values`
 * are all of the sample.
 */
export interface TiedSample {
  readonly sorted: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** One longer than `values`: the last is the size of the sample. */
  readonly before: ArrayLike<number>;
}

/** Walking over fewer values is faster only where there are fewer than this share: each then has to be weighed. */
const MANY_TIES = 0.5;

/** @example tiedSample([1, 1, 1, 1, 4], NEW) // values [1, 4], before [0, 4, 5] */
export function tiedSample(sorted: ArrayLike<number>, scratch: Scratch): TiedSample {
  const values = scratch.floats(sorted.length);
  const before = scratch.ints(sorted.length + 1);
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    values[size] = sorted[i] as number;
    before[size++] = i;
  }
  before[size] = sorted.length;
  if (size > MANY_TIES * sorted.length) {
    for (let i = 0; i < before.length; i++) before[i] = i;
    return { sorted, values: sorted, before };
  }
  return { sorted, values: values.subarray(0, size), before: before.subarray(0, size + 1) };
}

/**
 * The matrix of all sums of a value of `rows` and a value of `columns`, never built: every row and every column of it
 * is ascending. With `upperOnly` (rows and columns are the same sample) each pair of values counts once, and each
 * value with itself.
 */
export interface SortedSums {
  readonly rows: TiedSample;
  readonly columns: TiedSample;
  readonly upperOnly: boolean;
  /** For what is learnt of the matrix. */
  readonly scratch: Scratch;
}

/** @example sizeOf({ rows: x, columns: x, upperOnly: true }) // 6 for three values */
export function sizeOf({ rows, columns, upperOnly }: Omit<SortedSums, 'scratch'>): number {
  const n = rows.sorted.length;
  return upperOnly ? (n * (n + 1)) / 2 : n * columns.sorted.length;
}

/** `count` of the sums are up to `bound`, or, without `including`, below it. */
export interface Cut {
  readonly bound: number;
  readonly including: boolean;
  readonly count: number;
}

/**
 * How many of the sums lie up to a bound, or below it: one walk along the edge between them and the others, from the end
 * of the first row. Where it turns looks like chance, so it is walked without branches.
 */
export function cutAt(sums: SortedSums, bound: number, including = true): Cut {
  const edge = { bound, including };
  return { ...edge, count: sums.upperOnly ? countUpper(sums.rows, edge) : countAll(sums, edge) };
}

type Edge = Omit<Cut, 'count'>;

function countUpper({ sorted, values, before }: TiedSample, { bound, including }: Edge): number {
  const noneTie = values.length === sorted.length;
  let count = 0;
  let row = 0;
  let column = values.length - 1;
  while (row <= column) {
    const sum = (values[row] as number) + (values[column] as number);
    const isUpTo = Number(including ? sum <= bound : sum < bound);
    if (noneTie) count += isUpTo * (column - row + 1);
    else {
      const next = before[row + 1] as number;
      const copies = next - (before[row] as number);
      count += isUpTo * copies * ((copies + 1) / 2 + (before[column + 1] as number) - next);
    }
    row += isUpTo;
    column -= 1 - isUpTo;
  }
  return count;
}

function countAll({ rows, columns }: SortedSums, { bound, including }: Edge): number {
  let count = 0;
  let row = 0;
  let column = columns.values.length - 1;
  while (row < rows.values.length && column >= 0) {
    const sum = (rows.values[row] as number) + (columns.values[column] as number);
    const isUpTo = Number(including ? sum <= bound : sum < bound);
    const copies = (rows.before[row + 1] as number) - (rows.before[row] as number);
    count += isUpTo * copies * (columns.before[column + 1] as number);
    row += isUpTo;
    column -= 1 - isUpTo;
  }
  return count;
}

/** The largest sum before the cut and the smallest beyond it; there must be one on either side. */
export function sumsBeside(sums: SortedSums, cut: Cut): readonly [number, number] {
  const rows = sums.rows.values;
  const columns = sums.columns.values;
  let before = Number.NEGATIVE_INFINITY;
  let beyond = Number.POSITIVE_INFINITY;
  let end = columns.length;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    end = endOfRow(sums, row, cut, end);
    const start = sums.upperOnly ? i : 0;
    if (end > start) before = Math.max(before, row + (columns[end - 1] as number));
    const next = Math.max(end, start);
    if (next < columns.length) beyond = Math.min(beyond, row + (columns[next] as number));
  }
  return [before, beyond];
}

/** All sums from behind one cut up to another, each as often as it occurs, in no order. */
export function sumsBetween(sums: SortedSums, low: Cut, high: Cut): Float64Array {
  const found = sums.scratch.floats(high.count - low.count);
  const { values } = sums.columns;
  const starts = endsOfRows(sums, low);
  let size = 0;
  for (let i = 0; size < found.length; i++) {
    const row = sums.rows.values[i] as number;
    const start = starts[i] as number;
    for (let j = sums.upperOnly && start < i ? i : start; j < values.length; j++) {
      const sum = row + (values[j] as number);
      if (high.including ? sum > high.bound : sum >= high.bound) break;
      for (let copies = copiesOf(sums, i, j); copies > 0; copies--) found[size++] = sum;
    }
  }
  return found;
}

/** Of every row the column before which no sum is beyond the cut, where the row has such sums. */
function endsOfRows({ rows, columns, upperOnly, scratch }: SortedSums, { bound, including }: Edge): Int32Array {
  const ends = scratch.ints(rows.values.length).fill(0);
  let row = 0;
  let column = columns.values.length - 1;
  while (row < ends.length && column >= (upperOnly ? row : 0)) {
    const sum = (rows.values[row] as number) + (columns.values[column] as number);
    const isUpTo = Number(including ? sum <= bound : sum < bound);
    ends[row] = column + 1;
    row += isUpTo;
    column -= 1 - isUpTo;
  }
  // The row where the walk ended has none.
  if (row < ends.length) ends[row] = 0;
  return ends;
}

/** The sum that comes `place`-th (from 0) behind the cut, read row by row. */
export function sumBehind(sums: SortedSums, low: Cut, high: Cut, place: number): number {
  const rows = sums.rows.values;
  const columns = sums.columns.values;
  let left = place;
  let start = columns.length;
  let end = start;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    start = endOfRow(sums, row, low, start);
    end = endOfRow(sums, row, high, end);
    for (let j = sums.upperOnly && start < i ? i : start; j < end; j++) {
      left -= copiesOf(sums, i, j);
      if (left < 0) return row + (columns[j] as number);
    }
  }
  throw new RangeError('there are not so many sums between the cuts');
}

/**
 * About where the middle of the sums lies, and how far apart they lie there: of normal samples exactly so, of others
 * near enough to begin a search with.
 */
export function middleOfSums(sums: SortedSums): { readonly centre: number; readonly gap: number } {
  const [rows, columns] = [sums.rows.sorted, sums.columns.sorted];
  const spread = Math.hypot(quartileRange(rows), quartileRange(columns)) / NORMAL_QUARTILE_RANGE;
  return {
    centre: medianOfSorted(rows) + medianOfSorted(columns),
    gap: (spread * Math.sqrt(2 * Math.PI)) / sizeOf(sums),
  };
}

const NORMAL_QUARTILE_RANGE = 1.349;

function quartileRange(sorted: ArrayLike<number>): number {
  const quarter = sorted.length >> 2;
  return (sorted[sorted.length - 1 - quarter] as number) - (sorted[quarter] as number);
}

/** How often the sum of row i and column j occurs. */
function copiesOf({ rows, columns, upperOnly }: SortedSums, i: number, j: number): number {
  const ofRow = (rows.before[i + 1] as number) - (rows.before[i] as number);
  if (upperOnly && i === j) return (ofRow * (ofRow + 1)) / 2;
  return ofRow * ((columns.before[j + 1] as number) - (columns.before[j] as number));
}

/** The column, going down from `end`, before which no sum of the row is beyond the cut. */
function endOfRow({ columns }: SortedSums, row: number, { bound, including }: Edge, end: number): number {
  const { values } = columns;
  let last = end;
  if (including) while (last > 0 && row + (values[last - 1] as number) > bound) last--;
  else while (last > 0 && row + (values[last - 1] as number) >= bound) last--;
  return last;
}
