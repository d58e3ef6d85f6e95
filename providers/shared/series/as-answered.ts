import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { SeriesAttributes } from '../../../src/domain/series-shape.ts';
import { toInstant } from '../../../src/domain/values/instant.ts';
import type { Tags } from '../../../src/domain/values/tags.ts';
import { type Grid, type RawPoint, type RawPoints, readValue } from './grid.ts';

/**
 * How Kayenta makes a series of a store's answer, for judges that need `gaps: 'squeezed'`. It keeps the points as they
 * came, neither put into slots nor combined, and differs from store to store in the rest.
 */
export interface AsAnswered {
  /**
   * What becomes of a point that is not there: nothing, so that later values move up (`squeezed`); nothing either, but a
   * null is NaN (`kept`), for stores that answer one for every missing point; NaN between the first and the last point
   * (`inner`).
   */
  readonly gaps: SeriesAttributes['gaps'];
  /** The time between points, in milliseconds; absent: that of the first two, 0 for a single one. */
  readonly stepMillis?: number | undefined;
  /** Where the series ends: a step after the last value, or at the last point. Its padding with NaN follows from it. */
  readonly end: 'lastStep' | 'lastPoint';
}

export interface AnsweredSeries {
  readonly tags: Tags;
  readonly points: RawPoints;
  /** where the first point's interval starts, if not at the point's time */
  readonly startMillis?: number | undefined;
}

type Times = Pick<
  MetricSet,
  'startTimeMillis' | 'startTimeIso' | 'endTimeMillis' | 'endTimeIso' | 'stepMillis' | 'values'
>;

/**
 * One series as Kayenta would have it.
 *
 * @param grid the window that was asked for: of a series without points it is the window, without values
 * @throws CanaryError METRICS_ANSWER_INVALID for a value that is not a number
 */
export function asAnswered({ points, startMillis }: AnsweredSeries, grid: Grid, how: AsAnswered): Times {
  const present = [...points]
    .filter(([, value]) => how.gaps !== 'squeezed' || (value !== null && value !== undefined))
    .toSorted(([one], [other]) => one - other);
  const [first, second] = present;
  if (first === undefined) return timesOf(grid.startMillis, grid.endMillis, grid.stepMillis, []);
  const stepMillis = how.stepMillis ?? (second === undefined ? 0 : second[0] - first[0]);
  const values = how.gaps === 'inner' ? onLattice(present, stepMillis) : present.map(([, value]) => readValue(value));
  const last = present.at(-1)?.[0] ?? first[0];
  const start = startMillis ?? first[0];
  return timesOf(start, how.end === 'lastPoint' ? last : start + values.length * stepMillis, stepMillis, values);
}

/** A value for every step from the first point to the last; NaN where no point has that very time. */
function onLattice(points: readonly RawPoint[], stepMillis: number): number[] {
  const byTime = new Map(points.map(([millis, value]) => [millis, value]));
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const count = stepMillis > 0 ? Math.floor((last - first) / stepMillis) + 1 : 1;
  return Array.from({ length: count }, (_, index) => readValue(byTime.get(first + index * stepMillis)));
}

function timesOf(startTimeMillis: number, endTimeMillis: number, stepMillis: number, values: number[]): Times {
  return {
    startTimeMillis,
    startTimeIso: toInstant(startTimeMillis),
    endTimeMillis,
    endTimeIso: toInstant(endTimeMillis),
    stepMillis,
    values,
  };
}

/** What to say of a series on itself; `leftOut` where each point of the grid was asked for by its time. */
export function seriesAttributes(
  { window, gaps }: SeriesAttributes,
  leftOut: number | undefined,
): Record<string, string> {
  return { window, gaps, ...(leftOut === undefined || leftOut <= 0 ? {} : { leftOut: String(leftOut) }) };
}
