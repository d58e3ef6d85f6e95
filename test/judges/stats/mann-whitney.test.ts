import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mannWhitneyDistribution } from '../../../judges/stats/distributions/mann-whitney-distribution.ts';
import {
  countPairwiseDifferences,
  difference,
  nthPairwiseDifference,
} from '../../../judges/stats/samples/pairwise-differences.ts';
import { sortedSample } from '../../../judges/stats/samples/sorted-sample.ts';
import type { Alternative } from '../../../judges/stats/tests/alternative.ts';
import { hodgesLehmannEstimate, hodgesLehmannInterval } from '../../../judges/stats/tests/hodges-lehmann.ts';
import { mannWhitneyTest, tieSum } from '../../../judges/stats/tests/mann-whitney-test.ts';
import cases from '../../golden/stats/mann-whitney.json' with { type: 'json' };
import distributions from '../../golden/stats/mann-whitney-distribution.json' with { type: 'json' };
import { relativeError } from '../../support/relative-error.ts';

const TWO_SIDED = { alternative: 'two-sided', confidence: 0.98 } as const;
const ALTERNATIVES = ['greater', 'less', 'two-sided'] as const;
const alternatives = fc.constantFrom<Alternative>(...ALTERNATIVES);

describe('the Mann-Whitney test equals scipy to 1e-12', () => {
  test.each(cases)('$name ($method)', ({ x, y, ...expected }) => {
    const [a, b] = [sortedSample(x), sortedSample(y)];
    const both = mannWhitneyTest(a, b, TWO_SIDED);
    expect(both.method).toBe(expected.method);
    expect(mannWhitneyTest(a, b, { alternative: 'greater' }).statistic).toBe(expected.statistic);
    expect(relativeError(both.pValue, expected.twoSided)).toBeLessThan(1e-12);
    for (const alternative of ['greater', 'less'] as const) {
      expect(relativeError(mannWhitneyTest(a, b, { alternative }).pValue, expected[alternative])).toBeLessThan(1e-12);
    }
  });

  test.each(distributions)(
    'the exact distribution for $n and $m values, against whole numbers',
    ({ n, m, cumulative }) => {
      const ours = mannWhitneyDistribution(n, m);
      const errors = cumulative.map(([u, value]) => relativeError(ours[u as number] as number, value as number));
      expect(Math.max(...errors)).toBeLessThan(1e-13);
    },
  );
});

