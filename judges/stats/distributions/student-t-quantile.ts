import { normalQuantile } from './normal-quantile.ts';
import { studentTCentral, studentTDensity, studentTSurvival } from './student-t-survival.ts';

/**
 * The quantile of Student's t distribution: the t with P(T <= t) = p. -Infinity at 0, Infinity at 1, NaN outside.
 *
 * Relative error about 1e-13 for p down to 1e-100. Newton's method from a side where it cannot overshoot: in the
 * middle P(0 < T < t) is concave, in the tail ln P(T > t) is concave in ln t.
 *
 * Source: the distribution function is inverted directly; see `studentTSurvival`.
 *
 * @example studentTQuantile(0.99, 10) // 2.763769458
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p <= 1 && degreesOfFreedom > 0)) return Number.NaN;
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return normalQuantile(p);
  if (p < 0.5) return -upperQuantile(p, degreesOfFreedom);
  // 1 - p is exact for p >= 1/2
  return upperQuantile(1 - p, degreesOfFreedom);
}

const MAX_STEPS = 100;
const SMALL_STEP = 4 * Number.EPSILON;

function upperQuantile(tail: number, degreesOfFreedom: number): number {
  if (tail === 0) return Number.POSITIVE_INFINITY;
  return tail > 0.25 ? centralRoot(0.5 - tail, degreesOfFreedom) : tailRoot(tail, degreesOfFreedom);
}

/** The t with P(0 < T < t) = mass. */
function centralRoot(mass: number, degreesOfFreedom: number): number {
  let t = mass / studentTDensity(0, degreesOfFreedom);
  for (let step = 0; step < MAX_STEPS; step++) {
    const change = (mass - studentTCentral(t, degreesOfFreedom)) / studentTDensity(t, degreesOfFreedom);
    t += change;
    if (Math.abs(change) <= SMALL_STEP * t) break;
  }
  return t;
}

/** The t with P(T > t) = tail. */
function tailRoot(tail: number, degreesOfFreedom: number): number {
  let t = -normalQuantile(tail);
  for (let step = 0; step < MAX_STEPS; step++) {
    const survival = studentTSurvival(t, degreesOfFreedom);
    if (survival === 0) break;
    const slope = (t * studentTDensity(t, degreesOfFreedom)) / survival;
    const change = Math.log(survival / tail) / slope;
    t *= Math.exp(change);
    if (Math.abs(change) <= SMALL_STEP) break;
  }
  return t;
}
