import {
  medianOfSeries,
  mergedOrder,
  type OrderedSeries,
  orderedSeries,
  type SeriesParts,
} from '../stats/samples/ascending-order.ts';
import type { Arms } from './arms.ts';

/** Both arms on a scale where a difference is a relative change, and their differences point by point. */
export interface LevelSeries {
  readonly control: Float64Array;
  readonly experiment: Float64Array;
  /** The values as they were measured, which have the same order. */
  readonly measured: Arms;
  /** experiment - control where both are present */
  readonly differences: OrderedSeries;
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
  return { control, experiment, measured, differences: orderedSeries(differences) };
}

/** What is left of a series whose level changed between two parts: each part less its own median. */
export function residualSeries({ from, before, after }: SeriesParts): OrderedSeries {
  const levelBefore = medianOrNone(before);
  const levelAfter = medianOrNone(after);
  const values = new Float64Array(before.values.length);
  for (let t = 0; t < values.length; t++) {
    values[t] = rounded((before.values[t] as number) - (t < from ? levelBefore : levelAfter));
  }
  return { values, order: mergedOrder(values, before.order, after.order) };
}

function medianOrNone(part: OrderedSeries): number {
  return part.order.length === 0 ? 0 : medianOfSeries(part);
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
