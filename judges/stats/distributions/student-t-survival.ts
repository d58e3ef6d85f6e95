import { incompleteBeta } from './incomplete-beta.ts';
import { normalDensity, normalSurvival } from './normal-survival.ts';
import { poissonDeviance } from './poisson-deviance.ts';
import { stirlingError } from './stirling-error.ts';

/**
 * The upper tail of Student's t distribution, P(T > t); the lower tail is `studentTSurvival(-t, …)`.
 *
 * Relative error about 1e-13 in the tail as in the middle. `degreesOfFreedom` is any number above 0; infinitely
 * many are the normal distribution. Beyond |t| = 1e154 the tail is reported as 0.
 *
 * Source: DLMF 8.17; Abramowitz and Stegun 26.7.1: 2 P(T > t) = I_x(ν/2, 1/2) with x = ν / (ν + t²).
 *
 * @example studentTSurvival(2.764, 10) // 0.009996044, near the 1 % point of 10 degrees of freedom
 */
export function studentTSurvival(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return normalSurvival(t);
  if (t < 0) return 1 - studentTSurvival(-t, degreesOfFreedom);
  const { x, complement } = betaArguments(t, degreesOfFreedom);
  return 0.5 * incompleteBeta(x, degreesOfFreedom / 2, 0.5, complement);
}

/**
 * P(0 < T < t) for t >= 0: what lies between the middle and t, accurate where t is small.
 *
 * @example studentTCentral(1, 1) // 0.25
 */
export function studentTCentral(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return 0.5 - normalSurvival(t);
  const { x, complement } = betaArguments(t, degreesOfFreedom);
  return 0.5 * incompleteBeta(complement, 0.5, degreesOfFreedom / 2, x);
}

/**
 * The density of Student's t distribution.
 *
 * @example studentTDensity(0, 1) // 0.3183098861837907, which is 1/π
 */
export function studentTDensity(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return normalDensity(t);
  const half = degreesOfFreedom / 2;
  const power = (half + 0.5) * Math.log1p((t * t) / degreesOfFreedom);
  const gammas = stirlingError(half + 0.5) - stirlingError(half) - poissonDeviance(half, half + 0.5);
  return Math.exp(gammas - power) / Math.sqrt(2 * Math.PI);
}

function betaArguments(t: number, degreesOfFreedom: number): { x: number; complement: number } {
  const squared = t * t;
  if (squared === Number.POSITIVE_INFINITY) return { x: 0, complement: 1 };
  return { x: degreesOfFreedom / (degreesOfFreedom + squared), complement: squared / (degreesOfFreedom + squared) };
}
