import { expect, it, vi } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { backtestSeries } from '../../../src/engine/backtest/backtest-series.ts';
import { autoregressive, type Draws, drawsOf } from '../../support/samples/random-series.ts';

// What a backtest says of probabilities, held against series of which they are known. Seeds are fixed.
vi.setConfig({ testTimeout: 120_000 });

const judges = createJudges({});
const { signal } = new AbortController();
const [POINTS, WINDOWS] = [60, 400];
const scope = { stepMillis: 60_000, startTimeMillis: Date.UTC(2026, 0, 1) };
const NAMES = ['latency', 'errors', 'cpu', 'queue'];
const config = (names: readonly string[]): CanaryConfig => ({
  judge: { name: HALDANE_JUDGE },
  metrics: names.map((name) => ({
    name,
    groups: ['all'],
    analysisConfigurations: { canary: { direction: 'increase' } },
  })),
  classifier: { groupWeights: { all: 100 } },
});

/** Two arms of a metric in which nothing changes: 5 % noise of their own, neighbours correlated by `rho`. */
function series(draws: Draws, name: string, rho: number): MetricSetPair {
  const arm = () => autoregressive(draws, WINDOWS * POINTS, rho).map((value) => 100 * Math.exp(0.05 * value));
  return { name, values: { control: arm(), experiment: arm() }, scopes: { control: scope, experiment: scope } };
}
const options = { judges, thresholds: { pass: 95, marginal: 75 }, windowMillis: POINTS * 60_000, judgements: 1e6 };

it('of canaries in which nothing changes alarms within the error budget, and says so', async () => {
  const pairs = NAMES.map((name) => series(drawsOf('a/a', name), name, 0.3));
  const beside = ['NetflixACAJudge-v1.0', 'WelchTJudge-v1.0'];
  const report = await backtestSeries({ ...options, config: config(NAMES), pairs, beside, changes: [] }, signal);
  const shares = Object.fromEntries(report.judges.map(({ judge, anyMetric }) => [judge, anyMetric.share ?? 1]));
  expect(report.judged).toBe(WINDOWS);
  // The error budget is 5 %: its interval must reach below it.
  expect(report.judges[0]?.anyMetric.lower).toBeLessThan(0.05);
  expect(shares['WelchTJudge-v1.0']).toBeGreaterThan(2 * (shares[HALDANE_JUDGE] ?? 1));
  for (const { autocorrelation, effectivePoints = 0 } of report.metrics) {
    expect(Math.abs((autocorrelation ?? 1) - 0.3)).toBeLessThan(0.15);
    expect(effectivePoints).toBeLessThan(60);
    expect(effectivePoints).toBeGreaterThan(15);
  }
});

it('the smallest change said to be found with 90 % is found with about that', async () => {
  for (const rho of [0, 0.5]) {
    const pairs = [series(drawsOf('power', rho), 'latency', rho)];
    const first = await backtestSeries({ ...options, config: config(['latency']), pairs, changes: [] }, signal);
    const { now = 0 } = first.metrics[0]?.smallestChange ?? {};
    const worse = pairs.map((pair) => {
      const experiment = (pair.values.experiment ?? []).map((value) => value * (1 + now));
      return { ...pair, values: { ...pair.values, experiment } };
    });
    const second = await backtestSeries({ ...options, config: config(['latency']), pairs: worse, changes: [] }, signal);
    const { lower = 0, upper = 1 } = second.metrics[0]?.judges[0]?.falseAlarms ?? {};
    expect(upper, `rho ${rho}`).toBeGreaterThan(0.85);
    expect(lower, `rho ${rho}`).toBeLessThan(0.97);
  }
});

it('larger changes are found more often, and later ones after more time', async () => {
  const pairs = [series(drawsOf('shares'), 'latency', 0.5)];
  const report = await backtestSeries({ ...options, config: config(['latency']), pairs }, signal);
  const [{ changes } = { changes: [] }] = report.metrics[0]?.judges ?? [];
  const shares = changes.slice(0, 4).map(({ found }) => found.share ?? 0);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[3]).toBe(1);
  expect(changes[3]?.byTime.map(({ found }) => found.share ?? 0)).toEqual(
    (changes[3]?.byTime.map(({ found }) => found.share ?? 0) ?? []).sort((a, b) => a - b),
  );
  expect(changes.find(({ change }) => change === 'late')?.found.share).toBeGreaterThan(0.9);
});
