import { autocovariances } from '../stats/samples/autocovariances.ts';
import { medianOf } from '../stats/samples/median.ts';
import { countPresent } from './arms.ts';
import type { Estimate } from './tails.ts';
import type { TestSettings } from './test-settings.ts';
import { degreesOfFreedom, inflated, varianceInflation } from './variance-inflation.ts';

/** Where a straight line through the differences ends, and whether they really got there. */
export interface Trend {
  /** The line's last point. */
  readonly estimate: Estimate;
  /** The median of the last third, which a line through something bent misses. */
  readonly end: number;
  readonly points: number;
}

/** With fewer points a line says nothing; with more the later windows see a ramp as well. */
const FEWEST_POINTS = 8;
const MOST_POINTS = 24;

/**
 * A ramp of the differences in a short window, whose own slope would otherwise count as correlation of neighbours and hide
 * it.
 *
 * @param differences experiment - control on the scale of the level, NaN where either is absent
 */
export function trendOf(differences: Float64Array, { prior, overlap }: TestSettings): Trend | undefined {
  const points = countPresent(differences);
  if (points < FEWEST_POINTS || points > MOST_POINTS) return undefined;
  const places = [...differences.keys()].filter((t) => !Number.isNaN(differences[t]));
  const line = lineThrough(differences, places);
  const residuals = differences.map((value, t) => value - line.at(t));
  const squares = places.reduce((sum, t) => sum + (residuals[t] as number) ** 2, 0);
  const { factor } = varianceInflation(autocovariances(residuals), { points, bias: 2, prior, overlap });
  const last = places.at(-1) as number;
  const variance = (squares / (points - 2)) * line.leverage(last) * inflated(factor, points);
  return {
    estimate: {
      estimate: line.at(last),
      standardError: Math.sqrt(variance),
      degreesOfFreedom: Math.max(1, degreesOfFreedom(factor, points) - 1),
    },
    end: medianOf(places.slice(-Math.ceil(points / 3)).map((t) => differences[t] as number)),
    points,
  };
}

/** What both the line and the last points reach, on the side of harm. */
export function reachedBy({ estimate, end }: Trend, sign: 1 | -1): Estimate {
  return { ...estimate, estimate: sign * Math.min(sign * estimate.estimate, sign * end) };
}

/** The relative change at the end, 0.1 for 10 % more. */
export function changeAtEnd(trend: Trend, side: 'High' | 'Low'): number {
  return Math.expm1(reachedBy(trend, side === 'High' ? 1 : -1).estimate);
}

/** Least squares; the leverage of a place is the variance of the line there, for points of variance 1. */
function lineThrough(values: Float64Array, places: readonly number[]) {
  const count = places.length;
  const meanPlace = places.reduce((sum, t) => sum + t, 0) / count;
  const meanValue = places.reduce((sum, t) => sum + (values[t] as number), 0) / count;
  const spread = places.reduce((sum, t) => sum + (t - meanPlace) ** 2, 0);
  const slope = places.reduce((sum, t) => sum + (t - meanPlace) * (values[t] as number), 0) / spread;
  return {
    at: (t: number) => meanValue + slope * (t - meanPlace),
    leverage: (t: number) => 1 / count + (t - meanPlace) ** 2 / spread,
  };
}
