import { inScratch, type Scratch } from '../stats/numerics/scratch.ts';
import { autocovariances } from '../stats/samples/autocovariances.ts';
import { mean } from '../stats/samples/mean.ts';
import { percentile } from '../stats/samples/percentile.ts';
import { sampleStandardDeviation } from '../stats/samples/sample-standard-deviation.ts';
import type { Arms } from './arms.ts';
import type { OrderedArms } from './level-series.ts';
import type { Estimate } from './tails.ts';
import { MINIMUM_POINTS, type TestSettings } from './test-settings.ts';
import { degreesOfFreedom, inflated, varianceInflation } from './variance-inflation.ts';

/** Two levels between which a metric jumps, such as hits and misses of a cache, in its own unit. */
export interface Modes {
  readonly low: number;
  readonly high: number;
  readonly border: number;
}

/** How often each arm is in the higher mode, of the points where both have a value. */
export interface ModeShares {
  readonly modes: Modes;
  readonly control: number;
  readonly experiment: number;
  readonly points: number;
  /** Of the canary's mean, 0.1 for 10 % more. */
  readonly change: number;
  /** Of the means, in the unit of the metric. */
  readonly difference: number;
  /** Of the mean logarithm, as far as the modes explain it. */
  readonly estimate: Estimate;
}

/** Each mode holds at least this share of both arms' points; less is spikes. */
const LEAST_SHARE = 0.2;
/** The modes are at least a factor of two apart, */
const LEAST_DISTANCE = Math.log(2);
/** and the gap between them is this many times as wide as the middle four fifths of either. */
const CLEAR_GAP = 1.5;

/**
 * The shares of positive values in two modes, given their logarithms in order as well; undefined where there are no two, or where each arm keeps to one, which is a
 * change of level.
 *
 * The modes are looked for in both arms together, so that finding them says nothing about which arm has which. A rank
 * estimate of a series that jumps hardly moves with the shares: what they say is the mean.
 */
export function modeShares(measured: Arms, ordered: OrderedArms, settings: TestSettings): ModeShares | undefined {
  const modes = modesOf(ordered);
  if (!modes) return undefined;
  const [control, experiment] = [measured.control.slice(), measured.experiment.slice()];
  for (let t = 0; t < control.length; t++) {
    if (Number.isNaN((control[t] as number) + (experiment[t] as number))) control[t] = experiment[t] = Number.NaN;
  }
  const [inControl, inExperiment] = [control.filter(isPresent), experiment.filter(isPresent)];
  if (inControl.length < MINIMUM_POINTS || !(isMixed(inControl, modes) || isMixed(inExperiment, modes)))
    return undefined;
  const means = { control: mean(inControl), experiment: mean(inExperiment) };
  return {
    modes,
    control: shareAbove(inControl, modes),
    experiment: shareAbove(inExperiment, modes),
    points: inControl.length,
    change: means.experiment / means.control - 1,
    difference: means.experiment - means.control,
    estimate: estimateOf({ control, experiment }, modes, settings),
  };
}

function modesOf({ control, experiment }: OrderedArms): Modes | undefined {
  if (!(spanOf(control.sorted, experiment.sorted) >= LEAST_DISTANCE)) return undefined;
  return inScratch((scratch) => modesIn(mergedValues(control.sorted, experiment.sorted, scratch)));
}

function modesIn(sorted: Float64Array): Modes | undefined {
  const place = widestGap(sorted, Math.max(MINIMUM_POINTS, Math.ceil(LEAST_SHARE * sorted.length)));
  if (place === 0) return undefined;
  const [below, above] = [sorted.subarray(0, place), sorted.subarray(place)];
  const [low, high] = [percentile(below, 50), percentile(above, 50)];
  const [last, first] = [sorted[place - 1] as number, sorted[place] as number];
  const width = Math.max(middleOf(below), middleOf(above));
  if (high - low < LEAST_DISTANCE || first - last < CLEAR_GAP * width) return undefined;
  return { low: Math.exp(low), high: Math.exp(high), border: Math.exp((last + first) / 2) };
}

/** Of two samples in ascending order together; NaN where one is empty. Most metrics span less than two modes do. */
function spanOf(first: Float64Array, second: Float64Array): number {
  const [least, most] = [
    Math.min(first[0] ?? Number.NaN, second[0] ?? Number.NaN),
    Math.max(lastOf(first), lastOf(second)),
  ];
  return most - least;
}

function lastOf(sorted: Float64Array): number {
  return sorted.at(-1) ?? Number.NaN;
}

/** Two samples in ascending order, as one. */
function mergedValues(first: Float64Array, second: Float64Array, scratch: Scratch): Float64Array {
  const merged = scratch.floats(first.length + second.length);
  for (let i = 0, j = 0; i + j < merged.length; ) {
    const fromFirst = j === second.length || (first[i] as number) <= (second[j] as number);
    merged[i + j] = fromFirst ? (first[i++] as number) : (second[j++] as number);
  }
  return merged;
}

/** Where the widest gap ends that leaves so many values on each side; 0 for none. */
function widestGap(sorted: Float64Array, least: number): number {
  let widest = 0;
  let place = 0;
  for (let i = least; i <= sorted.length - least; i++) {
    const gap = (sorted[i] as number) - (sorted[i - 1] as number);
    if (gap > widest) {
      widest = gap;
      place = i;
    }
  }
  return place;
}

function middleOf(sorted: Float64Array): number {
  return percentile(sorted, 90) - percentile(sorted, 10);
}

const isPresent = (value: number) => !Number.isNaN(value);

function shareAbove(values: Float64Array, { border }: Modes): number {
  return values.filter((value) => value > border).length / values.length;
}

function isMixed(values: Float64Array, modes: Modes): boolean {
  const share = shareAbove(values, modes);
  return share >= LEAST_SHARE && share <= 1 - LEAST_SHARE;
}

/** The mean of the differences at the same time, of arms that are exactly in one mode or the other. */
function estimateOf({ control, experiment }: Arms, { low, high, border }: Modes, settings: TestSettings): Estimate {
  const distance = Math.log(high / low);
  const isHigh = (value: number) => (Number.isNaN(value) ? Number.NaN : Number(value > border));
  const differences = control.map((value, t) => distance * (isHigh(experiment[t] as number) - isHigh(value)));
  const present = differences.filter(isPresent);
  const points = present.length;
  const estimate = mean(present);
  const { prior, overlap } = settings;
  const centred = autocovariances(differences.map((value) => value - estimate));
  const { factor } = varianceInflation(centred, { points, prior, overlap });
  const ofMean = sampleStandardDeviation(present, estimate) / Math.sqrt(points);
  return {
    estimate,
    standardError: ofMean * Math.sqrt(inflated(factor, points)),
    degreesOfFreedom: degreesOfFreedom(factor, points),
  };
}
