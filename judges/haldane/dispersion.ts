import { autocovariances } from '../stats/samples/autocovariances.ts';
import { mean } from '../stats/samples/mean.ts';
import { medianOf } from '../stats/samples/median.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import { presentValues } from './arms.ts';
import type { TestSettings } from './test-settings.ts';
import { type Inflation, inflated, varianceInflation } from './variance-inflation.ts';

/** By how much events scatter more than independent ones would. */
export interface Dispersion {
  /** The variance from point to point, divided by that of independent events. */
  readonly phi: number;
  /** How much of it lasts from point to point. */
  readonly inflation: Inflation;
  /** So many events say as much as one independent event. At least 1. */
  readonly eventsPerEvent: number;
}

export interface DispersionWindow {
  readonly from: number;
  readonly points: number;
  /** The variance that a point would have if all events were independent. */
  readonly expected: number;
  /** Told from more points than the window's; phi is at least this. */
  readonly leastPhi?: number;
}

/** Of differences, on the grid, that are 0 on average when nothing has changed. */
export function dispersionOf(
  differences: readonly number[],
  { from, points, expected, leastPhi = 0 }: DispersionWindow,
  settings: TestSettings,
): Dispersion {
  const phi = Math.max(leastPhi, phiOf(differences, from, expected));
  // The part of the variance that is counting noise has no memory, so the prior holds for the rest of it only.
  const prior = phi > 1 ? settings.prior * (1 - 1 / phi) : 0;
  const inflation = valueInflation(withoutLevels(differences, from), points, { ...settings, prior });
  return { phi, inflation, eventsPerEvent: Math.max(1, phi * inflated(inflation.factor, points)) };
}

/** Variance of the differences from place `from` on, over what it should be. */
export function phiOf(differences: readonly number[], from: number, expected: number): number {
  return sampleVariance(presentValues(differences.slice(from))) / expected;
}

/** The inflation of the mean of `points` values of a series on the grid. */
export function valueInflation(
  values: readonly number[],
  points: number,
  { prior, overlap }: Pick<TestSettings, 'prior' | 'overlap'>,
): Inflation {
  const centre = mean(presentValues(values));
  return varianceInflation(autocovariances(values.map((value) => value - centre)), { points, prior, overlap });
}

export function sampleVariance(values: readonly number[]): number {
  return sampleStandardDeviation(values, mean(values)) ** 2;
}

/** The series less the median of its part before `from` there, and that of the rest there. */
export function withoutLevels(values: readonly number[], from: number): readonly number[] {
  if (from === 0) return values;
  const before = medianOf(values.slice(0, from));
  const after = medianOf(values.slice(from));
  return values.map((value, i) => value - (i < from ? before : after));
}
