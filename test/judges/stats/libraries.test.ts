import { createRequire } from 'node:module';
import * as simpleStatistics from 'simple-statistics';
import { mean, sampleVariance, tTestTwoSample, wilcoxonRankSum } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { sampleMoments } from '../../../judges/stats/samples/sample-moments.ts';
import { sortedSample } from '../../../judges/stats/samples/sorted-sample.ts';
import { mannWhitneyTest } from '../../../judges/stats/tests/mann-whitney-test.ts';
import { welchTTest } from '../../../judges/stats/tests/welch-t-test.ts';
import distributions from '../../golden/stats/distributions.json' with { type: 'json' };
import rankCases from '../../golden/stats/mann-whitney.json' with { type: 'json' };
import moments from '../../golden/stats/moments.json' with { type: 'json' };
import welchCases from '../../golden/stats/welch-t.json' with { type: 'json' };
import { relativeError } from '../../support/relative-error.ts';

// Why judges/stats has its own distribution functions, and which pieces of the two libraries it uses. When one of
// these fails after an upgrade, the library may have become good enough to replace ours.

interface JStat {
  studentt: { cdf(t: number, df: number): number; inv(p: number, df: number): number };
  normal: { cdf(z: number, mean: number, std: number): number; inv(p: number, mean: number, std: number): number };
  ibeta(x: number, a: number, b: number): number | false;
}
// jstat is CommonJS without types.
const { jStat } = createRequire(import.meta.url)('jstat') as { jStat: JStat };

function worstError(rows: readonly number[][], compute: (...args: number[]) => number): number {
  return Math.max(...rows.map((row) => relativeError(compute(...row.slice(0, -1)), row.at(-1) as number)));
}

describe('simple-statistics', () => {
  test('used: mean and sampleVariance are right to 1e-13', () => {
    for (const { values, ...exact } of moments) {
      expect(relativeError(mean(values), exact.mean)).toBeLessThan(1e-15);
      expect(Math.abs(sampleVariance(values) - exact.variance)).toBeLessThanOrEqual(1e-13 * exact.variance + 1e-30);
    }
  });

  test('not alone: the variance of equal values is not always 0, which makes any difference significant', () => {
    const lengths = Array.from({ length: 100 }, (_, index) => index + 2);
    const wrong = lengths.filter((length) => sampleVariance(new Array<number>(length).fill(0.1)) !== 0);
    const ours = lengths.filter((length) => sampleMoments(new Array<number>(length).fill(0.1)).variance !== 0);
    expect(wrong.length).toBeGreaterThan(0);
    expect(ours).toEqual([]);
  });

  test('not used: tTestTwoSample pools the variances, so it is not the test of Welch, and has no p-value', () => {
    const { x, y } = welchCases[0] as { x: number[]; y: number[] };
    const ours = welchTTest(x, y, { alternative: 'two-sided', confidence: 0.98 });
    expect(relativeError(tTestTwoSample(x, y) as number, ours.statistic)).toBeGreaterThan(1e-3);
  });

  test('not used: wilcoxonRankSum gives the right rank sum, but no p-value, estimate or interval', () => {
    for (const { x, y } of rankCases) {
      const u = wilcoxonRankSum(x, y) - (x.length * (x.length + 1)) / 2;
      const ours = mannWhitneyTest(sortedSample(x), sortedSample(y), { alternative: 'greater' });
      expect(u).toBe(ours.statistic);
    }
  });

  test('not used: the normal distribution is a table of four digits', () => {
    const { cumulativeStdNormalProbability, probit } = simpleStatistics;
    expect(relativeError(1 - cumulativeStdNormalProbability(3), 0.0013498980316300946)).toBeGreaterThan(1e-5);
    expect(relativeError(probit(0.99), 2.3263478740408408)).toBeGreaterThan(1e-5);
  });
});

describe('jstat', () => {
  const { studentTSurvival, studentTQuantile, normalQuantile, normalSurvival, incompleteBeta } = distributions;
  const lower = ([t, df]: number[]) => jStat.studentt.cdf(-(t as number), df as number);

  test("not used: Student's t tail is off by more than 1e-9 at everyday degrees of freedom", () => {
    const everyday = studentTSurvival.filter(([t, df]) => Number(t) >= 0.1 && Number(t) <= 4 && Number(df) <= 1000);
    expect(worstError(everyday, (...row) => lower(row))).toBeGreaterThan(1e-9);
    expect(worstError(everyday, (...row) => lower(row))).toBeLessThan(1e-5);
  });

  test("not used: Student's t quantile is off by more than 1e-9 at the 1 % point", () => {
    const points = studentTQuantile.filter(([p]) => p === 0.99);
    expect(worstError(points, (p, df) => jStat.studentt.inv(p as number, df as number))).toBeGreaterThan(1e-9);
  });

  test('not used: the incomplete beta function is off by more than 1e-9', () => {
    const rows = incompleteBeta.filter(([, a, b]) => Number(a) <= 300 && Number(b) <= 300);
    expect(worstError(rows, (x, a, b) => Number(jStat.ibeta(x as number, a as number, b as number)))).toBeGreaterThan(
      1e-9,
    );
  });

  test('not used: the normal distribution is right in the middle and loses its tails', () => {
    const middle = normalQuantile.filter(([p]) => Number(p) >= 0.001 && Number(p) <= 0.3);
    expect(worstError(middle, (p) => jStat.normal.inv(p as number, 0, 1))).toBeLessThan(1e-8);
    expect(relativeError(jStat.normal.inv(1e-20, 0, 1), -9.262340089798409)).toBeGreaterThan(1e-3);
    const deep = normalSurvival.filter(([z]) => z === 30);
    expect(worstError(deep, (z) => jStat.normal.cdf(-(z as number), 0, 1))).toBeGreaterThan(1e-3);
  });
});
