import { describe, expect, it } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import { oneMetric } from '../../../judges/haldane/one-metric.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { drawsOf, seriesOf } from '../../support/samples/random-series.ts';

const { signal } = new AbortController();
const scopes = { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } };
const NAMES = ['latency', 'errors', 'cpu', 'memory', 'queue'];

const config: CanaryConfig = {
  judge: { name: haldane.name, judgeConfigurations: { errorBudget: 0.05 } },
  metrics: NAMES.map((name) => ({
    name,
    groups: ['all'],
    analysisConfigurations: { canary: { direction: 'increase', critical: name === 'errors' } },
  })),
  classifier: { groupWeights: { all: 100 } },
};

/** One metric is worse by a little more than nothing, so that chance decides whether it is found. */
function canary(trial: number, worse: string): MetricSetPair[] {
  const draws = drawsOf('one metric', trial);
  const arm = (factor: number) => seriesOf(60, () => factor * 100 * Math.exp(0.1 * draws.normal()));
  return NAMES.map((name) => ({
    name,
    values: { control: arm(1), experiment: arm(name === worse ? 1.09 : 1) },
    scopes,
  }));
}

async function called(canaryConfig: CanaryConfig, pairs: readonly MetricSetPair[], name: string): Promise<string> {
  const kept = new Set((canaryConfig.metrics ?? []).map((metric) => metric.name));
  const metricSetPairList = pairs.filter((pair) => kept.has(pair.name));
  const { results } = await haldane.judge({ canaryConfig, scoreThresholds: {}, metricSetPairList }, signal);
  return results.find((result) => result.name === name)?.classification ?? '';
}

describe('one metric by itself', () => {
  it.each(['latency', 'errors'])('is called what it is called among all: %s', async (name) => {
    const [trials, told] = [60, { same: 0, found: 0 }];
    for (let trial = 0; trial < trials; trial++) {
      const pairs = canary(trial, name);
      const among = await called(config, pairs, name);
      const alone = await called(oneMetric(config, pairs, name), pairs, name);
      // Among others that chance makes look worse it may be found a little more often, never less.
      if (alone === 'High') expect(among).toBe('High');
      if (alone === among) told.same++;
      if (among === 'High') told.found++;
    }
    expect(told.found).toBeGreaterThan(0.2 * trials);
    expect(told.found).toBeLessThan(0.9 * trials);
    expect(told.same).toBeGreaterThanOrEqual(0.98 * trials);
  });

  it('has its part of the error budget, and the metrics beside it, which do not count', () => {
    const [first, ...others] = config.metrics ?? [];
    const canarySettings = { direction: 'increase', ratioOf: 'cpu', critical: false };
    const asked = { ...config, metrics: [{ ...first, analysisConfigurations: { canary: canarySettings } }, ...others] };
    const pairs = canary(0, 'latency');
    const alone = oneMetric(asked, pairs, 'latency');
    expect(alone.judge?.judgeConfigurations?.errorBudget).toBeCloseTo(0.05 / 2 / 4, 12);
    expect(alone.metrics?.map(({ name }) => name)).toEqual(['latency', 'cpu']);
    expect(alone.metrics?.[1]?.analysisConfigurations?.canary).toMatchObject({ muted: true });
    expect(oneMetric(config, pairs, 'errors').judge?.judgeConfigurations?.errorBudget).toBeCloseTo(0.05 / 2, 12);
  });
});
