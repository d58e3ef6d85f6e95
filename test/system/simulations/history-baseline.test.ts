import { describe, expect, it, vi } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { autoregressive, type Draws, drawsOf } from '../../support/samples/random-series.ts';

// Canaries of eight metrics whose days differ by themselves, judged beside earlier days: what docs/history.md says of false
// alarms and of what is found. Seeds are fixed, so every share is one number.
vi.setConfig({ testTimeout: 600_000 });

const [METRICS, POINTS, CANARIES] = [8, 60, 200];
const config = {
  judge: { name: haldane.name },
  metrics: Array.from({ length: METRICS }, (_, index) => ({
    name: `m${index}`,
    groups: ['g'],
    analysisConfigurations: { canary: { direction: 'increase' } },
  })),
  classifier: { groupWeights: { g: 100 } },
};

interface Past {
  /** by how much days differ, as a standard deviation of logarithms */
  readonly days: number;
  readonly windows: number;
  /** what the first metric of the canary is worse by; 0: nothing */
  readonly worse: number;
}

/** The shares of canaries that fail and that are marginal, in percent. */
async function verdicts({ days, windows, worse }: Past): Promise<{ fail: number; marginal: number }> {
  const draws = drawsOf('history', days, windows, worse);
  const counts = { Pass: 0, Marginal: 0, Fail: 0 };
  for (let canary = 0; canary < CANARIES; canary++) {
    const metricSetPairList = Array.from({ length: METRICS }, (_, index) => {
      return pairOf(draws, `m${index}`, { days, windows, worse: index === 0 ? worse : 0 });
    });
    const request = { canaryConfig: config, scoreThresholds: { pass: 95, marginal: 75 }, metricSetPairList };
    const { score } = await haldane.judge(request, new AbortController().signal);
    counts[score.classification as keyof typeof counts]++;
  }
  const percent = (count: number) => (100 * count) / CANARIES;
  return { fail: percent(counts.Fail), marginal: percent(counts.Marginal) };
}

function pairOf(draws: Draws, name: string, { days, windows, worse }: Past): MetricSetPair {
  const day = (change = 0) => {
    const level = days * draws.normal() + Math.log1p(change);
    return autoregressive(draws, POINTS, 0.3).map((noise) => 100 * Math.exp(level + 0.1 * noise));
  };
  const [control = [], ...earlier] = Array.from({ length: windows }, () => day());
  return {
    ...{ name, id: name, tags: {}, values: { control, experiment: day(worse) } },
    ...(windows === 1 ? {} : { earlier: earlier.map((values) => ({ values: { control: values } })) }),
  };
}

describe('sound canaries beside earlier days', () => {
  it.each([0, 0.02, 0.05, 0.1])(
    'keep the error budget with three days or more, whatever days differ: %s',
    async (days) => {
      for (const windows of [3, 5, 7]) {
        const { fail, marginal } = await verdicts({ days, windows, worse: 0 });
        console.info(`days ${days}, ${windows} windows: ${fail} % fail, ${marginal} % marginal`);
        expect([windows, fail <= 5]).toEqual([windows, true]);
      }
    },
  );

  it.each([
    [0.02, 2, 15],
    [0.05, 40, 80],
    [0.1, 80, 100],
  ])('fail too often beside one day that differs: %s', async (days, least, most) => {
    const { fail } = await verdicts({ days, windows: 1, worse: 0 });
    console.info(`days ${days}, 1 window: ${fail} % fail`);
    expect(fail).toBeGreaterThanOrEqual(least);
    expect(fail).toBeLessThanOrEqual(most);
  });
});

describe('canaries that are worse in one metric', () => {
  it.each([
    [0.02, 3, 0.25, 20, 90],
    [0.02, 7, 0.25, 95, 97],
    [0.05, 3, 0.5, 30, 90],
    [0.05, 7, 0.5, 90, 97],
    [0.1, 7, 0.5, 30, 75],
  ])('days differ by %s, %s windows, worse by %s', async (days, windows, worse, leastFail, leastNotPassed) => {
    const { fail, marginal } = await verdicts({ days, windows, worse });
    console.info(`days ${days}, ${windows} windows, worse by ${worse}: ${fail} % fail, ${marginal} % marginal`);
    expect(fail).toBeGreaterThanOrEqual(leastFail);
    expect(fail + marginal).toBeGreaterThanOrEqual(leastNotPassed);
  });
});
