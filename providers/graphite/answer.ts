import { z } from 'zod';
import { unreadableAnswer } from '../shared/http/failures.ts';
import type { RawPoint, RawPoints } from '../shared/series/grid.ts';
import { Labels } from '../shared/series/labels.ts';
import type { GraphiteRequest } from './query.ts';

/** Points are validated one by one while reading, not by a schema each: there may be a million. */
export const RenderAnswer = z.array(
  z.object({
    target: z.string(),
    tags: Labels.nullish(),
    datapoints: z.array(z.unknown()),
  }),
);
export type RenderAnswer = z.infer<typeof RenderAnswer>;

/**
 * `[value, seconds]` per point; null and numeric texts are valid values.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID
 */
export function readPoints(request: GraphiteRequest, datapoints: readonly unknown[]): RawPoint[] {
  return datapoints.map((point) => {
    if (Array.isArray(point) && point.length > 1 && typeof point[1] === 'number') return [point[1] * 1000, point[0]];
    throw unreadableAnswer(request, `a point is ${JSON.stringify(point).slice(0, 80)}, not [value, seconds]`);
  });
}

/** The shortest time between two points, in milliseconds: an archive contains every point, if only as null. */
export function intervalOf(points: RawPoints): number {
  const times = Array.from(points, ([millis]) => millis).sort((one, other) => one - other);
  const intervals = times.map((millis, index) => millis - (times[index - 1] ?? millis)).filter((one) => one > 0);
  return intervals.reduce((least, one) => Math.min(least, one), intervals[0] ?? 0);
}
