import { incompleteBeta } from '../stats/distributions/incomplete-beta.ts';
import { incompleteBetaOdds } from '../stats/distributions/incomplete-beta-quantile.ts';
import type { Tails } from './tails.ts';

/** Events of two arms, each as many independent ones as would say as much; need not be whole numbers. */
export interface EventCounts {
  readonly control: number;
  readonly experiment: number;
  /** How many events of the canary belong to one of the control when their rates are equal. */
  readonly exposure: number;
}

export const NO_EVENTS: EventCounts = { control: 0, experiment: 0, exposure: 1 };

/** The counts that "the canary's rate is higher" is judged by, and, from the control's point of view, "it is lower". */
export interface EventTest {
  readonly high: EventCounts;
  readonly low: EventCounts;
}

/** When both sides are judged by the same counts. */
export function symmetricTest({ control, experiment, exposure }: EventCounts): EventTest {
  return {
    high: { control, experiment, exposure },
    low: { control: experiment, experiment: control, exposure: 1 / exposure },
  };
}

/** How likely so many events of the canary are when its rate is 1 + delta times the control's; likewise the control's. */
export function eventTails({ high, low }: EventTest, delta: number): Tails {
  return { high: upperTail(high, delta), low: upperTail(low, delta) };
}

/**
 * P(Binomial(E + C, π) >= E) continued to real numbers: given all events, each is the canary's with chance π.
 *
 * Source: J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31
 * (1940).
 */
function upperTail({ control, experiment, exposure }: EventCounts, delta: number): number {
  if (!(experiment > 0)) return 1;
  const odds = (1 + delta) * exposure;
  return incompleteBeta(odds / (1 + odds), experiment, control + 1, 1 / (1 + odds));
}

/** The ratio of the rates; infinite when the control has no events, 1 when neither arm has. */
export function rateRatio({ high: { control, experiment, exposure } }: EventTest): number {
  if (control === 0 && experiment === 0) return 1;
  return experiment / control / exposure;
}

/** The ratio that the true one exceeds with this confidence: where the test for High would have p = 1 - confidence. */
export function lowerRateRatio({ high }: EventTest, confidence: number): number {
  return lowerBound(high, confidence);
}

/** The ratio that the true one stays below with this confidence. */
export function upperRateRatio({ low }: EventTest, confidence: number): number {
  return 1 / lowerBound(low, confidence);
}

function lowerBound({ control, experiment, exposure }: EventCounts, confidence: number): number {
  if (!(experiment > 0)) return 0;
  return incompleteBetaOdds(1 - confidence, experiment, control + 1) / exposure;
}

/** The standard deviation of the logarithm of the ratio, about. */
export function logRatioError({ high: { control, experiment } }: EventTest): number {
  return Math.sqrt(1 / (experiment + 0.5) + 1 / (control + 0.5));
}
