import { normalQuantile } from '../stats/distributions/normal-quantile.ts';
import { studentTQuantile } from '../stats/distributions/student-t-quantile.ts';
import { type Direction, type Side, shareOf } from './component.ts';
import type { Noise } from './effect.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { MINIMUM_POINTS } from './test-settings.ts';

/** A forecast is for changes that are found with this chance. */
const POWER = 0.9;
/** From here on normal quantiles do. */
const MANY_POINTS = 30;

export interface Sensitivity {
  /** The level at which one side of one metric is tested over the whole window. */
  readonly level: number;
  /** The margin, as a logarithm. */
  readonly limit: number;
}

export interface Budget {
  readonly errorBudget: number;
  /** How many metrics share it. */
  readonly metrics: number;
}

/** What the whole window of a metric gets of the canary's error budget, if it is the only metric that is worse. */
export function sensitivityOf(test: MetricTest, { errorBudget, metrics }: Budget): Sensitivity {
  const { components, direction, settings } = test;
  const share = shareOf('whole', components, settings.weights);
  return { level: (errorBudget * share) / metrics / sidesOf(direction), limit: Math.log1p(settings.delta) };
}

function sidesOf(direction: Direction): number {
  return direction === 'either' ? 2 : 1;
}

/**
 * About how many points are needed to find a change, in all; undefined when no number is enough, because the change is
 * no larger than what harmless machine differences explain. The change is an absolute logarithm.
 *
 * The quartiles of the true number span a factor of two.
 */
export function pointsToFind(change: number, noise: Noise, sensitivity: Sensitivity): number | undefined {
  const atLeast = pointsAtQuantiles(change, noise, quantilesAt(Number.POSITIVE_INFINITY, sensitivity), sensitivity);
  if (atLeast === undefined || atLeast >= MANY_POINTS) return atLeast;
  // Few points leave the error itself unsure: the smallest number that is enough by Student's quantiles of that number.
  const isEnough = (points: number) => {
    const needed = pointsAtQuantiles(change, noise, quantilesAt(dfAt(points, noise), sensitivity), sensitivity);
    return needed !== undefined && needed <= points;
  };
  return smallestThat(isEnough, Math.max(MINIMUM_POINTS, Math.ceil(atLeast)), MANY_POINTS);
}

/** The smallest whole number from `low` on that holds, `most` if none below does; mostly it is close to `low`. */
function smallestThat(holds: (value: number) => boolean, low: number, most: number): number {
  let [from, to] = [low, low];
  for (let step = 1; to < most && !holds(to); step *= 2) {
    from = to + 1;
    to = Math.min(most, to + step);
  }
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

function dfAt(points: number, { degreesOfFreedom, spent, points: now }: Noise): number {
  return Math.max(1, ((degreesOfFreedom + spent) * points) / now - spent);
}

function pointsAtQuantiles(change: number, noise: Noise, z: number, { limit }: Sensitivity): number | undefined {
  if (change <= limit) return undefined;
  const room = ((change - limit) / z) ** 2 - noise.tau ** 2;
  return room > 0 ? (noise.points * noise.standardError ** 2) / room : undefined;
}

/** How many standard deviations beyond the margin a change must lie to be found. */
function quantilesAt(df: number, { level }: Sensitivity): number {
  if (df === Number.POSITIVE_INFINITY) return normalQuantile(1 - level) + normalQuantile(POWER);
  return studentTQuantile(1 - level, df) + studentTQuantile(POWER, df);
}

/** The smallest change, relative, that can be found with so many points, and with any number of them. */
export function smallestChanges(
  noise: Noise,
  sensitivity: Sensitivity,
): { readonly now: number; readonly ever: number } {
  const z = quantilesAt(Number.POSITIVE_INFINITY, sensitivity);
  const now = noise.points < MANY_POINTS ? quantilesAt(noise.degreesOfFreedom, sensitivity) : z;
  const deviation = Math.sqrt(noise.standardError ** 2 + noise.tau ** 2);
  return {
    now: Math.expm1(sensitivity.limit + now * deviation),
    ever: Math.expm1(sensitivity.limit + z * noise.tau),
  };
}

/** A relative change to the harmful side, as an absolute logarithm: 10 % more and 9.1 % less are as far. */
export function logOfChange(change: number, side: Side): number {
  return side === 'High' ? Math.log1p(change) : -Math.log1p(-change);
}

/**
 * Minutes until a change of the allowed size is found: 0 when it already would be; undefined when never.
 */
export function minutesToDecision(points: number | undefined, now: number, stepSeconds: number): number | undefined {
  return points === undefined ? undefined : (Math.max(0, points - now) * stepSeconds) / 60;
}
