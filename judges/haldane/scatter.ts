import { orderedSeries, valuesAt } from '../stats/samples/ascending-order.ts';
import { medianOf } from '../stats/samples/median.ts';
import { walshLocation, walshMedian } from '../stats/samples/rank-location.ts';
import { type Arms, countPresent } from './arms.ts';
import { rankInflation, TIES } from './level.ts';
import { rounded } from './level-series.ts';
import { NOTHING_SEEN, type Tails, tailsOf } from './tails.ts';
import type { TestSettings } from './test-settings.ts';
import { degreesOfFreedom, inflated } from './variance-inflation.ts';

/** Either the fact that both arms receive the same traffic, or the requests at each point of each arm. */
export type Traffic = 'equal' | Arms;

export interface Scatter {
  /** How many times as much the canary's values change from point to point as the control's. */
  readonly ratio: number;
  readonly points: number;
  /** Absent where nobody can tell what the traffic explains. */
  readonly tails?: Tails;
}

const FEWEST_CHANGES = 20;
const FEWEST_POINTS = 15;
/** Changes below this share of the typical one are taken for it: a logarithm of nearly nothing would decide all. */
const FLOOR_SHARE = 0.1;

/** The changes from point to point of both arms, compared; undefined where there are too few. */
export function scatterOf(arms: Arms, traffic: Traffic | undefined, settings: TestSettings): Scatter | undefined {
  const [u, w] = [changesOf(arms.control), changesOf(arms.experiment)];
  if (countPresent(u) + countPresent(w) < FEWEST_CHANGES) return undefined;
  const floor = FLOOR_SHARE * medianOf([...u, ...w]);
  const points = countPresent(u.map((change, t) => change + (w[t] as number)));
  if (points < FEWEST_POINTS) return undefined;
  if (floor === 0) return { ratio: 1, points, ...(traffic && { tails: NOTHING_SEEN }) };
  const ratios = w.map((change, t) => Math.log(Math.max(change, floor)) - Math.log(Math.max(u[t] as number, floor)));
  const ratio = Math.exp(walshMedian(valuesAt(orderedSeries(ratios))));
  if (!traffic) return { ratio, points };
  const explained = explainedBy(traffic, ratios.length);
  // Traffic may explain a difference in scatter; a missing difference is never held against the canary.
  const high = scatterTails(ratios, explained.map(orMore), settings);
  const low = traffic === 'equal' ? high : scatterTails(ratios, explained.map(orLess), settings);
  return high && low ? { ratio, points, tails: { high: high.high, low: low.low } } : { ratio, points };
}

const orMore = (share: number) => Math.max(0, share);
const orLess = (share: number) => Math.min(0, share);

/** |x[t] - x[t - 1]|, absent where one of them is. */
function changesOf(values: Float64Array): Float64Array {
  return values.map((value, t) => (t === 0 ? Number.NaN : Math.abs(value - (values[t - 1] as number))));
}

/** ln of how many times the canary's changes should be the control's: a mean of D requests scatters as 1 / sqrt(D). */
function explainedBy(traffic: Traffic, length: number): Float64Array {
  if (traffic === 'equal') return new Float64Array(length);
  const error = (requests: Float64Array, t: number) => inverse(requests[t]) + inverse(requests[t - 1]);
  return Float64Array.from(
    { length },
    (_, t) => Math.log(error(traffic.experiment, t) / error(traffic.control, t)) / 2,
  );
}

function inverse(requests: number | undefined): number {
  return requests !== undefined && requests > 0 ? 1 / requests : Number.NaN;
}

function scatterTails(ratios: Float64Array, explained: Float64Array, settings: TestSettings): Tails | undefined {
  const unexplained = orderedSeries(ratios.map((ratio, t) => rounded(ratio - (explained[t] as number))));
  const points = unexplained.order.length;
  if (points < FEWEST_POINTS) return undefined;
  const { estimate, standardError } = walshLocation(valuesAt(unexplained));
  if (standardError <= TIES) return NOTHING_SEEN;
  const { factor } = rankInflation(unexplained, { points }, settings);
  const inflatedEstimate = {
    estimate,
    standardError: standardError * Math.sqrt(inflated(factor, points)),
    degreesOfFreedom: degreesOfFreedom(factor, points),
  };
  // No tau: harmless differences between machines are differences of level.
  return tailsOf(inflatedEstimate, { limit: Math.log(settings.scatterLimit), tau: 0 }, points);
}
