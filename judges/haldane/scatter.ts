import { inScratch, type Scratch } from '../stats/numerics/scratch.ts';
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
  return inScratch((scratch) => {
    const ratios = ratiosOfChanges(arms, scratch);
    if (ratios === undefined) return undefined;
    const { points, values } = ratios;
    if (values === undefined) return { ratio: 1, points, ...(traffic && { tails: NOTHING_SEEN }) };
    const ratio = medianOf(values);
    return traffic ? withTails({ ratio, points }, values, traffic, settings) : { ratio, points };
  });
}

interface Ratios {
  readonly points: number;
  /** Of the changes from place t to t + 1, the canary's over the control's; undefined where nothing changes. */
  readonly values: Float64Array | undefined;
}

function ratiosOfChanges({ control, experiment }: Arms, scratch: Scratch): Ratios | undefined {
  const length = Math.max(0, control.length - 1);
  const both = scratch.floats(2 * length);
  const [u, w] = [both.subarray(0, length), both.subarray(length)];
  putChanges(control, u);
  putChanges(experiment, w);
  const { pairs: points, ...changes } = countPoints({ control: u, experiment: w });
  if (changes.control + changes.experiment < FEWEST_CHANGES || points < FEWEST_POINTS) return undefined;
  const floor = FLOOR_SHARE * medianOf(both);
  return { points, values: floor === 0 ? undefined : ratiosOf(w, u, { floor, to: scratch.floats(length) }) };
}

function withTails(seen: Scatter, ratios: Float64Array, traffic: Traffic, settings: TestSettings): Scatter {
  const logarithms = ratios.map((ratio) => Math.log(ratio));
  const explained = explainedBy(traffic, ratios.length);
  // Traffic may explain a difference in scatter; a missing difference is never held against the canary.
  const ofHigh = unexplainedScatter(logarithms, explained.map(orMore), settings);
  const ofLow = traffic === 'equal' ? ofHigh : unexplainedScatter(logarithms, explained.map(orLess), settings);
  if (!ofHigh || !ofLow) return seen;
  const tails = { high: scatterTails(ofHigh, settings).high, low: scatterTails(ofLow, settings).low };
  return { ...seen, tails, ofHigh, ofLow };
}

const orMore = (share: number) => Math.max(0, share);
const orLess = (share: number) => Math.min(0, share);

/** |x[t + 1] - x[t]|, absent where one of them is. */
function putChanges(values: Float64Array, to: Float64Array): void {
  for (let t = 0; t < to.length; t++) to[t] = Math.abs((values[t + 1] as number) - (values[t] as number));
}

function ratiosOf(above: Float64Array, below: Float64Array, { floor, to }: { floor: number; to: Float64Array }) {
  for (let t = 0; t < to.length; t++) {
    to[t] = atLeast(floor, above[t] as number) / atLeast(floor, below[t] as number);
  }
  return to;
}

/** `Math.max` would look for zeros with a sign as well. */
function atLeast(floor: number, value: number): number {
  return value < floor ? floor : value;
}

/** ln of how many times the canary's changes should be the control's: a mean of D requests scatters as 1 / sqrt(D). */
function explainedBy(traffic: Traffic, length: number): Float64Array {
  if (traffic === 'equal') return new Float64Array(length);
  const error = (requests: Float64Array, t: number) => inverse(requests[t + 1]) + inverse(requests[t]);
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
