import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { type Draws, drawsOf, seriesOf } from './random-series.ts';

export interface ReplayCase {
  readonly name: string;
  readonly config: CanaryConfig;
  readonly thresholds: { readonly pass: number; readonly marginal: number };
  readonly pairs: readonly MetricSetPair[];
}

/** Every judge that is no service of its own, with settings of a metric. */
const JUDGES = {
  'NetflixACAJudge-v1.0': { direction: 'increase' },
  'HaldaneJudge-v1.0': { direction: 'increase' },
  'WelchTJudge-v1.0': { direction: 'increase' },
  'MannWhitneyJudge-v1.0': { direction: 'increase' },
  'ThresholdJudge-v1.0': { limits: { increase: 0.1, max: 1000 } },
  'DriftJudge-v1.0': { data: 'samples' },
};

/** A value of each kind, and how much higher it is in the canary. */
const KINDS: Readonly<Record<string, { readonly value: (draws: Draws) => number; readonly factor: number }>> = {
  latency: { value: (draws) => 120 * Math.exp(0.1 * draws.normal()), factor: 1.2 },
  requests: { value: (draws) => draws.poisson(400), factor: 1 },
  errors: { value: (draws) => draws.poisson(2), factor: 1 },
  balance: { value: (draws) => draws.normal(), factor: 1 },
  gaps: { value: (draws) => (draws.uniform() < 0.2 ? Number.NaN : 5 + draws.normal()), factor: 1 },
};

/** Canaries of 60 points with all kinds of values, one for each judge. */
export function replayCases(): ReplayCase[] {
  return Object.entries(JUDGES).map(([judge, canary]) => ({
    name: judge,
    config: {
      name: 'replayed',
      judge: { name: judge },
      metrics: Object.keys(KINDS).map((name) => ({
        name,
        groups: [name],
        scopeName: 'default',
        query: { type: 'inline', serviceType: 'inline' },
        analysisConfigurations: { canary },
      })),
      classifier: { groupWeights: Object.fromEntries(Object.keys(KINDS).map((name) => [name, 20])) },
    },
    thresholds: { pass: 95, marginal: 75 },
    pairs: Object.entries(KINDS).map(([name, { value, factor }], index) => {
      const draws = drawsOf('replay', name);
      return {
        name,
        id: `pair-${index}`,
        tags: {},
        values: {
          control: seriesOf(60, () => value(draws)),
          experiment: seriesOf(60, () => factor * value(draws)),
        },
        scopes: { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } },
      };
    }),
  }));
}
