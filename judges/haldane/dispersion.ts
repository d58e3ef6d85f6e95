import { inScratch, type Scratch } from '../stats/numerics/scratch.ts';
import { autocovariances } from '../stats/samples/autocovariances.ts';
import { medianOf } from '../stats/samples/median.ts';
import { type Moments, momentsOf, totalsOf } from './moments.ts';
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

/** Differences on the grid that are 0 on average when nothing has changed, and where a window of them starts. */
export interface EventDifferences {
  readonly differences: Float64Array;
  readonly from: number;
  /** The variance that a point of the window would have if all events were independent. */
  readonly expected: number;
  /** The same of a point of the whole series: the scatter about both levels of the series then counts as well. */
  readonly expectedOfAll?: number;
  /** Told from more points than the window's: phi is at least this. */
  readonly leastPhi?: number;
}

export function dispersionOf(given: EventDifferences, settings: TestSettings): Dispersion {
  return dispersionBeside(momentsOf(given.differences, given.from), given, settings);
}

/** The same, where it may come to less than `mustBeat` events per event; memory only makes it more. */
export function dispersionBelow(
  mustBeat: number,
  given: EventDifferences,
  settings: TestSettings,
): Dispersion | undefined {
  const inWindow = momentsOf(given.differences, given.from);
  if (inWindow.variance / given.expected >= mustBeat) return undefined;
  const dispersion = dispersionBeside(inWindow, given, settings);
  return dispersion.eventsPerEvent < mustBeat ? dispersion : undefined;
}

function dispersionBeside(inWindow: Moments, given: EventDifferences, settings: TestSettings): Dispersion {
  return inScratch((scratch) => {
    const residual = withoutLevels(given.differences, given.from, scratch);
    return dispersionAbout(residual, inWindow, given, settings);
  });
}

function dispersionAbout(
  residual: Float64Array,
  inWindow: Moments,
  { from, expected, expectedOfAll, leastPhi = 0 }: EventDifferences,
  settings: TestSettings,
): Dispersion {
  const all = from === 0 ? inWindow : momentsOf(residual);
  const ofAll = expectedOfAll && from > 0 ? all.variance / expectedOfAll : 0;
  const phi = Math.max(leastPhi, ofAll, inWindow.variance / expected);
  // The part of the variance that is counting noise has no memory, so the prior holds for the rest of it only.
  const prior = phi > 1 ? settings.prior * (1 - 1 / phi) : 0;
  const { points } = inWindow;
  const inflation = valueInflation(residual, { points, mean: all.mean }, { ...settings, prior });
  return { phi, inflation, eventsPerEvent: Math.max(1, phi * inflated(inflation.factor, points)) };
}

/** The variance from point to point in a window, divided by that of independent events. */
export function phiOf({ differences, from, expected }: EventDifferences): number {
  return momentsOf(differences, from).variance / expected;
}

/** The inflation of the mean of `points` values of a series on the grid, whose own mean may be known. */
export function valueInflation(
  values: Float64Array,
  { points, mean = totalsOf(values).mean }: { points: number; mean?: number },
  { prior, overlap }: Pick<TestSettings, 'prior' | 'overlap'>,
): Inflation {
  return inScratch((scratch) => {
    const centred = scratch.floats(values.length);
    for (let t = 0; t < centred.length; t++) centred[t] = (values[t] as number) - mean;
    return varianceInflation(autocovariances(centred), { points, prior, overlap });
  });
}

/** The series less the median of its part before `from` there, and that of the rest there. */
function withoutLevels(values: Float64Array, from: number, scratch: Scratch): Float64Array {
  if (from === 0) return values;
  const before = medianOf(values, 0, from);
  const after = medianOf(values, from);
  const residual = scratch.floats(values.length);
  for (let t = 0; t < from; t++) residual[t] = (values[t] as number) - before;
  for (let t = from; t < residual.length; t++) residual[t] = (values[t] as number) - after;
  return residual;
}
