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
const TRIALS = 400;
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
  /** of each point at a share of a half, as a share of the level */
  readonly noise: number;
  readonly worse: number;
}

function canary({ seed, points, rho, share, noise, worse }: Canary): MetricSetPair {
  const draws = drawsOf('forecast', seed, points, rho, share);
  const arm = (own: number, factor: number) => {
    const deviation = noise * Math.sqrt(0.5 / own);
    return autoregressive(draws, points, rho).map((value) => factor * 100 * Math.exp(deviation * value));
  };
  return { name: 'latency', values: { control: arm(1 - share, 1), experiment: arm(share, worse) }, scopes };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What is promised after 60 points without any change, and how often 25 % are found once so much time is over. */
async function promiseAndTruth({ rho, percent, noise }: { rho: number; percent: number; noise: number }) {
  const promised: number[] = [];
  for (let trial = 0; trial < 40; trial++) {
    const pairs = [canary({ seed: `before ${trial}`, points: 60, rho, share: 0.5, noise, worse: 1 })];
    const [told] = await forecastSeries({ judges, config, pairs, trafficPercent: 50 }, signal);
    const step = told?.ramp.find((one) => one.percent === percent);
    promised.push(step?.minutes ?? Number.POSITIVE_INFINITY);
  }
  const points = Math.ceil(median(promised));
  let found = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const pairs = [canary({ seed: `after ${trial}`, points, rho, share: percent / 100, noise, worse: 1.25 })];
    const { results } = await judgeSeries({ judges, config, thresholds: {}, pairs }, signal);
    if (results[0]?.classification === 'High') found++;
  }
  return { points, share: found / TRIALS };
}

// The promise must be longer than what was seen before it: of a window that is long enough, more than 90 % are found.
it.each([
  { rho: 0, percent: 50, noise: 0.45 },
  { rho: 0.3, percent: 50, noise: 0.35 },
  { rho: 0.5, percent: 50, noise: 0.3 },
  { rho: 0, percent: 5, noise: 0.4 },
  { rho: 0.5, percent: 25, noise: 0.3 },
  { rho: 0.3, percent: 1, noise: 0.32 },
])(
  'at $percent % of the traffic, neighbours correlated by $rho: nine of ten canaries are found in the time',
  async (of) => {
    const { points, share } = await promiseAndTruth(of);
    expect(points).toBeGreaterThan(60);
    expect({ share, isPromised: share >= 0.85 && share <= 0.95 }).toEqual({ share, isPromised: true });
  },
);

it('where neighbours share more than half, an hour hides how much varies: the promise is a little short', async () => {
  const { points, share } = await promiseAndTruth({ rho: 0.7, percent: 50, noise: 0.3 });
  expect(points).toBeGreaterThan(60);
  expect({ share, isNear: share >= 0.8 && share < 0.85 }).toEqual({ share, isNear: true });
});
