import { describe, expect, it, vi } from 'vitest';
import { type CountMeasure, countDrift } from '../../../judges/stats/tests/count-drift.ts';
import { mcnemarTest, signedRankTest } from '../../../judges/stats/tests/paired-tests.ts';
import { sampleDrift } from '../../../judges/stats/tests/sample-drift.ts';
import { fisherTest } from '../../../judges/stats/tests/two-rates.ts';
import { alarms, categoriesOf, eventsOf, type Shape, samplesOf } from '../../support/unchanged-outputs.ts';

// Unchanged outputs, thousands of times: what is flagged at 5 % must be at most 5.5 %. Seeds are fixed, so every share is one
// number; the numbers of trials keep what chance adds to a share of 5 % below half a point for most.
vi.setConfig({ testTimeout: 300_000 });

const ALPHA = 0.05;
const ALLOWED = 0.055;
const MEASURES: readonly CountMeasure[] = ['chiSquare', 'g', 'jensenShannon', 'psi'];

/** What a share of 5 % may be found to be, in so many trials. */
function allowedOf(trials: number): number {
  return Math.max(ALLOWED, ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / trials));
}

describe('false alarms of counts', () => {
  // Permutation is exact whatever the number of trials; beyond 2,000 counts the fitted distribution has to prove itself.
  it.each<[n: number, m: number, cells: number, shape: Shape, trials: number]>([
    [50, 50, 10, 'skewed', 1500],
    [100, 100, 2, 'even', 4000],
    [1000, 1000, 10, 'skewed', 150],
    [2000, 2000, 10, 'skewed', 6000],
    [10_000, 500, 10, 'skewed', 4000],
    [5000, 1000, 100, 'even', 3000],
    [10_000, 10_000, 2000, 'skewed', 1500],
    [20_000, 20_000, 2000, 'even', 2500],
    [100_000, 100_000, 2, 'skewed', 600],
    [100_000, 100_000, 10, 'skewed', 600],
  ])('%d and %d outputs of %d %s categories: at most 5.5 % by every measure', (n, m, cells, shape, trials) => {
    const draw = categoriesOf(cells, shape);
    for (const measure of MEASURES) {
      const share = alarms(trials, n, ALPHA, (random) => {
        const counts = { control: draw(n, random), experiment: draw(m, random) };
        return countDrift(counts, measure, ALPHA)?.pValue ?? 1;
      });
      expect([measure, share <= allowedOf(trials), share]).toEqual([measure, true, share]);
      // A statistic that never fires is no test of drift either.
      expect([measure, share > 0.02]).toEqual([measure, true]);
    }
  });
});

describe('false alarms of samples', () => {
  it.each([
    ['ks', 50, 1500],
    ['wasserstein', 50, 1500],
    ['ks', 1000, 100],
    ['wasserstein', 2000, 100],
    ['ks', 10_000, 400],
    ['ks', 100_000, 60],
  ] as const)('by %s, %d outputs a side: at most 5.5 %, or what chance adds in %d trials', (measure, n, trials) => {
    const share = alarms(trials, n, ALPHA, (random) => {
      return sampleDrift(samplesOf(n, random), samplesOf(n, random), measure, ALPHA).pValue;
    });
    expect([measure, n, share <= allowedOf(trials), share]).toEqual([measure, n, true, share]);
  });
});

describe('false alarms of rates and pairs', () => {
  it.each([50, 1000, 20_000])('%d outputs a side: at most 5.5 %', (n) => {
    const trials = 4000;
    for (const alternative of ['greater', 'two-sided'] as const) {
      const fisher = alarms(trials, n, ALPHA, (random) => {
        const rate = () => ({ events: eventsOf(n, 0.03, random), trials: n });
        return fisherTest(rate(), rate(), alternative);
      });
      const mcnemar = alarms(trials, n + 1, ALPHA, (random) => {
        const pair = { onlyControl: eventsOf(n, 0.05, random), onlyExperiment: eventsOf(n, 0.05, random) };
        return mcnemarTest(pair, alternative);
      });
      expect([alternative, n, fisher <= ALLOWED && mcnemar <= ALLOWED, fisher, mcnemar]).toEqual([
        alternative,
        n,
        true,
        fisher,
        mcnemar,
      ]);
    }
  });

  it.each([50, 1000])('%d paired scores, with ties: at most 5.5 %', (n) => {
    const share = alarms(4000, n, ALPHA, ({ normal }) => {
      return signedRankTest(
        Array.from({ length: n }, () => Math.round(normal() * 4) / 4),
        'two-sided',
      );
    });
    expect([n, share <= ALLOWED, share]).toEqual([n, true, share]);
  });
});

it('the folk threshold of 0.10 for PSI would flag most unchanged batches of 100, and this judge does not', () => {
  let folk = 0;
  const trials = 1000;
  const draw = categoriesOf(10, 'even');
  const ours = alarms(trials, 100, ALPHA, (random) => {
    const [control, experiment] = [draw(100, random), draw(100, random)];
    const { statistic = 0, pValue = 1 } = countDrift({ control, experiment }, 'psi', ALPHA) ?? {};
    if (statistic > 0.1) folk++;
    return pValue;
  });
  expect(folk / trials).toBeGreaterThan(0.7);
  expect(ours).toBeLessThanOrEqual(ALLOWED);
});
