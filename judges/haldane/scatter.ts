import { orderedSeries } from '../stats/samples/ascending-order.ts';
import { medianOf } from '../stats/samples/median.ts';
import { walshLocation } from '../stats/samples/rank-location.ts';
import { type Arms, countPoints } from './arms.ts';
import { rankInflation, TIES } from './level.ts';
import { rounded } from './level-series.ts';
import { type Estimate, NOTHING_SEEN, type Tails, tailsOf } from './tails.ts';
import type { TestSettings } from './test-settings.ts';
import { degreesOfFreedom, inflated } from './variance-inflation.ts';

/** Either the fact that both arms receive the same traffic, or the requests at each point of each arm. */
export type Traffic = 'equal' | Arms;

export interface Scatter {
  /** How many times as much the canary's values change from point to point as the control's: the middle one. */
  readonly ratio: number;
  readonly points: number;
  /** Absent where nobody can tell what the traffic explains. */
  readonly tails?: Tails;
  /** What `tails.high` and `tails.low` rest on: the logarithm of the ratio, less what traffic explains of it. */
  readonly ofHigh?: Estimate;
  readonly ofLow?: Estimate;
}

const FEWEST_CHANGES = 20;
const FEWEST_POINTS = 15;
/** Changes below this share of the typical one are taken for it: a logarithm of nearly nothing would decide all. */
const FLOOR_SHARE = 0.1;

/** The changes from point to point of both arms, compared; undefined where there are too few. */
export function scatterOf(arms: Arms, traffic: Traffic | undefined, settings: TestSettings): Scatter | undefined {
  const u = changesOf(arms.control);
  const w = changesOf(arms.experiment);
  const { control, experiment, pairs: points } = countPoints({ control: u, experiment: w });
  if (control + experiment < FEWEST_CHANGES || points < FEWEST_POINTS) return undefined;
  const floor = FLOOR_SHARE * medianOf(oneAfterTheOther(u, w));
  if (floor === 0) return { ratio: 1, points, ...(traffic && { tails: NOTHING_SEEN }) };
  const ratios = ratiosOf(w, u, floor);
  const ratio = medianOf(ratios);
  if (!traffic) return { ratio, points };
  const logarithms = ratios.map((ratio) => Math.log(ratio));
  const explained = explainedBy(traffic, ratios.length);
  // Traffic may explain a difference in scatter; a missing difference is never held against the canary.
  const ofHigh = unexplainedScatter(logarithms, explained.map(orMore), settings);
  const ofLow = traffic === 'equal' ? ofHigh : unexplainedScatter(logarithms, explained.map(orLess), settings);
  if (!ofHigh || !ofLow) return { ratio, points };
  const tails = { high: scatterTails(ofHigh, settings).high, low: scatterTails(ofLow, settings).low };
  return { ratio, points, tails, ofHigh, ofLow };
}

const orMore = (share: number) => Math.max(0, share);
const orLess = (share: number) => Math.min(0, share);

/** |x[t] - x[t - 1]|, absent where one of them is. */
function changesOf(values: Float64Array): Float64Array {
  const changes = new Float64Array(values.length).fill(Number.NaN, 0, 1);
  for (let t = 1; t < changes.length; t++) changes[t] = Math.abs((values[t] as number) - (values[t - 1] as number));
  return changes;
}

function oneAfterTheOther(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function ratiosOf(above: Float64Array, below: Float64Array, floor: number): Float64Array {
  const ratios = new Float64Array(above.length);
  for (let t = 0; t < ratios.length; t++) {
    ratios[t] = atLeast(floor, above[t] as number) / atLeast(floor, below[t] as number);
  }
  return ratios;
}

/** `Math.max` would look for zeros with a sign as well. */
function atLeast(floor: number, value: number): number {
  return value < floor ? floor : value;
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

function unexplainedScatter(
  logarithms: Float64Array,
  explained: Float64Array,
  settings: TestSettings,
): Estimate | undefined {
  const unexplained = orderedSeries(logarithms.map((ratio, t) => rounded(ratio - (explained[t] as number))));
  const points = unexplained.order.length;
  if (points < FEWEST_POINTS) return undefined;
  const { estimate, standardError } = walshLocation(unexplained.sorted);
  const { scatterPrior = settings.prior } = settings;
  const { factor } = rankInflation(unexplained, { points }, { ...settings, prior: scatterPrior });
  return {
    estimate,
    standardError: standardError * Math.sqrt(inflated(factor, points)),
    degreesOfFreedom: degreesOfFreedom(factor, points),
  };
}

function scatterTails(estimate: Estimate, { scatterLimit }: TestSettings): Tails {
  if (estimate.standardError <= TIES) return NOTHING_SEEN;
  // No tau: harmless differences between machines are differences of level.
  return tailsOf(estimate, { limit: Math.log(scatterLimit), tau: 0 }, Number.POSITIVE_INFINITY);
}
