import { inOrder, type OrderedSeries, orderedSeries, type SeriesParts } from '../stats/samples/ascending-order.ts';
import { medianOfSorted } from '../stats/samples/median.ts';
import type { Arms } from './arms.ts';

/** Both arms on a scale where a difference is a relative change, and their differences point by point. */
export interface LevelSeries {
  readonly control: Float64Array;
  readonly experiment: Float64Array;
  /** experiment - control where both are present */
  readonly differences: OrderedSeries;
  /** Both arms in order, which not every test needs. */
  readonly ordered: () => OrderedArms;
}

export interface OrderedArms {
  readonly control: OrderedSeries;
  readonly experiment: OrderedSeries;
}

/** For positive values: a difference of logarithms is the logarithm of a ratio. */
export function logarithmicSeries(measured: Arms): LevelSeries {
  return levelSeries(measured, Math.log);
}

/** For values of either sign: a difference is a share of `size`, the typical size of the values. */
export function relativeSeries(measured: Arms, size: number): LevelSeries {
  return levelSeries(measured, (value) => value / size);
}

/** The typical size of values of either sign: the mean absolute value of each arm, averaged. */
export function typicalSize({ control, experiment }: Arms): number {
  return (meanAbsolute(control) + meanAbsolute(experiment)) / 2;
}

function levelSeries(measured: Arms, scaled: (value: number) => number): LevelSeries {
  const length = measured.control.length;
  const control = new Float64Array(length);
  const experiment = new Float64Array(length);
  const differences = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    control[t] = scaled(measured.control[t] as number);
    experiment[t] = scaled(measured.experiment[t] as number);
    differences[t] = rounded((experiment[t] as number) - (control[t] as number));
  }
  let arms: OrderedArms | undefined;
  // The values as they were measured have the same order, and lie more evenly.
  const ordered = () => {
    arms ??= {
      control: inOrder(control, orderedSeries(measured.control).order),
      experiment: inOrder(experiment, orderedSeries(measured.experiment).order),
    };
    return arms;
  };
  return { control, experiment, differences: orderedSeries(differences), ordered };
}

/** What is left of a series whose level changed between two parts: each part less its own median. */
export interface Residuals {
  /** The centred midrank of every value that is left, NaN where one is absent. */
  readonly ranks: Float64Array;
  readonly points: number;
  readonly sumOfSquares: number;
}

/** The ranks of both parts together: each is in order, so they are merged. */
export function residualsOf({ before, after }: SeriesParts): Residuals {
  const points = before.order.length + after.order.length;
  const length = before.values.length + after.values.length;
  const [left, right] = [lessMedian(before.sorted), lessMedian(after.sorted)];
  const ranks = new Float64Array(length);
  if (points < length) ranks.fill(Number.NaN);
  const inAfter = ranks.subarray(before.values.length);
  let [i, j, sumOfSquares] = [0, 0, 0];
  while (i < left.length || j < right.length) {
    const first = i + j;
    const value = j === right.length || (left[i] as number) <= (right[j] as number) ? left[i] : right[j];
    const [ofLeft, ofRight] = [i, j];
    while (i < left.length && left[i] === value) i++;
    while (j < right.length && right[j] === value) j++;
    const rank = (first + i + j - points) / 2;
    for (let k = ofLeft; k < i; k++) ranks[before.order[k] as number] = rank;
    for (let k = ofRight; k < j; k++) inAfter[after.order[k] as number] = rank;
    for (let k = first; k < i + j; k++) sumOfSquares += (value as number) * (value as number);
  }
  return { ranks, points, sumOfSquares };
}

function lessMedian(sorted: Float64Array): Float64Array {
  const median = medianOfSorted(sorted);
  const less = new Float64Array(sorted.length);
  for (let i = 0; i < sorted.length; i++) less[i] = rounded((sorted[i] as number) - median);
  return less;
}

/**
 * To the nearest 1e-9, halves to the even one: equal ratios such as 2 / 1 and 4 / 2 must tie in every unit of
 * measurement, else ranks depend on it.
 */
export function rounded(value: number): number {
  const scaled = value * 1e9;
  const nearest = Math.round(scaled);
  return (nearest - scaled === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest) / 1e9;
}

function meanAbsolute(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    count++;
  }
  return sum / count;
}
