import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { chiSquareSurvival } from '../../../judges/stats/distributions/chi-square-survival.ts';
import { kolmogorovSurvival } from '../../../judges/stats/distributions/kolmogorov-survival.ts';
import { logChoose } from '../../../judges/stats/distributions/log-gamma.ts';
import type { Alternative } from '../../../judges/stats/tests/alternative.ts';
import { chiSquareQuantile, countDrift, pooledCells } from '../../../judges/stats/tests/count-drift.ts';
import { CELL_PARTS } from '../../../judges/stats/tests/count-measures.ts';
import { nullMoments } from '../../../judges/stats/tests/count-null.ts';
import { mcnemarTest, signedRankTest } from '../../../judges/stats/tests/paired-tests.ts';
import { sampleDrift } from '../../../judges/stats/tests/sample-drift.ts';
import {
  fisherTest,
  type Rate,
  rateDifferenceInterval,
  wilsonInterval,
} from '../../../judges/stats/tests/two-rates.ts';

/** Written by reference.py beside it; the file names the version of scipy. */
const golden: Golden = JSON.parse(readFileSync('test/golden/drift/values.json', 'utf8'));
type Tails = Readonly<Record<Alternative, number>>;
interface Golden {
  readonly scipy: string;
  readonly chiSquareSurvival: [x: number, degrees: number, p: number][];
  readonly kolmogorovSurvival: [x: number, p: number][];
  readonly logChoose: [n: number, k: number, log: number][];
  readonly tables: (Record<'control' | 'experiment', number[]> &
    Record<'chiSquare' | 'g' | 'jensenShannon' | 'psi' | 'chiSquareP' | 'gP', number>)[];
  readonly moments: ({ readonly totals: number[]; readonly n: number } & Record<
    'chiSquare' | 'g' | 'jensenShannon' | 'psi',
    { readonly mean: number; readonly variance: number }
  >)[];
  readonly samples: (Record<'control' | 'experiment', number[]> & Record<'ks' | 'wasserstein', number>)[];
  readonly rates: (Record<'control' | 'experiment', Rate> & Tails & { readonly wilson: [number, number] })[];
  readonly pairs: (Record<'onlyControl' | 'onlyExperiment', number> & Tails)[];
  readonly differences: ({ readonly differences: number[] } & Tails)[];
}

// jstat is CommonJS without types.
const { jStat } = createRequire(import.meta.url)('jstat') as {
  jStat: { chisquare: { cdf(x: number, degreesOfFreedom: number): number } };
};
const ALTERNATIVES: readonly Alternative[] = ['two-sided', 'greater', 'less'];
const relative = (found: number, expected: number) => Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-300);
const sorted = (values: readonly number[]) => Float64Array.from(values).sort();

