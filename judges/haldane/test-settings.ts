/** The parts of the test of one metric; each sees another kind of change. */
export type ComponentName = 'whole' | 'half' | 'quarter' | 'spikes' | 'late4' | 'late8' | 'scatter' | 'modes' | 'trend';

/** What may be set; everything else in the test is fixed. */
export interface TestSettings {
  /** A relative change below this is no difference: 0.02 is 2 %. */
  readonly delta: number;
  /** The standard deviation, in logarithms, of harmless lasting differences between two groups of machines. */
  readonly tau: number;
  /** The correlation of neighbouring points that is believed before any is seen. From 0 to below 1. */
  readonly prior: number;
  /** The same of changes from point to point; as `prior` where it is not given. */
  readonly scatterPrior?: number;
  /** How many pairs the last half and the last quarter must hold to be looked at by themselves. */
  readonly halfPairs: number;
  readonly quarterPairs: number;
  /** Whether the last quarter and eighth are looked at when they are too short for that. */
  readonly lateWindows: boolean;
  /** How many times as much the canary may scatter without being suspicious. */
  readonly scatterLimit: number;
  /**
   * How a metric's error budget is split between the parts; only those present count. `trend` came later and has its share
   * beside the others, which keep theirs: with it they sum to 1.05.
   */
  readonly weights: Readonly<Record<ComponentName, number>>;
  /** From how many steps each point is made: 15 for `rate(x[15m])` every minute. At least 1. */
  readonly overlap: number;
}

/** Measured: `tau` and `prior` on pairs of real machines that ran the same version, the weights also on simulations. */
export const DEFAULT_TEST_SETTINGS: TestSettings = {
  delta: 0.02,
  tau: 0.015,
  prior: 0.4,
  halfPairs: 6,
  quarterPairs: 12,
  lateWindows: true,
  scatterLimit: 1.5,
  weights: {
    whole: 0.63,
    half: 0.14,
    quarter: 0.09,
    spikes: 0.08,
    late4: 0.03,
    late8: 0.03,
    scatter: 0.05,
    modes: 0.63,
    trend: 0.05,
  },
  overlap: 1,
};

/** Fewer points than this are never tested. */
export const MINIMUM_POINTS = 5;

/** What every estimate of a level is held against. */
export function marginOf({ delta, tau }: TestSettings): { limit: number; tau: number } {
  return { limit: Math.log1p(delta), tau };
}
