import { overlappingRange } from '../../src/domain/overlapping-points.ts';
import { rangeOfQuery } from '../../src/domain/range-of-query.ts';

export interface Overlapping {
  /** Seconds between points. */
  readonly stepSeconds: number;
  readonly control: ArrayLike<number>;
  readonly experiment: ArrayLike<number>;
}

/** The longest time that a point is made from, in seconds, where that is longer than the points are apart; else 0. */
export function rangeOf(queries: readonly string[], { stepSeconds, control, experiment }: Overlapping): number {
  const range = Math.max(0, ...queries.map((text) => rangeOfQuery(text, stepSeconds) ?? 0));
  return overlappingRange(range, { stepSeconds, sides: [control, experiment] });
}

/** From how many steps each point is made, at least 1: what `TestSettings.overlap` takes. */
export function overlapOf(rangeSeconds: number, stepSeconds: number): number {
  return Math.max(1, rangeSeconds / stepSeconds);
}
