/** How the values of x, shifted down, rank among those of y. */
export interface ShiftedRanks {
  /** pairs of one value each in which that of x is the larger one, equal ones counted half (Mann-Whitney's U) */
  readonly wins: number;
  /** the sum of t^3 - t over all sets of t equal values of both samples together */
  readonly ties: number;
}

/**
 * Ranks `x - shift` among y for one shift after another, each in linear time.
 *
 * Each sample is summarised once as its different values and their counts. A shift is then one walk through both;
 * differences are rounded as doubles are, so that a shift can make values equal, or unequal, just as it does when it
 * is applied to every value before sorting. Both sums are exact up to about 100,000 values a side.
 *
 * @param x ascending, no NaN
 * @param y ascending, no NaN
 * @example createShiftedRanks(Float64Array.of(3, 4, 4), Float64Array.of(1, 3))(1) // { wins: 5, ties: 30 }
 */
export function createShiftedRanks(x: Float64Array, y: Float64Array): (shift: number) => ShiftedRanks {
  const left = summarise(x);
  const right = summarise(y);
  const [lowest = 0, highest = 0] = [x[0], x.at(-1)];
  const othersFinite = [y[0], y.at(-1)].every(Number.isFinite);
  return (shift) => {
    // A shift may take finite values beyond the largest double.
    const finite = othersFinite && Number.isFinite(lowest - shift) && Number.isFinite(highest - shift);
    return (finite ? rankDistinct(left, right, shift) : undefined) ?? rankAll(left, right, shift);
  };
}

interface Summary {
  /** ascending, each once; ends with an extra Infinity, which stops walks */
  readonly values: readonly number[];
  /** how often each occurs */
  readonly counts: readonly number[];
  /** how many there are below each */
  readonly below: readonly number[];
  /** how many different ones there are */
  readonly length: number;
  /** the sum of t^3 - t over the counts */
  readonly ties: number;
}

function summarise(sorted: Float64Array): Summary {
  const values: number[] = [];
  const counts: number[] = [];
  const below: number[] = [];
  let ties = 0;
  for (let start = 0; start < sorted.length; ) {
    const value = sorted[start] as number;
    let end = start + 1;
    while (sorted[end] === value) end++;
    values.push(value);
    counts.push(end - start);
    below.push(start);
    ties += tiesOf(end - start);
    start = end;
  }
  values.push(Number.POSITIVE_INFINITY);
  below.push(sorted.length);
  return { values, counts, below, length: counts.length, ties };
}

function tiesOf(count: number): number {
  return count * count * count - count;
}

/** The fast walk, for finite values. Gives up (undefined) when the shift makes different values of x equal. */
function rankDistinct(x: Summary, y: Summary, shift: number): ShiftedRanks | undefined {
  const { values, counts, length } = x;
  const { values: others, counts: otherCounts, below } = y;
  let wins = 0;
  let ties = x.ties + y.ties;
  let previous = Number.NaN;
  let merged = 0;
  let place = 0;
  let other = others[0] as number;
  for (let i = 0; i < length; i++) {
    const value = (values[i] as number) - shift;
    if (value === previous) merged++;
    previous = value;
    while (other < value) other = others[++place] as number;
    const count = counts[i] as number;
    wins += count * (below[place] as number);
    if (other === value) {
      const equal = otherCounts[place] as number;
      wins += (count * equal) / 2;
      ties += 3 * count * equal * (count + equal);
    }
  }
  return merged > 0 ? undefined : { wins, ties };
}

/** The careful walk. Infinity minus Infinity has no value; it ranks with the largest. */
function rankAll(x: Summary, y: Summary, shift: number): ShiftedRanks {
  const shifted = x.values.map((value) => (Number.isNaN(value - shift) ? Number.POSITIVE_INFINITY : value - shift));
  let wins = 0;
  let ties = y.ties;
  let j = 0;
  for (let i = 0; i < x.length; ) {
    const value = shifted[i] as number;
    let count = 0;
    while (i < x.length && shifted[i] === value) count += x.counts[i++] as number;
    while (j < y.length && (y.values[j] as number) < value) j++;
    const equal = j < y.length && y.values[j] === value ? (y.counts[j] as number) : 0;
    wins += count * ((y.below[j] as number) + equal / 2);
    ties += tiesOf(count + equal) - tiesOf(equal);
  }
  return { wins, ties };
}
