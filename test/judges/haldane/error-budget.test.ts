import { describe, expect, it, test, vi } from 'vitest';
import { flagMetrics } from '../../../judges/haldane/flag-metrics.ts';
import { judgeSeriesPair, type SeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { afterLook, type LookState } from '../../../judges/haldane/looks.ts';
import { createSeededRandom, type SeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';

// Thousands of judgements, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

type Arms = Pick<SeriesPair, 'control' | 'experiment' | 'requests'>;
type Make = (random: SeededRandom, points: number, change: number) => Arms;

const series = (points: number, value: (t: number) => number) => Array.from({ length: points }, (_, t) => value(t));

/** Gaussian, each value correlated with the one before. */
function autoregressive(random: SeededRandom, points: number, rho: number): number[] {
  let last = random.normal();
  return series(points, () => {
    const value = last;
    last = rho * last + Math.sqrt(1 - rho ** 2) * random.normal();
    return value;
  });
}

function poisson(random: SeededRandom, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  let [count, product] = [0, random.uniform()];
  for (; product > Math.exp(-mean); count++) product *= random.uniform();
  return count;
}

const FAMILIES: Record<string, Make> = {
  'independent values': (random, points, change) => ({
    control: series(points, () => 100 * Math.exp(0.1 * random.normal())),
    experiment: series(points, () => 100 * change * Math.exp(0.1 * random.normal())),
  }),
  'correlated values': (random, points, change) => ({
    control: autoregressive(random, points, 0.5).map((x) => 100 * Math.exp(0.05 * x)),
    experiment: autoregressive(random, points, 0.5).map((x) => 100 * change * Math.exp(0.05 * x)),
  }),
  'shared load': (random, points, change) => {
    const load = autoregressive(random, points, 0.95);
    const arm = (level: number) => load.map((x) => level * Math.exp(0.2 * x + 0.04 * random.normal()));
    return { control: arm(100), experiment: arm(100 * change) };
  },
  'rare errors': (random, points, change) => ({
    control: series(points, () => poisson(random, 0.8)),
    experiment: series(points, () => poisson(random, 0.8 * change)),
  }),
  'errors and requests': (random, points, change) => {
    const load = autoregressive(random, points, 0.9).map((x) => Math.exp(0.2 * x));
    const requests = {
      control: load.map((x) => Math.round(1000 * x)),
      experiment: load.map((x) => Math.round(200 * x)),
    };
    return {
      requests,
      control: requests.control.map((count) => poisson(random, 0.01 * count)),
      experiment: requests.experiment.map((count) => poisson(random, 0.01 * change * count)),
    };
  },
};

const seeded = (seed: number) => createSeededRandom(Float64Array.of(seed));

function pOf(arms: Arms): number | undefined {
  const result = judgeSeriesPair({ ...arms, direction: 'either' });
  return result.route === 'untested' ? undefined : result.p;
}

function shareBelow(limit: number, make: () => Arms, trials: number): number {
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) if ((pOf(make()) ?? 1) < limit) hits++;
  return hits / trials;
}

describe('of pairs in which nothing has changed', () => {
  // The true shares are 0.2 to 1 %; 2 % of 1,500 is four standard deviations above 1 %.
  test.each(Object.entries(FAMILIES))('%s are flagged at 1 % in no more than 2 %', (_name, make) => {
    const random = seeded(1);
    expect(shareBelow(0.01, () => make(random, 12, 1), 1500)).toBeLessThanOrEqual(0.02);
    expect(shareBelow(0.01, () => make(random, 60, 1), 300)).toBeLessThanOrEqual(0.02);
  });
});

describe('of pairs that have changed', () => {
  test.each([
    ['independent values', 1.25, 60, 0.95],
    ['correlated values', 1.25, 60, 0.95],
    ['shared load', 1.1, 30, 0.95],
    ['rare errors', 3, 30, 0.95],
    ['errors and requests', 2, 30, 0.8],
  ])('%s times %f are flagged at 1 % of %i points in at least %f', (family, change, points, least) => {
    const random = seeded(2);
    const make = FAMILIES[family] as Make;
    expect(shareBelow(0.01, () => make(random, points, change), 200)).toBeGreaterThanOrEqual(least);
  });
});

describe('a canary of eight unchanged metrics', () => {
  const makes = Object.values(FAMILIES);
  const canary = (random: SeededRandom, points: number) =>
    series(8, (i) => i).map((i) => (makes[i % makes.length] as Make)(random, points, 1));

  it('has one flagged in no more than 5 % of 400', () => {
    const random = seeded(3);
    let alarms = 0;
    for (let trial = 0; trial < 400; trial++) {
      const metrics = canary(random, 12).map((arms, i) => ({ p: pOf(arms), critical: i === 0 }));
      if (flagMetrics(metrics, 0.05).some(({ flagged }) => flagged)) alarms++;
    }
    expect(alarms / 400).toBeLessThanOrEqual(0.05);
  });

  it('has one flagged at any of six looks in no more than 5 % of 100', () => {
    const random = seeded(4);
    let alarms = 0;
    for (let trial = 0; trial < 100; trial++) if (alarmAtAnyLook(canary(random, 30), 6)) alarms++;
    expect(alarms / 100).toBeLessThanOrEqual(0.05);
  });
});

function alarmAtAnyLook(metrics: readonly Arms[], looks: number): boolean {
  const states = new Array<LookState | undefined>(metrics.length).fill(undefined);
  for (let look = 1; look <= looks; look++) {
    for (const [i, { control, experiment, requests }] of metrics.entries()) {
      const soFar = (values: ArrayLike<number>) => Array.from(values).slice(0, (values.length * look) / looks);
      const result = judgeSeriesPair({
        control: soFar(control),
        experiment: soFar(experiment),
        ...(requests && { requests: { control: soFar(requests.control), experiment: soFar(requests.experiment) } }),
        direction: 'either',
      });
      if (result.route !== 'untested') states[i] = afterLook(states[i], { ...result, fraction: look / looks });
    }
    const flags = flagMetrics(
      states.map((state) => ({ p: state?.p, critical: false })),
      0.05,
    );
    if (flags.some(({ flagged }) => flagged)) return true;
  }
  return false;
}
