import { describe, expect, it, vi } from 'vitest';
import { createSeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';
import { type CountMeasure, countDrift } from '../../../judges/stats/tests/count-drift.ts';
import { mcnemarTest, signedRankTest } from '../../../judges/stats/tests/paired-tests.ts';
import { sampleDrift } from '../../../judges/stats/tests/sample-drift.ts';
import { fisherTest } from '../../../judges/stats/tests/two-rates.ts';

// Unchanged outputs, thousands of times: what is flagged at 5 % must be at most 5.5 %. Seeds are fixed, so every share is one
// number; the numbers of trials keep what chance adds to a share of 5 % below half a point for most.
vi.setConfig({ testTimeout: 300_000 });

const ALPHA = 0.05;
const ALLOWED = 0.055;
const MEASURES: readonly CountMeasure[] = ['chiSquare', 'g', 'jensenShannon', 'psi'];
const SHARES = [0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.05, 0.03, 0.02, 0.01];

/** The share of trials with a p-value of at most alpha. */
function alarms(trials: number, seed: number, p: (random: ReturnType<typeof createSeededRandom>) => number): number {
  const random = createSeededRandom(Float64Array.of(seed, trials));
  let flagged = 0;
  for (let trial = 0; trial < trials; trial++) if (p(random) <= ALPHA) flagged++;
  return flagged / trials;
}

/** Counts of n outputs; of many by the normal approximation of each binomial draw, which is quick. */
function counts(n: number, { uniform, normal }: ReturnType<typeof createSeededRandom>): number[] {
  let left = n;
  let share = 1;
  return SHARES.map((p, index) => {
    if (index === SHARES.length - 1) return left;
    const chance = p / share;
    let count = 0;
    if (n <= 2000) for (let i = 0; i < left; i++) count += uniform() < chance ? 1 : 0;
    else
      count = Math.min(
        left,
        Math.max(0, Math.round(left * chance + Math.sqrt(left * chance * (1 - chance)) * normal())),
      );
    left -= count;
    share -= p;
    return count;
  });
}

/** What a share of 5 % may be found to be, in so many trials. */
function allowedOf(trials: number): number {
  return Math.max(ALLOWED, ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / trials));
}

describe('false alarms of counts', () => {
  // Permutation is exact whatever the number of trials; beyond, the chi-square distribution has to prove itself.
  it.each([
    [50, 1500],
    [100, 1000],
    [1000, 100],
    [2000, 6000],
    [10_000, 6000],
    [100_000, 6000],
  ])('%d outputs a side: at most 5.5 % by every measure', (n, trials) => {
    for (const measure of MEASURES) {
      const share = alarms(trials, n, (random) => {
        return countDrift({ control: counts(n, random), experiment: counts(n, random) }, measure, ALPHA)?.pValue ?? 1;
      });
      expect([measure, n, share <= allowedOf(trials), share]).toEqual([measure, n, true, share]);
    }
  });

  it.each([
    [1500, 1500, 200],
    [5000, 1000, 100],
  ])('%d beside %d outputs of %d rare categories: at most 5.5 % by every measure', (n, m, categories) => {
    for (const measure of MEASURES) {
      const share = alarms(1500, n, ({ uniform }) => {
        const draw = (size: number) => {
          const cells = new Array<number>(categories).fill(0);
          for (let i = 0; i < size; i++) {
            const cell = Math.floor(uniform() * categories);
            cells[cell] = (cells[cell] as number) + 1;
          }
          return cells;
        };
        return countDrift({ control: draw(n), experiment: draw(m) }, measure, ALPHA)?.pValue ?? 1;
      });
      expect([measure, n, share <= allowedOf(1500), share]).toEqual([measure, n, true, share]);
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
    const draw = ({ normal }: ReturnType<typeof createSeededRandom>) => {
      return Float64Array.from({ length: n }, () => Math.round(100 * Math.exp(normal()))).sort();
    };
    const share = alarms(trials, n, (random) => sampleDrift(draw(random), draw(random), measure, ALPHA).pValue);
    expect([measure, n, share <= allowedOf(trials), share]).toEqual([measure, n, true, share]);
  });
});

describe('false alarms of rates and pairs', () => {
  it.each([50, 1000, 20_000])('%d outputs a side: at most 5.5 %', (n) => {
    const trials = 4000;
    const draw = (chance: number, { normal, uniform }: ReturnType<typeof createSeededRandom>) => {
      if (n > 1000) return Math.max(0, Math.round(n * chance + Math.sqrt(n * chance * (1 - chance)) * normal()));
      let events = 0;
      for (let i = 0; i < n; i++) events += uniform() < chance ? 1 : 0;
      return events;
    };
    for (const alternative of ['greater', 'two-sided'] as const) {
      const fisher = alarms(trials, n, (random) => {
        const rate = () => ({ events: draw(0.03, random), trials: n });
        return fisherTest(rate(), rate(), alternative);
      });
      const mcnemar = alarms(trials, n + 1, (random) => {
        return mcnemarTest({ onlyControl: draw(0.05, random), onlyExperiment: draw(0.05, random) }, alternative);
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
    const share = alarms(4000, n, ({ normal }) => {
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
  const ours = alarms(trials, 100, (random) => {
    const even = () => SHARES.map(() => 0);
    const [control, experiment] = [even(), even()];
    for (const side of [control, experiment]) {
      for (let i = 0; i < 100; i++) {
        const cell = Math.floor(random.uniform() * 10);
        side[cell] = (side[cell] as number) + 1;
      }
    }
    const { statistic = 0, pValue = 1 } = countDrift({ control, experiment }, 'psi', ALPHA) ?? {};
    if (statistic > 0.1) folk++;
    return pValue;
  });
  expect(folk / trials).toBeGreaterThan(0.7);
  expect(ours).toBeLessThanOrEqual(ALLOWED);
});
