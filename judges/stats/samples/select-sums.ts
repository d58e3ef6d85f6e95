import { selectInPlace } from './select-in-place.ts';
import {
  type Cut,
  cutAt,
  middleOfSums,
  type SortedSums,
  sizeOf,
  sumBehind,
  sumsBeside,
  sumsBetween,
} from './sorted-sums.ts';

/**
 * A function that gives the k-th smallest of the sums (from 1) and the one after it, exactly, for k at least 1 and
 * below their number. Asked again, it starts from what it knows.
 *
 * The sums are counted up to trial values until few are left between two of them; among these it is selected. A trial is
 * where the k-th would be if the sums lay evenly between the nearest two known counts, and a little beyond it, to come to
 * lie on the other side. Where that meets no other sum, the next one is tried; and where it goes on for long (gaps), any
 * sum still in question, which halves their number on average. So O(n log n) expected steps and O(n) memory for n rows and columns, whatever the data.
 *
 * Source: J. F. Monahan, "Algorithm 616: Fast Computation of the Hodges-Lehmann Location Estimator", ACM TOMS 10
 * (1984), for counting and random pivots.
 *
 * @example selectSums({ rows, columns, upperOnly: false })(2) // [1, 5] for rows of 0, 1 and columns of 0, 5
 */
export function selectSums(sums: SortedSums): (k: number) => readonly [number, number] {
  const search = newSearch(sums);
  if (sizeOf(sums) <= SMALL) {
    const all = sumsBetween(sums, search.cuts[0] as Cut, search.cuts[1] as Cut);
    return (k) => adjacentValues(all, k);
  }
  return (k) => adjacentSums(search, k);
}

/** So many sums are written down rather than searched. */
const SMALL = 128;
const FEW = 24;
const EVEN_TRIALS = 12;

interface Search {
  readonly sums: SortedSums;
  /** ascending in their counts */
  readonly cuts: Cut[];
  readonly few: number;
  readonly gap: number;
  readonly centre: number;
}

function newSearch(sums: SortedSums): Search {
  const { rows, columns } = sums;
  const cuts = [
    { bound: (rows.sorted[0] as number) + (columns.sorted[0] as number), including: false, count: 0 },
    { bound: lastOf(rows.sorted) + lastOf(columns.sorted), including: true, count: sizeOf(sums) },
  ];
  return { sums, cuts, few: Math.max(FEW, rows.sorted.length >> 1), ...middleOfSums(sums) };
}

function adjacentSums(search: Search, k: number): readonly [number, number] {
  const { sums, cuts, few } = search;
  for (let trial = 0; ; trial++) {
    const above = cuts.findIndex((cut) => cut.count > k);
    const [low, high] = [cuts[above - 1] as Cut, cuts[above] as Cut];
    if (low.count === k) return sumsBeside(sums, low);
    if (high.count - low.count <= few) {
      return adjacentValues(sumsBetween(sums, low, high), k - low.count);
    }
    const isEven = trial < EVEN_TRIALS;
    if (isEven && addCut(cuts, cutAt(sums, evenTrial(search, k, { low, high })))) continue;
    const pivot = isEven ? nearestSum(search, k, { low, high }) : someSumBetween(search, { low, high }, trial);
    const below = cutAt(sums, pivot, false);
    const upTo = cutAt(sums, pivot);
    if (below.count < k && k < upTo.count) return [pivot, pivot];
    addCut(cuts, below);
    addCut(cuts, upTo);
  }
}

interface Between {
  readonly low: Cut;
  readonly high: Cut;
}

/** Where the k-th sum would be, or a little beyond that, if the sums lay evenly. */
function evenTrial(search: Search, k: number, { low, high }: Between): number {
  const { sums, cuts, few, gap, centre } = search;
  const margin = few / 3;
  const wanted = k + 0.5;
  if (cuts.length === 2) return centre + (wanted - sizeOf(sums) / 2) * gap;
  // The ends of the matrix say nothing about how densely the sums lie here: step out from the cut that is known.
  if (low.count === 0) return Math.max(low.bound, high.bound - stepOut(search, high.count - wanted, margin));
  if (high.count === sizeOf(sums)) return Math.min(high.bound, low.bound + stepOut(search, wanted - low.count, margin));
  const between = high.count - low.count;
  const share = (wanted - low.count) / between;
  const beyond = Math.min(0.5 * Math.max(share, 1 - share), (margin + 0.03 * between) / between);
  const aim = share < 0.5 ? share + beyond : share - beyond;
  return low.bound + (high.bound - low.bound) * aim;
}

/** How far a number of sums reaches, by what was counted so far; a little further where that is well known. */
function stepOut({ cuts, gap }: Search, count: number, margin: number): number {
  const [first, last] = [cuts[1] as Cut, cuts[cuts.length - 2] as Cut];
  if (first === last || !(last.bound > first.bound)) return (count + Math.min(margin, 0.1 * count)) * gap;
  return ((count + margin) * (last.bound - first.bound)) / (last.count - first.count);
}

/** The sum next to the nearer cut: where a trial meets no other sum, many tie there. */
function nearestSum({ sums }: Search, k: number, { low, high }: Between): number {
  return k - low.count <= high.count - k ? sumsBeside(sums, low)[1] : sumsBeside(sums, high)[0];
}

/** One of the sums between the cuts; which one looks random and is the same every time. */
function someSumBetween({ sums }: Search, { low, high }: Between, trial: number): number {
  const share = ((trial + 1) * GOLDEN) % 1;
  const place = Math.floor(share * (high.count - low.count));
  return sumBehind(sums, low, high, place);
}

/** The k-th smallest (from 1) and the one after it; reorders the values. */
function adjacentValues(values: Float64Array, k: number): readonly [number, number] {
  selectInPlace(values, k - 1);
  let next = Number.POSITIVE_INFINITY;
  for (let i = k; i < values.length; i++) if ((values[i] as number) < next) next = values[i] as number;
  return [values[k - 1] as number, next];
}

function lastOf(values: ArrayLike<number>): number {
  return values[values.length - 1] as number;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** False for a count that is known already: the sums tie there. */
function addCut(cuts: Cut[], cut: Cut): boolean {
  const place = cuts.findIndex((known) => known.count >= cut.count);
  if (place <= 0 || (cuts[place] as Cut).count === cut.count) return false;
  cuts.splice(place, 0, cut);
  return true;
}
