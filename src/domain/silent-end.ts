import { SIDES, type Side } from './canary-scope.ts';

/** A side whose data end while those of the other go on: it has stopped, or nobody measures it any more. */
export interface SilentEnd {
  readonly side: Side;
  /** points up to its last value */
  readonly points: number;
  /** points of the window */
  readonly of: number;
}

/** A shorter silence is a late scrape, or a counter without events. */
const FEWEST_POINTS = 3;
const SMALLEST_SHARE = 0.25;

/**
 * The side that falls silent for the last quarter of the window or longer, while the other has a value at half of these
 * points at least. Sides of unequal length have windows of their own, so nothing is said of them.
 */
export function silentEnd(
  values: {
    readonly [S in Side]?: readonly number[] | undefined;
  },
): SilentEnd | undefined {
  const { control = [], experiment = [] } = values;
  const of = control.length;
  if (of !== experiment.length) return undefined;
  for (const side of SIDES) {
    const [own, other] = side === 'control' ? [control, experiment] : [experiment, control];
    const points = own.findLastIndex(Number.isFinite) + 1;
    const silence = of - points;
    const heard = other.slice(points).filter(Number.isFinite).length;
    const isLong = silence >= FEWEST_POINTS && silence >= SMALLEST_SHARE * of;
    if (points > 0 && isLong && heard >= silence / 2) return { side, points, of };
  }
  return undefined;
}

/** "Canary has no data after the first 5 of 60 points; the baseline goes on. Did it stop?" */
export function silentEndInWords({ side, points, of }: SilentEnd): string {
  const [name, other] = side === 'experiment' ? ['Canary', 'baseline'] : ['Baseline', 'canary'];
  return `${name} has no data after the first ${points} of ${of} points; the ${other} goes on. Did it stop?`;
}
