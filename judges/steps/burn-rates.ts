import { type BurnRate, windowSeconds } from './limit-fields.ts';

/** Bad requests of a point, of all; NaN where it is not known. */
export interface RequestPoint {
  readonly bad: number;
  readonly all: number;
}

/** What a burn rate over several windows says. */
export interface BurnFinding {
  /** the highest rate that was exceeded in all windows at once; NaN where that cannot be known */
  readonly found: number;
  readonly held: boolean;
  /** why it is not known, as the end of a sentence */
  readonly why?: string | undefined;
}

export interface BurnOptions {
  readonly objective: number;
  readonly stepSeconds: number;
  /** the share of a window's points that must be known */
  readonly coverage: number;
}

/**
 * Whether the error budget was used up faster than `rate` in all windows at once, at any point of the run: whether an alert
 * on it would have fired. Of a window that is longer than the data up to a point only a part is known. That does not matter
 * where this part, or a shorter window, keeps to the rate; else nobody can tell, which is no pass.
 *
 * Source: "Alerting on SLOs" in The Site Reliability Workbook (2018), approach 6: multiwindow, multi-burn-rate alerts.
 */
export function burnOverWindows(
  points: readonly RequestPoint[],
  { rate, windows }: BurnRate,
  { objective, stepSeconds, coverage }: BurnOptions,
): BurnFinding {
  const sorted = windows.toSorted((one, other) => windowSeconds(one) - windowSeconds(other));
  const [shortest = ''] = sorted;
  if (windowSeconds(shortest) < stepSeconds) {
    return notKnown(`its points are ${stepSeconds} s apart, more than the window of ${shortest}`);
  }
  const sizes = sorted.map((window) => Math.ceil(windowSeconds(window) / stepSeconds - 1e-9));
  const rates = sizes.map((size) => burnAtEachPoint(points, size, { objective, coverage }));
  let found = Number.NaN;
  let unknown: number | undefined;
  for (let at = (sizes[0] ?? 1) - 1; at < points.length; at++) {
    const burns = rates.map((of) => of[at] ?? Number.NaN);
    const least = burns.reduce((one, other) => (other < one || Number.isNaN(one) ? other : one), Number.NaN);
    const open = burns.findIndex((burn, index) => Number.isNaN(burn) || at + 1 < (sizes[index] as number));
    if (open >= 0 && !(least <= rate * SLACK)) unknown ??= open;
    else if (Number.isNaN(found) || least > found) found = least;
  }
  if (found > rate * SLACK) return { found, held: false };
  if (unknown !== undefined) {
    const others = unknown === 0 ? '' : `, and over ${shortest} it burns too fast`;
    return notKnown(`the requests of ${sorted[unknown]} are not all in the data${others}`);
  }
  return Number.isNaN(found) ? notKnown(`the data are shorter than the window of ${shortest}`) : { found, held: true };
}

const SLACK = 1 + 4 * Number.EPSILON;

function notKnown(why: string): BurnFinding {
  return { found: Number.NaN, held: false, why };
}

/** Over the last points up to each, as far as there are any; NaN where too few are known. No requests use nothing up. */
function burnAtEachPoint(
  points: readonly RequestPoint[],
  size: number,
  { objective, coverage }: Pick<BurnOptions, 'objective' | 'coverage'>,
): number[] {
  const sum = { bad: 0, all: 0, known: 0 };
  const add = (point: RequestPoint | undefined, sign: number) => {
    if (point === undefined || Number.isNaN(point.bad + point.all)) return;
    sum.bad += sign * point.bad;
    sum.all += sign * point.all;
    sum.known += sign;
  };
  return points.map((point, at) => {
    add(point, 1);
    add(points[at - size], -1);
    if (sum.known < coverage * Math.min(size, at + 1)) return Number.NaN;
    return sum.all <= 0 ? 0 : Math.max(0, sum.bad) / sum.all / (1 - objective);
  });
}
