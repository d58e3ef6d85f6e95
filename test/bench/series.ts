import { createSeededRandom } from '../../judges/stats/numerics/seeded-random.ts';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';

export const KINDS = ['continuous', 'counts'] as const;
export type Kind = (typeof KINDS)[number];

/** A request of `metrics` pairs with `points` per side; deterministic. */
export function benchRequest(kind: Kind, metrics: number, points: number): JudgeRequest {
  const random = createSeededRandom(Float64Array.of(metrics, points, KINDS.indexOf(kind)));
  const series = (level: number) =>
    Array.from({ length: points }, () => {
      const value = level * (1 + 0.1 * random.normal());
      return kind === 'counts' ? Math.max(0, Math.round(value / 5)) : value;
    });
  const names = Array.from({ length: metrics }, (_, index) => `metric ${index}`);
  return {
    canaryConfig: {
      metrics: names.map((name) => ({
        name,
        query: { type: 'prometheus', serviceType: 'prometheus' },
        groups: ['all'],
      })),
      classifier: { groupWeights: { all: 100 } },
    },
    scoreThresholds: { pass: 95, marginal: 75 },
    metricSetPairList: names.map((name, index) => ({
      name,
      id: String(index),
      tags: {},
      values: { control: series(100), experiment: series(100 + (index % 3)) },
    })),
  };
}