describe('the Hodges-Lehmann shift equals brute force', () => {
  test.each(cases)('$name', ({ x, y, ...expected }) => {
    const [a, b] = [sortedSample(x), sortedSample(y)];
    expect(hodgesLehmannEstimate(a, b)).toBe(expected.estimate);
    if (expected.interval === null) return;
    const [lower, upper] = expected.interval.map(Number);
    expect(hodgesLehmannInterval(a, b, TWO_SIDED)).toEqual({ lower, upper });
  });

  test('every difference is found, whatever the values', () => {
    const anything = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(anything, anything, (x, y) => {
        const [a, b] = [sortedSample(x), sortedSample(y)];
        const sorted = sortedSample([...a].flatMap((one) => [...b].map((other) => difference(one, other))));
        const found = sorted.map((_, index) => nthPairwiseDifference(a, b, index + 1));
        // Both zeros count as 0.
        expect(found.map((value) => value + 0)).toEqual(sorted.map((value) => value + 0));
      }),
    );
  });

  test('there is nothing before the first difference and after the last', () => {
    const [x, y] = [sortedSample([1, 2]), sortedSample([0, 5])];
    expect(nthPairwiseDifference(x, y, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(nthPairwiseDifference(x, y, 5)).toBe(Number.POSITIVE_INFINITY);
    expect(nthPairwiseDifference(sortedSample([]), y, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the rank tests, any samples', () => {
  // Few different values make ties; eighths stay exact when shifted.
  const sample = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 25 });
  const samples = fc.tuple(sample, sample);

  function verdict(x: readonly number[], y: readonly number[], alternative: Alternative) {
    const [a, b] = [sortedSample(x), sortedSample(y)];
    const interval = hodgesLehmannInterval(a, b, { alternative, confidence: 0.9 });
    return { ...mannWhitneyTest(a, b, { alternative }), estimate: hodgesLehmannEstimate(a, b), ...interval };
  }

  test('the order of the values does not matter, and NaN is left out', () => {
    fc.assert(
      fc.property(samples, alternatives, ([x, y], alternative) => {
        const shuffled = verdict([...x.toReversed(), Number.NaN], [Number.NaN, ...y.toSorted()], alternative);
        expect(shuffled).toEqual(verdict(x, y, alternative));
      }),
    );
  });

  test('a unit that is a power of two changes no digit', () => {
    fc.assert(
      fc.property(samples, alternatives, fc.integer({ min: -900, max: 900 }), ([x, y], alternative, exponent) => {
        const unit = 2 ** exponent;
        const before = verdict(x, y, alternative);
        const after = verdict(
          x.map((value) => value * unit),
          y.map((value) => value * unit),
          alternative,
        );
        const scaled = { estimate: before.estimate * unit, lower: before.lower * unit, upper: before.upper * unit };
        expect(after).toEqual({ ...before, ...scaled });
      }),
    );
  });

  test('a shift of x shifts estimate and interval, one of both sides changes nothing', () => {
    fc.assert(
      fc.property(samples, alternatives, fc.integer({ min: -1000, max: 1000 }), ([x, y], alternative, shift) => {
        const moved = (values: readonly number[]) => values.map((value) => value + shift);
        const before = verdict(x, y, alternative);
        expect(verdict(moved(x), moved(y), alternative)).toEqual(before);
        expect(hodgesLehmannEstimate(sortedSample(moved(x)), sortedSample(y))).toBe(before.estimate + shift);
      }),
    );
  });

  test('swapped samples swap the alternatives and negate the interval', () => {
    const swapped = { greater: 'less', less: 'greater', 'two-sided': 'two-sided' } as const;
    fc.assert(
      fc.property(samples, alternatives, ([x, y], alternative) => {
        const [one, other] = [verdict(x, y, alternative), verdict(y, x, swapped[alternative])];
        expect(other.pValue).toBe(one.pValue);
        expect(other.statistic).toBe(x.length * y.length - one.statistic);
        expect([other.lower, other.upper, other.estimate]).toEqual([0 - one.upper, 0 - one.lower, 0 - one.estimate]);
      }),
    );
  });

  test('without ties p is below 1 - confidence exactly when the interval lies beyond the margin', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -300, max: 300 }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(distinct, alternatives, fc.integer({ min: 0, max: 20 }), (values, alternative, half) => {
        const middle = Math.ceil(values.length / 2);
        const [x, y] = [sortedSample(values.slice(0, middle)), sortedSample(values.slice(middle))];
        const margin = half + 0.5;
        const { pValue } = mannWhitneyTest(x, y, { alternative, margin });
        const { lower, upper } = hodgesLehmannInterval(x, y, { alternative, confidence: 0.9 });
        fc.pre(Math.abs(pValue - 0.1) > 1e-9 && tieSum(x, y) === 0);
        expect(pValue < 0.1).toBe(lower > margin || upper < -margin);
      }),
    );
  });

  test('a margin is a shift of the other side', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 9 }), ([x, y], margin) => {
        const [a, b, moved] = [sortedSample(x), sortedSample(y), sortedSample(y.map((value) => value + margin))];
        const expected = mannWhitneyTest(a, moved, { alternative: 'greater' });
        expect(mannWhitneyTest(a, b, { alternative: 'greater', margin })).toEqual(expected);
      }),
    );
  });

  test('the sum over ties is that of the counts of equal values', () => {
    fc.assert(
      fc.property(samples, ([x, y]) => {
        const counts = Map.groupBy([...x, ...y], (value) => value);
        const expected = [...counts.values()].reduce((sum, { length }) => sum + length ** 3 - length, 0);
        expect(tieSum(sortedSample(x), sortedSample(y))).toBe(expected);
      }),
    );
  });
});

describe('the rank tests at their limits', () => {
  test.each([
    ['an empty side', [], [1, 2]],
    ['two empty sides', [], []],
    ['only one value', [3, 3], [3, 3, 3]],
    ['one point a side', [3], [3]],
  ])('%s has p 1', (_name, x, y) => {
    for (const alternative of ALTERNATIVES) {
      expect(mannWhitneyTest(sortedSample(x), sortedSample(y), { alternative }).pValue).toBe(1);
    }
  });

  test('too few points for the confidence leave the interval infinite', () => {
    expect(hodgesLehmannInterval(sortedSample([5, 6, 7]), sortedSample([1, 2, 3]), TWO_SIDED)).toEqual({
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
    });
    expect(hodgesLehmannEstimate(sortedSample([]), sortedSample([1]))).toBeNaN();
  });

  test('infinite values are only very large or small ones', () => {
    const x = sortedSample([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 5, 6, 7, 8]);
    const y = sortedSample([Number.NEGATIVE_INFINITY, 1, 2, 3, 4, Number.POSITIVE_INFINITY]);
    expect(mannWhitneyTest(x, y, { alternative: 'greater' }).statistic).toBe(31);
    expect(hodgesLehmannInterval(x, y, { alternative: 'greater', confidence: 0.9 }).lower).toBe(3);
  });

  test('a million points a side have an exact estimate', () => {
    const size = 1e6;
    // Squares, not evenly spaced, in no order.
    const x = sortedSample(Float64Array.from({ length: size }, (_, index) => ((index * 7919) % size) ** 2));
    const y = x.map((value) => value - 12_345);
    expect(hodgesLehmannEstimate(x, y)).toBe(12_345);
    const { lower } = hodgesLehmannInterval(x, y, { alternative: 'greater', confidence: 0.98 });
    const { above, equal } = countPairwiseDifferences(x, y, lower);
    const { pValue } = mannWhitneyTest(x, y, { alternative: 'greater', margin: lower });
    expect(equal).toBeGreaterThan(0);
    expect(above).toBeGreaterThan(size ** 2 / 2);
    expect(pValue).toBeCloseTo(0.02, 6);
  });
});
