import { type EventTest, logRatioError, lowerRateRatio, rateRatio, upperRateRatio } from './event-test.ts';
import type { Level } from './level.ts';
import { reachOf } from './tails.ts';
import type { Inflation } from './variance-inflation.ts';

/** How much the canary differs, as a relative change: 0.1 is 10 % more. The bounds belong to the estimate. */
export interface Effect {
  readonly change: number;
  /** Where the true change lies with 95 % confidence. Upper may be Infinity, and so may change, if the control has none. */
  readonly lower: number;
  readonly upper: number;
  /** What the true change is at least, or at most, with 95 % confidence each by itself. */
  readonly atLeast: number;
  readonly atMost: number;
  readonly points: number;
  /** How many independent points would say as much. */
  readonly effectivePoints: number;
  /** The correlation of neighbouring points. */
  readonly autocorrelation: number;
  readonly noise: Noise;
}

/** What a forecast needs: the error of the estimate on the scale where a change of 1 + x is ln(1 + x). */
export interface Noise {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** How many degrees of freedom estimating the level cost. */
  readonly spent: number;
  readonly points: number;
  readonly tau: number;
}

const TWO_SIDED = 0.975;
const ONE_SIDED = 0.95;

export function effectOfLevel(level: Level, tau: number, scale: 'logarithm' | 'relative'): Effect {
  const change = (shift: number) => (scale === 'logarithm' ? Math.expm1(shift) : shift);
  const { estimate, points, effectivePoints, autocorrelation } = level;
  const [reach, oneSided] = [reachOf(level, tau, TWO_SIDED), reachOf(level, tau, ONE_SIDED)];
  return {
    change: change(estimate),
    lower: change(estimate - reach),
    upper: change(estimate + reach),
    atLeast: change(estimate - oneSided),
    atMost: change(estimate + oneSided),
    points,
    effectivePoints,
    autocorrelation,
    noise: {
      standardError: level.standardError,
      degreesOfFreedom: level.degreesOfFreedom,
      spent: level.candidate === 'paired' ? 1 : 2,
      points,
      tau,
    },
  };
}

export function effectOfEvents(test: EventTest, points: number, { factor, autocorrelation }: Inflation): Effect {
  return {
    change: rateRatio(test) - 1,
    lower: lowerRateRatio(test, TWO_SIDED) - 1,
    upper: upperRateRatio(test, TWO_SIDED) - 1,
    atLeast: lowerRateRatio(test, ONE_SIDED) - 1,
    atMost: upperRateRatio(test, ONE_SIDED) - 1,
    points,
    effectivePoints: points / factor,
    autocorrelation,
    noise: {
      standardError: logRatioError(test),
      degreesOfFreedom: Number.POSITIVE_INFINITY,
      spent: 0,
      points,
      tau: 0,
    },
  };
}
