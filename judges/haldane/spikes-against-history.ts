import { incompleteBeta } from '../stats/distributions/incomplete-beta.ts';
import { orderedSeries } from '../stats/samples/ascending-order.ts';
import { medianAbsoluteDeviation, medianOfSorted } from '../stats/samples/median.ts';
import { type Arms, countPresent } from './arms.ts';
import { countRuns } from './runs.ts';
import { SMALLEST_SPIKE, USUAL_DEVIATIONS } from './spikes.ts';

/** How often the canary spikes, against how often the control did over the preceding time. */
export interface SpikesAgainstHistory {
  /** The p-value of "no more than 1.5 times as often as the control". */
  readonly p: number;
  readonly spikes: number;
  readonly spikesOfControl: number;
  readonly points: number;
  /** Points of the control: its history and the time of the canary. */
  readonly pointsOfControl: number;
  /** How far, as a logarithm, a point must be from its neighbours to count. */
  readonly limit: number;
  /** How much more the control's spikes cluster than chance would have it. */
  readonly clustering: number;
}

export interface HistoryOptions {
  /** The control's values at the points before the first of the arms, at the same step. */
  readonly history: Float64Array;
  /** -1 for spikes down, where these are the harmful ones. */
  readonly sign: 1 | -1;
}

/** So much more often than the control is no difference. */
const NO_DIFFERENCE = 1.5;
const FEWEST_POINTS = 5;
/** The control must have so many times the points of the canary. */
const LONGER = 4;

/** For positive values of arms of equal size; undefined where there is too little to compare with. */
export function spikesAgainstHistory(arms: Arms, { history, sign }: HistoryOptions): SpikesAgainstHistory | undefined {
  const control = new Float64Array(history.length + arms.control.length);
  control.set(history);
  control.set(arms.control, history.length);
  if (hasNonPositive(control) || hasNonPositive(arms.experiment)) return undefined;
  const ofControl = localDeviations(control.map((value) => sign * Math.log(value)));
  const ofCanary = localDeviations(arms.experiment.map((value) => sign * Math.log(value)));
  const [pointsOfControl, points] = [countPresent(ofControl), countPresent(ofCanary)];
  if (points < FEWEST_POINTS || pointsOfControl < LONGER * points) return undefined;
  // The canary's own scatter counts too: more scatter alone is not spikes.
  const limit = Math.max(SMALLEST_SPIKE, usualDeviation(ofControl), usualDeviation(ofCanary));
  const [spikes, spikesOfControl] = [countRuns(ofCanary, limit), countRuns(ofControl, limit)];
  const clustering = clusteringOf(ofControl, limit, points);
  const share = (NO_DIFFERENCE * points) / (NO_DIFFERENCE * points + pointsOfControl);
  const p = spikes === 0 ? 1 : incompleteBeta(share, spikes / clustering, spikesOfControl / clustering + 1);
  return { p, spikes, spikesOfControl, points, pointsOfControl, limit, clustering };
}

function hasNonPositive(values: Float64Array): boolean {
  return values.some((value) => value <= 0);
}

const REACH = 5;
const FEWEST_NEIGHBOURS = 3;

/** Every value less the median of those at most five places away, itself among them. */
function localDeviations(values: Float64Array): Float64Array {
  return values.map((value, place) => {
    if (Number.isNaN(value)) return value;
    const near: number[] = [];
    for (let i = Math.max(0, place - REACH); i <= Math.min(values.length - 1, place + REACH); i++) {
      if (!Number.isNaN(values[i])) insert(near, values[i] as number);
    }
    return near.length < FEWEST_NEIGHBOURS ? Number.NaN : value - medianOfSorted(near);
  });
}

/** Puts a value in its place among others in ascending order. */
function insert(sorted: number[], value: number): void {
  let place = sorted.length;
  for (; place > 0 && (sorted[place - 1] as number) > value; place--) sorted[place] = sorted[place - 1] as number;
  sorted[place] = value;
}

function usualDeviation(deviations: Float64Array): number {
  return USUAL_DEVIATIONS * medianAbsoluteDeviation(orderedSeries(deviations).sorted);
}

/** Variance over mean of the spikes in stretches as long as the canary: 1 for independent ones, never less. */
function clusteringOf(deviations: Float64Array, limit: number, length: number): number {
  let stretches = 0;
  let spikes = 0;
  let squares = 0;
  for (let start = 0; start + length <= deviations.length; start += length) {
    const count = countRuns(deviations.subarray(start, start + length), limit);
    stretches++;
    spikes += count;
    squares += count ** 2;
  }
  if (stretches < 2 || spikes === 0) return 1;
  return Math.max(1, (stretches * squares - spikes ** 2) / ((stretches - 1) * spikes));
}