describe(`scipy ${golden.scipy} agrees with`, () => {
  it.each(golden.chiSquareSurvival)('chi-square beyond %d, %d degrees', (x, degrees, p) => {
    expect(relative(chiSquareSurvival(x, degrees), p)).toBeLessThan(1e-11);
  });

  it.each(golden.kolmogorovSurvival)("Kolmogorov's distribution beyond %d", (x, p) => {
    expect(relative(kolmogorovSurvival(x), p)).toBeLessThan(1e-12);
  });

  it.each(golden.logChoose)('ln of %d over %d', (n, k, log) => {
    expect(relative(logChoose(n, k), log)).toBeLessThan(1e-12);
  });

  it.each(golden.tables)('the measures of counts', ({ control, experiment, ...expected }) => {
    const of = (measure: 'chiSquare' | 'g' | 'jensenShannon' | 'psi') =>
      countDrift({ control, experiment }, measure, 0.05);
    for (const measure of ['chiSquare', 'g', 'jensenShannon', 'psi'] as const) {
      expect(relative(of(measure)?.statistic ?? Number.NaN, expected[measure])).toBeLessThan(1e-10);
    }
    const found = of('chiSquare');
    if (found?.method !== 'chi-square') return;
    // The fitted distribution is Pearson's where cells are large.
    expect(relative(found.pValue, expected.chiSquareP)).toBeLessThan(0.04);
    expect(relative(of('g')?.pValue ?? Number.NaN, expected.gP)).toBeLessThan(0.04);
  });

  it.each(golden.moments)(
    'mean and variance of the measures by chance, cells of $totals',
    ({ totals, n, ...expected }) => {
      const share = n / totals.reduce((sum, total) => sum + total, 0);
      const control = totals.map((total) => Math.round(total * share));
      control[0] = (control[0] as number) + n - control.reduce((sum, count) => sum + count, 0);
      const experiment = totals.map((total, index) => total - (control[index] as number));
      for (const measure of ['chiSquare', 'g', 'jensenShannon', 'psi'] as const) {
        const { mean, variance } = nullMoments({ control, experiment }, CELL_PARTS[measure]);
        expect(relative(mean, expected[measure].mean)).toBeLessThan(1e-10);
        expect(relative(variance, expected[measure].variance)).toBeLessThan(0.04);
      }
    },
  );

  it.each(golden.samples)('the distances of samples', ({ control, experiment, ks, wasserstein }) => {
    const of = (measure: 'ks' | 'wasserstein') =>
      sampleDrift(sorted(control), sorted(experiment), measure, 0.05).statistic;
    expect(of('ks')).toBeCloseTo(ks, 12);
    expect(relative(of('wasserstein'), wasserstein)).toBeLessThan(1e-10);
  });

  it.each(golden.rates)("Fisher's test and Wilson's interval", ({ control, experiment, wilson, ...expected }) => {
    for (const alternative of ALTERNATIVES) {
      expect(relative(fisherTest(control, experiment, alternative), expected[alternative])).toBeLessThan(1e-9);
    }
    const { lower, upper } = wilsonInterval(experiment, 0.95);
    expect([lower, upper]).toEqual([expect.closeTo(wilson[0], 12), expect.closeTo(wilson[1], 12)]);
  });

  it.each(golden.pairs)("McNemar's test", (pair) => {
    for (const alternative of ALTERNATIVES) {
      expect(relative(mcnemarTest(pair, alternative), pair[alternative])).toBeLessThan(1e-11);
    }
  });

  it.each(golden.differences)("Wilcoxon's signed-rank test", ({ differences, ...expected }) => {
    for (const alternative of ALTERNATIVES) {
      expect(relative(signedRankTest(differences, alternative), expected[alternative])).toBeLessThan(1e-11);
    }
  });
});

it("Newcombe's example has the interval of his paper", () => {
  const { lower, upper } = rateDifferenceInterval({ events: 48, trials: 80 }, { events: 56, trials: 70 }, 0.95);
  expect([lower.toFixed(4), upper.toFixed(4)]).toEqual(['0.0524', '0.3339']);
});

it('jstat is not accurate enough in the tail for chi-square, so it is our own', () => {
  const worst = Math.max(...golden.chiSquareSurvival.map(([x, k, p]) => relative(1 - jStat.chisquare.cdf(x, k), p)));
  expect(worst).toBeGreaterThan(1e-9);
});

it('small cells are put together with their neighbours, and the last with the one before', () => {
  const counts = { control: [1, 2, 50, 3, 40, 1], experiment: [0, 3, 52, 2, 41, 0] };
  expect(pooledCells(counts)).toEqual({ control: [53, 44], experiment: [55, 43] });
  expect(countDrift({ control: [3, 1], experiment: [2, 2] }, 'psi', 0.05)).toBeUndefined();
});

it('what is beyond the critical value has a p-value of at most alpha, and only that', () => {
  for (const [control, experiment] of [
    [
      [30, 30, 40],
      [40, 30, 30],
    ],
    [
      [3000, 3000, 4000],
      [3200, 3000, 3800],
    ],
  ] as const) {
    for (const measure of ['chiSquare', 'g', 'jensenShannon', 'psi'] as const) {
      const { statistic, criticalValue, pValue } = countDrift({ control, experiment }, measure, 0.05) ?? {};
      expect((statistic ?? 0) > (criticalValue ?? 0)).toBe((pValue ?? 1) <= 0.05);
    }
  }
  expect(chiSquareQuantile(0.05, 1)).toBeCloseTo(3.841458820694124, 9);
});
