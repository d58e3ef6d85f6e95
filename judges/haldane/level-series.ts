import type { Scratch } from '../stats/numerics/scratch.ts';
import {
  centredMidranks,
  inOrder,
  type OrderedSeries,
  orderedSeries,
  type SeriesParts,
} from '../stats/samples/ascending-order.ts';
import { medianOfSorted } from '../stats/samples/median.ts';
import type { Arms } from './arms.ts';

/** Both arms on a scale where a difference is a relative change, and their differences point by point. */
export interface LevelSeries {
  readonly control: Float64Array;
  readonly experiment: Float64Array;
  /** The values as they were measured. */
  readonly measured: Arms;
  /** experiment - control where both are present */
  readonly differences: OrderedSeries;
}

/** Both arms of a series in order. */
export interface OrderedArms {
  readonly control: OrderedSeries;
  readonly experiment: OrderedSeries;
}

/** For positive values: a difference of logarithms is the logarithm of a ratio. */
export function logarithmicSeries(measured: Arms): LevelSeries {
  return levelSeries(measured, logarithm);
}

/** Of counts, which repeat. */
const LOGARITHMS = Float64Array.from({ length: 4096 }, (_, count) => Math.log(count));

function logarithm(value: number): number {
  const count = value | 0;
  return count === value && count >= 0 && count < LOGARITHMS.length ? (LOGARITHMS[count] as number) : Math.log(value);
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
  return { control, experiment, measured, differences: orderedSeries(differences) };
}

/** The values as they were measured have the same order, and lie more evenly. */
export function orderedArms({ control, experiment, measured }: LevelSeries, scratch: Scratch): OrderedArms {
  return {
    control: inOrder(control, orderedSeries(measured.control, scratch).order, scratch),
    experiment: inOrder(experiment, orderedSeries(measured.experiment, scratch).order, scratch),
  };
}

/** What is left of a series whose level changed between two parts: each part less its own median. */
export interface Residuals {
  /** The centred midrank of every value that is left, NaN where one is absent. */
  readonly ranks: Float64Array;
  readonly points: number;
  readonly sumOfSquares: number;
}

/** The ranks of both parts together: each is in order, so they are merged. */
export function residualsOf({ before, after }: SeriesParts, scratch: Scratch): Residuals {
  const points = before.order.length + after.order.length;
  const merged = { order: scratch.ints(points), sorted: scratch.floats(points) };
  mergeInto(merged, lessMedian(before, 0, scratch), lessMedian(after, before.values.length, scratch));
  let sumOfSquares = 0;
  for (let k = 0; k < points; k++) sumOfSquares += (merged.sorted[k] as number) * (merged.sorted[k] as number);
  const values = { length: before.values.length + after.values.length };
  return { ranks: centredMidranks({ ...merged, values }, scratch), points, sumOfSquares };
}

type Placed = Pick<OrderedSeries, 'order' | 'sorted'>;

/** The values less their median, at places so much further on. */
function lessMedian({ order, sorted }: OrderedSeries, offset: number, scratch: Scratch): Placed {
  const median = medianOfSorted(sorted);
  const less = { order: scratch.ints(order.length), sorted: scratch.floats(order.length) };
  for (let i = 0; i < order.length; i++) {
    less.order[i] = (order[i] as number) + offset;
    less.sorted[i] = rounded((sorted[i] as number) - median);
  }
  return less;
}

/** From which the next value comes looks like chance, so it is taken without a branch. */
function mergeInto(merged: Placed, left: Placed, right: Placed): void {
  const [ofLeft, ofRight] = [left.order.length, right.order.length];
  const { order: leftOrder, sorted: leftSorted } = left;
  const { order: rightOrder, sorted: rightSorted } = right;
  const { order, sorted } = merged;
  let i = 0;
  let j = 0;
  while (i < ofLeft && j < ofRight) {
    const fromLeft = leftSorted[i] as number;
    const fromRight = rightSorted[j] as number;
    const isLeft = Number(fromLeft <= fromRight);
    const place = rightOrder[j] as number;
    const at = i + j;
    sorted[at] = Math.min(fromLeft, fromRight);
    order[at] = place ^ ((place ^ (leftOrder[i] as number)) & -isLeft);
    i += isLeft;
    j += 1 - isLeft;
  }
  for (; i < ofLeft; i++) {
    sorted[i + j] = leftSorted[i] as number;
    order[i + j] = leftOrder[i] as number;
  }
  for (; j < ofRight; j++) {
    sorted[i + j] = rightSorted[j] as number;
    order[i + j] = rightOrder[j] as number;
  }
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
