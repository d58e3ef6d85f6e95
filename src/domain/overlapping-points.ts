/** Points that are made from more than the time between them. */
export interface OverlappingPoints {
  /** What each point is made from, in seconds. */
  readonly range: number;
  readonly stepSeconds: number;
}

/** "15 minutes, 15 steps" */
export function rangeInWords({ range, stepSeconds }: OverlappingPoints): string {
  return `${secondsInWords(range)}, ${Number((range / stepSeconds).toPrecision(3))} steps`;
}

function secondsInWords(seconds: number): string {
  if (seconds % 60 !== 0) return `${Number(seconds.toPrecision(3))} seconds`;
  return seconds === 60 ? 'a minute' : `${seconds / 60} minutes`;
}

/**
 * The range, when it is longer than the points are apart; 0 when not. Points that are as far apart as that share nothing,
 * even on a finer grid: a point every five minutes among gaps.
 */
export function overlappingRange(
  range: number | undefined,
  { stepSeconds, sides }: { readonly stepSeconds: number; readonly sides: readonly ArrayLike<number>[] },
): number {
  if (range === undefined || range <= stepSeconds) return 0;
  const lengths = sides.map((values) => values.length);
  const present = sides.map((values) => Array.from(values).filter(Number.isFinite).length);
  const apart = Math.max(1, Math.round(Math.max(0, ...lengths) / Math.max(1, ...present)));
  return range > stepSeconds * apart ? range : 0;
}
