import { centredMidranks, orderedSeries } from '../stats/samples/ascending-order.ts';
import { autocovariances } from '../stats/samples/autocovariances.ts';
import { endsOf } from '../stats/samples/ends.ts';
import { type Arms, countPoints } from './arms.ts';
import { momentsOf } from './moments.ts';

/** What the control's past says of how much neighbouring points have in common. */
export interface HistoryPriors {
  /** Of the differences between the arms. */
  readonly prior: number;
  /** Of their changes from point to point. */
  readonly scatterPrior: number;
}

/** The past must hold the canary so many times, to show how much the mean of so many points varies. */
const LONGER = 9;
const HIGHEST = 0.95;

/**
 * The priors for a canary whose control has been watched for long. A past in which neighbours have little in common
 * lowers the usual one. A past that wanders may be load that both arms share, which their differences do not hold: it
 * raises the prior only as far as the arms move by themselves. Undefined for values that have no logarithm, and for a
 * past too short to tell.
 */
export function historyPriors(arms: Arms, history: Float64Array, usual: number): HistoryPriors | undefined {
  if (![history, arms.control, arms.experiment].every((values) => endsOf(values).least > 0)) return undefined;
  const { pairs } = countPoints(arms);
  const { control } = countPoints({ control: history, experiment: history });
  if (pairs < 2 || control < LONGER * pairs) return undefined;
  const past = logarithms(history);
  const [ofControl, ofCanary] = [logarithms(arms.control), logarithms(arms.experiment)];
  const scatter = difference(changesOf(ofCanary), changesOf(ofControl));
  return {
    prior: priorFrom(past, difference(ofCanary, ofControl), { pairs, usual }),
    scatterPrior: priorFrom(changesOf(past), scatter, { pairs, usual }),
  };
}

function logarithms(values: Float64Array): Float64Array {
  return values.map((value) => Math.log(value));
}

function difference(values: Float64Array, others: Float64Array): Float64Array {
  return values.map((value, t) => value - (others[t] as number));
}

/** Logarithms of the changes from point to point; absent where there is none. */
function changesOf(values: Float64Array): Float64Array {
  return values.map((value, t) => {
    const change = t === 0 ? 0 : Math.abs(value - (values[t - 1] as number));
    return change > 0 ? Math.log(change) : Number.NaN;
  });
}

interface Expected {
  readonly pairs: number;
  readonly usual: number;
}

function priorFrom(past: Float64Array, differences: Float64Array, { pairs, usual }: Expected): number {
  const inflation = meanInflation(past, pairs);
  const lasting = (inflation - 1) / Math.min(1, ownShare(past, differences));
  // Of series without any variation nothing is known.
  if (Number.isNaN(lasting)) return usual;
  // At worst all that lasts in the past is the control's own, and of that the differences show more than the past does.
  const lowered = Math.min(usual, priorOf(1 + lasting));
  const byThemselves = 2 * ownShare(steps(past), steps(differences)) - 1;
  if (!(byThemselves > 0)) return lowered;
  return lowered + Math.min(1, byThemselves) * Math.max(0, Math.min(HIGHEST, priorOf(inflation)) - usual);
}

/** The correlation of neighbours that inflates the mean of an endless series so much, which may be infinitely. */
function priorOf(inflation: number): number {
  return 1 - 2 / (inflation + 1);
}

/** How much of what the past varies each arm has by itself: 1 where the arms have nothing in common. */
function ownShare(past: Float64Array, differences: Float64Array): number {
  return momentsOf(differences).variance / 2 / momentsOf(past).variance;
}

function steps(values: Float64Array): Float64Array {
  return values.map((value, t) => (t === 0 ? Number.NaN : value - (values[t - 1] as number)));
}

/**
 * How much more the mean of so many points varies than that of independent ones, by ranks: the most that any number of
 * lags makes of it, because arms that are each at their own place in a period do not take back what it takes back.
 */
function meanInflation(values: Float64Array, points: number): number {
  const series = autocovariances(centredMidranks(orderedSeries(values)));
  let inflation = 1;
  let most = 1;
  for (let lag = 1; lag < points; lag++) {
    inflation += (2 * (1 - lag / points) * series.at(lag)) / series.variance;
    if (inflation > most) most = inflation;
  }
  return series.variance > 0 ? most : Number.NaN;
}
