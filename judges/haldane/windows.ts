import { MINIMUM_POINTS, type TestSettings } from './test-settings.ts';

/** The last part of a series, looked at by itself to find what began there. */
export interface Window {
  readonly name: 'half' | 'quarter' | 'late4' | 'late8';
  /** Its first place on the grid. */
  readonly from: number;
  readonly points: number;
  /** Too short to show its own scatter: the whole series' is taken. */
  readonly late: boolean;
}

const FEWEST_IN_LATE = 3;
const FEWEST_IN_ALL = 12;
const SHORTEST_EIGHTH = 3;

/**
 * The windows that hold enough points, given how many there are from a place on. The grid, not the points, sets where they
 * start.
 */
export function windowsOf(length: number, pointsFrom: (place: number) => number, settings: TestSettings): Window[] {
  const windows: Window[] = [];
  const allPoints = pointsFrom(0);
  const [half, quarter] = [Math.floor(length / 2), length - Math.floor(length / 4)];
  const inHalf = pointsFrom(half);
  if (inHalf >= Math.max(settings.halfPairs, MINIMUM_POINTS)) {
    windows.push({ name: 'half', from: half, points: inHalf, late: false });
  }
  const inQuarter = pointsFrom(quarter);
  if (inQuarter >= Math.max(settings.quarterPairs, MINIMUM_POINTS)) {
    windows.push({ name: 'quarter', from: quarter, points: inQuarter, late: false });
  } else if (settings.lateWindows && isLate(inQuarter, allPoints)) {
    windows.push({ name: 'late4', from: quarter, points: inQuarter, late: true });
  }
  const eighth = length - Math.max(SHORTEST_EIGHTH, Math.floor(length / 8));
  const inEighth = pointsFrom(eighth);
  if (settings.lateWindows && eighth > quarter && isLate(inEighth, allPoints)) {
    windows.push({ name: 'late8', from: eighth, points: inEighth, late: true });
  }
  return windows;
}

/** Whether so many points at the end of so many are enough, and few enough, to be held against those before. */
export function isLate(points: number, allPoints: number): boolean {
  return points >= FEWEST_IN_LATE && allPoints >= FEWEST_IN_ALL && allPoints - points >= 2 * points;
}
