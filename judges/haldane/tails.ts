import { studentTQuantile } from '../stats/distributions/student-t-quantile.ts';
import { studentTSurvival } from '../stats/distributions/student-t-survival.ts';

/** Two one-sided p-values: that the canary is no higher, and that it is no lower, than the margin allows. */
export interface Tails {
  readonly high: number;
  readonly low: number;
}

export const NOTHING_SEEN: Tails = { high: 1, low: 1 };

export function exchanged({ high, low }: Tails): Tails {
  return { high: low, low: high };
}

/** An estimate of how far the canary lies above the control, with the error that its points leave. */
export interface Estimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

export interface Margin {
  /** A difference up to here is none. */
  readonly limit: number;
  /** Standard deviation of harmless lasting differences. */
  readonly tau: number;
}

/** The variance of an estimate with harmless differences added, and its degrees of freedom. */
export function spreadOf({ standardError, degreesOfFreedom }: Estimate, tau: number): { variance: number; df: number } {
  const variance = standardError ** 2 + tau ** 2;
  // Welch and Satterthwaite; tau is taken as known, with infinitely many degrees of freedom.
  return { variance, df: (variance / standardError ** 2) ** 2 * degreesOfFreedom };
}

/** The p-values of an estimate; `points` is what a series without any variation counts as. */
export function tailsOf(estimate: Estimate, { limit, tau }: Margin, points: number): Tails {
  if (!(estimate.standardError > NO_VARIATION)) return tailsWithoutVariation(estimate.estimate, limit, points);
  const { variance, df } = spreadOf(estimate, tau);
  const tail = (excess: number) => studentTSurvival(excess / Math.sqrt(variance), df);
  return { high: tail(estimate.estimate - limit), low: tail(-estimate.estimate - limit) };
}

/** A standard error up to here is none: series that do not vary at all. */
export const NO_VARIATION = 1e-12;

/** The sign test: every point lies on the same side. */
export function tailsWithoutVariation(difference: number, limit: number, points: number): Tails {
  const p = 0.5 ** points;
  return { high: difference > limit ? p : 1, low: -difference > limit ? p : 1 };
}

/** How far the true difference may lie from the estimate, on one side, with this confidence. */
export function reachOf(estimate: Estimate, tau: number, confidence: number): number {
  const { variance, df } = spreadOf(estimate, tau);
  return studentTQuantile(confidence, df) * Math.sqrt(variance);
}
