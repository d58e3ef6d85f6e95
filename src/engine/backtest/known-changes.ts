import { KNOWN_CHANGES, type KnownChangeName } from '../../domain/backtest-report.ts';

/** Begins when three quarters of the window are over. */
const LATE = 0.75;
/** One point of so many is a spike, and there is always one. */
const POINTS_A_SPIKE = 20;

/** How much worse a point is, as a share: 0.1 is 10 % worse. */
type Harm = (t: number, points: number) => number;

const HARMS: Readonly<Record<KnownChangeName, Harm>> = {
  '5 %': () => 0.05,
  '10 %': () => 0.1,
  '25 %': () => 0.25,
  '50 %': () => 0.5,
  late: (t, points) => (t < Math.floor(points * LATE) ? 0 : 0.5),
  spikes: (t) => (t % POINTS_A_SPIKE === POINTS_A_SPIKE / 2 ? 2 : 0),
};

/** The size of a change of the level from the first point on, as a share; undefined for the others. */
export function levelChange(name: KnownChangeName): number | undefined {
  return KNOWN_CHANGES[name].level;
}

/** After these parts of the window a change of the level is looked for. */
const PARTS = [0.25, 0.5, 0.75, 1];

/** The parts of a window after which a change is looked for; the others have not begun, or are not over, before its end. */
export function partsOf(change: KnownChangeName): readonly number[] {
  return levelChange(change) === undefined ? [1] : PARTS;
}

/**
 * The values of a canary that is worse by a known change. A metric that gets worse as it falls is divided by the factor
 * that another is multiplied by. Counts stay whole numbers: what is left over is carried to the next point.
 *
 * A value of 0 stays 0: a relative change of nothing is nothing.
 */
export function worsened(values: readonly number[], change: KnownChangeName, falls: boolean): number[] {
  const harm = HARMS[change];
  const changed = values.map((value, t) => {
    const factor = 1 + harm(t, values.length);
    return falls ? value / factor : value * factor;
  });
  return values.every((value) => !Number.isFinite(value) || Number.isInteger(value)) ? whole(changed) : changed;
}

function whole(values: readonly number[]): number[] {
  let left = 0.5;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    const due = value + left;
    left = due - Math.floor(due);
    return Math.floor(due);
  });
}
