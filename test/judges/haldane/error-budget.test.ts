import { describe, expect, test, vi } from 'vitest';
import { judgeSeriesPair, type SeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { autoregressive, type Draws, drawsOf, seriesOf } from '../../support/samples/random-series.ts';

// Thousands of judgements, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

type Arms = Pick<SeriesPair, 'control' | 'experiment' | 'requests'>;
type Make = (draws: Draws, points: number, change: number) => Arms;

const FAMILIES: Record<string, Make> = {
  'independent values': (draws, points, change) => ({
    control: seriesOf(points, () => 100 * Math.exp(0.1 * draws.normal())),
    experiment: seriesOf(points, () => 100 * change * Math.exp(0.1 * draws.normal())),
  }),
  'correlated values': (draws, points, change) => ({
    control: autoregressive(draws, points, 0.5).map((x) => 100 * Math.exp(0.05 * x)),
    experiment: autoregressive(draws, points, 0.5).map((x) => 100 * change * Math.exp(0.05 * x)),
  }),
  'shared load': (draws, points, change) => {
    const load = autoregressive(draws, points, 0.95);
    const arm = (level: number) => load.map((x) => level * Math.exp(0.2 * x + 0.04 * draws.normal()));
    return { control: arm(100), experiment: arm(100 * change) };
  },
  'rare errors': (draws, points, change) => ({
    control: seriesOf(points, () => draws.poisson(0.8)),
    experiment: seriesOf(points, () => draws.poisson(0.8 * change)),
  }),
  'errors and requests': (draws, points, change) => {
    const load = autoregressive(draws, points, 0.9).map((x) => Math.exp(0.2 * x));
    const requests = {
      control: load.map((x) => Math.round(1000 * x)),
      experiment: load.map((x) => Math.round(200 * x)),
    };
    return {
      requests,
      control: requests.control.map((count) => draws.poisson(0.01 * count)),
      experiment: requests.experiment.map((count) => draws.poisson(0.01 * change * count)),
    };
  },
};

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
    const draws = drawsOf(1);
    expect(shareBelow(0.01, () => make(draws, 12, 1), 1500)).toBeLessThanOrEqual(0.02);
    expect(shareBelow(0.01, () => make(draws, 60, 1), 300)).toBeLessThanOrEqual(0.02);
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
    const draws = drawsOf(2);
    const make = FAMILIES[family] as Make;
    expect(shareBelow(0.01, () => make(draws, points, change), 200)).toBeGreaterThanOrEqual(least);
  });
});
