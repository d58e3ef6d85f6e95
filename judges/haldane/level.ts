import { inScratch } from '../stats/numerics/scratch.ts';
import { centredMidranks, type OrderedSeries, type SeriesParts } from '../stats/samples/ascending-order.ts';
import { autocovariances } from '../stats/samples/autocovariances.ts';
import { mean } from '../stats/samples/mean.ts';
import { type RankLocation, shiftLocation, walshLocation } from '../stats/samples/rank-location.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import { type OrderedArms, residualsOf } from './level-series.ts';
import { type Estimate, NO_VARIATION } from './tails.ts';
import { MINIMUM_POINTS, type TestSettings } from './test-settings.ts';
import { degreesOfFreedom, type Inflation, inflated, priorInflation, varianceInflation } from './variance-inflation.ts';

/** How far the canary lies above the control over a window, and what that was learnt from. */
export interface Level extends Estimate {
  /** `paired`: from the differences at the same time; `twoSample`: from the arms, each for itself. */
  readonly candidate: 'paired' | 'twoSample';
  readonly points: number;
  /** How many independent points would say as much; of the arm that says less. */
  readonly effectivePoints: number;
  /** The correlation of neighbouring points; of the arm where it is higher. */
  readonly autocorrelation: number;
}

/** The better of two estimates: paired by time, which takes away what both arms share, or of the arms by themselves. */
export function wholeLevel(differences: OrderedSeries, arms: OrderedArms, settings: TestSettings): Level | undefined {
  const paired = pairedLevel(differences, settings);
  if (paired && paired.standardError <= NO_VARIATION) return paired;
  const mustBeat = paired?.standardError ?? Number.POSITIVE_INFINITY;
  const twoSample = twoSampleLevel(arms, settings, mustBeat);
  if (!paired) return twoSample;
  return twoSample && twoSample.standardError > NO_VARIATION ? twoSample : paired;
}

/** The Hodges-Lehmann estimate of the differences. */
export function pairedLevel(differences: OrderedSeries, settings: TestSettings): Level | undefined {
  const points = differences.order.length;
  if (points < MINIMUM_POINTS) return undefined;
  return levelOf(differences, rankInflation(differences, { points }, settings));
}

/** The same of the differences in a later window, which holds enough of them. */
export function windowLevel(parts: SeriesParts, settings: TestSettings): Level {
  return levelOf(parts.after, windowInflation(parts, settings));
}

/** The level of a window that is looked at without what came before it. */
export function ownLevel(window: OrderedSeries, settings: TestSettings): Level {
  return levelOf(window, ownInflation(window, settings));
}

function levelOf(window: OrderedSeries, { factor, autocorrelation }: Inflation): Level {
  const points = window.order.length;
  const { estimate, standardError } = locationOf(window.sorted);
  return {
    candidate: 'paired',
    estimate,
    standardError: standardError * Math.sqrt(inflated(factor, points)),
    degreesOfFreedom: degreesOfFreedom(factor, points),
    points,
    effectivePoints: points / factor,
    autocorrelation,
  };
}

/** Undefined where its standard error is not below another. */
function twoSampleLevel(
  { control: a, experiment: b }: OrderedArms,
  settings: TestSettings,
  mustBeat: number,
): Level | undefined {
  const [n, m] = [a.order.length, b.order.length];
  if (n < MINIMUM_POINTS || m < MINIMUM_POINTS) return undefined;
  const location = shiftOf(b.sorted, a.sorted);
  // Autocorrelation only makes it larger.
  if (!(location.standardError < mustBeat)) return undefined;
  const ofA = rankInflation(a, { points: n }, settings);
  const ofB = rankInflation(b, { points: m }, settings);
  // Crosswise: the variance of the smaller arm's mean is the larger part of the whole.
  const weight = m / (n + m);
  const inflation = weight * inflated(ofA.factor, n) + (1 - weight) * inflated(ofB.factor, m);
  const standardError = location.standardError * Math.sqrt(inflation);
  if (!(standardError < mustBeat)) return undefined;
  return {
    candidate: 'twoSample',
    estimate: location.estimate,
    standardError,
    degreesOfFreedom: Math.max(n / Math.sqrt(ofA.factor) + m / Math.sqrt(ofB.factor) - 2, 1),
    points: Math.min(n, m),
    effectivePoints: Math.min(n / ofA.factor, m / ofB.factor),
    autocorrelation: Math.max(ofA.autocorrelation, ofB.autocorrelation),
  };
}

/** The inflation of a rank estimate; `bias` as in `InflationOptions`. */
export function rankInflation(
  series: OrderedSeries,
  options: { points: number; bias?: number },
  settings: TestSettings,
): Inflation {
  return inScratch((scratch) => inflationOfRanks(centredMidranks(series, scratch), options, settings));
}

function inflationOfRanks(
  ranks: Float64Array,
  { points, bias = 1 }: { points: number; bias?: number },
  { prior, overlap }: TestSettings,
): Inflation {
  return varianceInflation(autocovariances(ranks), { points, bias, prior, overlap });
}

/**
 * Of a later window: the larger of what the whole series shows when its change of level is taken out, and what the window
 * shows by itself.
 */
function windowInflation(parts: SeriesParts, settings: TestSettings): Inflation {
  const points = parts.after.order.length;
  const ofAll = inScratch((scratch) =>
    inflationOfRanks(residualsOf(parts, scratch).ranks, { points, bias: 2 }, settings),
  );
  const own = ownInflation(parts.after, settings);
  return own.factor > ofAll.factor ? own : ofAll;
}

/** Of a window by itself. A short one cannot deny the prior. */
function ownInflation(window: OrderedSeries, settings: TestSettings): Inflation {
  const points = window.order.length;
  const { factor, autocorrelation } = rankInflation(window, { points }, settings);
  if (points >= SHORT_WINDOW) return { factor, autocorrelation };
  return { factor: Math.min(Math.max(factor, priorInflation(settings.prior)), 0.9 * points), autocorrelation };
}

const SHORT_WINDOW = 12;

/** A standard error up to here means that most values tie: the ordinary one is taken instead. */
export const TIES = 1e-9;

/** Where the values lie, with the ordinary standard error of their mean where ties leave none to the ranks. */
function locationOf(sorted: Float64Array): RankLocation {
  const location = walshLocation(sorted);
  if (location.standardError > TIES) return location;
  return { estimate: location.estimate, standardError: Math.sqrt(varianceOfMean(sorted)) };
}

function shiftOf(x: Float64Array, y: Float64Array): RankLocation {
  const location = shiftLocation(x, y);
  if (location.standardError > TIES) return location;
  return { estimate: location.estimate, standardError: Math.sqrt(varianceOfMean(x) + varianceOfMean(y)) };
}

function varianceOfMean(values: Float64Array): number {
  return sampleStandardDeviation(values, mean(values)) ** 2 / values.length;
}
