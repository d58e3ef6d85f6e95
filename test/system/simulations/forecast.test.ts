import { expect, it, vi } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { forecastSeries } from '../../../src/engine/judging/forecast-series.ts';
import { judgeSeries } from '../../../src/engine/judging/judge-series.ts';
import { autoregressive, drawsOf } from '../../support/samples/random-series.ts';

// Whether a change of the allowed size is found with the probability that a forecast promises, once its time is over.
// Seeds are fixed, so every share is one number.
vi.setConfig({ testTimeout: 120_000 });

const judges = createJudges({});
const { signal } = new AbortController();
const scopes = { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } };
const TRIALS = 200;
const config: CanaryConfig = {
  judge: { name: HALDANE_JUDGE },
  metrics: [{ name: 'latency', groups: ['all'], analysisConfigurations: { canary: { direction: 'increase' } } }],
  classifier: { groupWeights: { all: 100 } },
};

interface Canary {
  readonly seed: string;
  readonly points: number;
  readonly rho: number;
  /** the canary's share of the traffic; the noise of a side is of its requests */
  readonly share: number;
  readonly worse: number;
}

/** At a share of a half, 30 % noise of each point. */
function canary({ seed, points, rho, share, worse }: Canary): MetricSetPair {
  const draws = drawsOf('forecast', seed, points, rho, share);
  const arm = (own: number, factor: number) => {
    const deviation = 0.3 * Math.sqrt(0.5 / own);
    return autoregressive(draws, points, rho).map((value) => factor * 100 * Math.exp(deviation * value));
  };
  return { name: 'latency', values: { control: arm(1 - share, 1), experiment: arm(share, worse) }, scopes };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What is promised after 60 points without any change, and how often 25 % are found once so much time is over. */
async function promiseAndTruth(rho: number, percent: number) {
  const promised: number[] = [];
  for (let trial = 0; trial < 40; trial++) {
    const pairs = [canary({ seed: `before ${trial}`, points: 60, rho, share: 0.5, worse: 1 })];
    const [told] = await forecastSeries({ judges, config, pairs, trafficPercent: 50 }, signal);
    const step = told?.ramp.find((one) => one.percent === percent);
    promised.push(step?.minutes ?? Number.POSITIVE_INFINITY);
  }
  const points = Math.ceil(median(promised));
  let found = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const pairs = [canary({ seed: `after ${trial}`, points, rho, share: percent / 100, worse: 1.25 })];
    const { results } = await judgeSeries({ judges, config, thresholds: {}, pairs }, signal);
    if (results[0]?.classification === 'High') found++;
  }
  return { points, share: found / TRIALS };
}

it.each([
  [0, 50],
  [0.5, 50],
  [0, 5],
  [0.5, 25],
])('neighbours correlated by %f, a percentage of %i: found in nine of ten canaries', async (rho, percent) => {
  const { points, share } = await promiseAndTruth(rho, percent);
  expect({ points, share, near: share > 0.82 && share <= 0.99 }).toEqual({ points, share, near: true });
});
