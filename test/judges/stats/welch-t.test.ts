import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleMoments } from '../../../judges/stats/samples/sample-moments.ts';
import type { Alternative } from '../../../judges/stats/tests/alternative.ts';
import { ratioOfMeansInterval } from '../../../judges/stats/tests/ratio-of-means-interval.ts';
import { welchSatterthwaite, welchTTest } from '../../../judges/stats/tests/welch-t-test.ts';
import moments from '../../golden/stats/moments.json' with { type: 'json' };
import cases from '../../golden/stats/welch-t.json' with { type: 'json' };
import { relativeError } from '../../support/relative-error.ts';

const TWO_SIDED = { alternative: 'two-sided', confidence: 0.98 } as const;
const GREATER = { alternative: 'greater', confidence: 0.98 } as const;

describe("Welch's t-test equals scipy and 50-digit arithmetic to 1e-9", () => {
  test('there are more than 300 cases', () => {
    expect(cases.length).toBeGreaterThan(300);
  });

  test.each(cases)('$name', ({ x, y, scipy, ...exact }) => {
    const both = welchTTest(x, y, TWO_SIDED);
    const pValue = (alternative: Alternative) => welchTTest(x, y, { alternative, confidence: 0.98 }).pValue;
    const pairs: [number | undefined, number | undefined][] = [
      [both.statistic, exact.statistic],
      [both.degreesOfFreedom, exact.degreesOfFreedom],
      [both.pValue, exact.twoSided],
      [pValue('greater'), exact.greater],
      [pValue('less'), exact.less],
    ];
    if (scipy !== undefined) {
      pairs.push([both.pValue, scipy.twoSided], [pValue('greater'), scipy.greater]);
      pairs.push([both.degreesOfFreedom, scipy.degreesOfFreedom]);
    }
    expect(Math.max(...pairs.map(([ours, theirs]) => relativeError(ours as number, theirs as number)))).toBeLessThan(
      1e-9,
    );
    expect(distance(both.interval, exact.interval)).toBeLessThan(1e-9);
    if (scipy !== undefined) expect(distance(both.interval, scipy.interval)).toBeLessThan(1e-9);
  });

  test.each(cases)('the interval of the ratio, $name', ({ x, y, ratioInterval }) => {
    const ratio = ratioOfMeansInterval(x, y, TWO_SIDED);
    if (ratioInterval === null) expect(ratio).toBeUndefined();
    else expect(distance(ratio as { lower: number; upper: number }, ratioInterval)).toBeLessThan(1e-9);
  });

  test.each(moments)('the moments of $values.length values around $mean', ({ values, ...exact }) => {
    const { mean, variance } = sampleMoments(values);
    expect(relativeError(mean, exact.mean)).toBeLessThan(1e-15);
    expect(Math.abs(variance - exact.variance)).toBeLessThanOrEqual(1e-13 * exact.variance);
  });
});

/** Between two intervals, as a share of their width. */
function distance(ours: { lower: number; upper: number }, [lower = Number.NaN, upper = Number.NaN]: number[]): number {
  return Math.max(Math.abs(ours.lower - lower), Math.abs(ours.upper - upper)) / (upper - lower);
}

describe("Welch's t-test, any samples", () => {
  const value = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8);
  const sample = fc.array(value, { minLength: 2, maxLength: 30 }).filter((values) => new Set(values).size > 1);

  test('the order of the values does not matter', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const sorted = welchTTest(x.toSorted(), y.toReversed(), TWO_SIDED);
        expect(relativeError(welchTTest(x, y, TWO_SIDED).pValue, sorted.pValue)).toBeLessThan(1e-10);
      }),
    );
  });

  test('a shift of both sides changes nothing', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -1000, max: 1000 }), (x, y, shift) => {
        const moved = (values: number[]) => values.map((v) => v + shift);
        const [before, after] = [welchTTest(x, y, TWO_SIDED), welchTTest(moved(x), moved(y), TWO_SIDED)];
        expect(Math.abs(after.pValue - before.pValue)).toBeLessThan(1e-10);
        expect(after.interval.lower).toBeCloseTo(before.interval.lower, 8);
      }),
    );
  });

  test('a unit that is a power of two changes no digit of p, and scales the interval exactly', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -900, max: 900 }), (x, y, exponent) => {
        const unit = 2 ** exponent;
        const scaled = (values: number[]) => values.map((v) => v * unit);
        const [before, after] = [welchTTest(x, y, TWO_SIDED), welchTTest(scaled(x), scaled(y), TWO_SIDED)];
        expect(after.pValue).toBe(before.pValue);
        expect(after.degreesOfFreedom).toBe(before.degreesOfFreedom);
        expect(after.interval.lower).toBe(before.interval.lower * unit);
        expect(ratioOfMeansInterval(scaled(x), scaled(y), TWO_SIDED)).toEqual(ratioOfMeansInterval(x, y, TWO_SIDED));
      }),
    );
  });

  test('swapped samples swap the alternatives and negate the interval', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [one, other] = [welchTTest(x, y, TWO_SIDED), welchTTest(y, x, TWO_SIDED)];
        expect(other.pValue).toBe(one.pValue);
        expect(other.interval.lower).toBe(-one.interval.upper);
        expect(welchTTest(y, x, { ...GREATER, alternative: 'less' }).pValue).toBe(welchTTest(x, y, GREATER).pValue);
      }),
    );
  });

  test('p is below 1 - confidence exactly when the interval lies beyond the margin', () => {
    const margin = fc.integer({ min: 0, max: 60 });
    const alternative = fc.constantFrom<Alternative>('greater', 'less', 'two-sided');
    fc.assert(
      fc.property(sample, sample, margin, alternative, (x, y, margin, alternative) => {
        const { pValue, interval } = welchTTest(x, y, { alternative, confidence: 0.9, margin });
        fc.pre(Math.abs(pValue - 0.1) > 1e-9);
        expect(pValue < 0.1).toBe(interval.lower > margin || interval.upper < -margin);
      }),
    );
  });

  test('the ratio of a sample to itself has an interval around 1, if any', () => {
    fc.assert(
      fc.property(sample, (x) => {
        const ratio = ratioOfMeansInterval(x, x, TWO_SIDED);
        if (ratio !== undefined) expect(ratio.lower < 1 && ratio.upper > 1).toBe(true);
      }),
    );
  });

  test('degrees of freedom lie between those of the smaller sample and of both', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const { degreesOfFreedom } = welchTTest(x, y, TWO_SIDED);
        expect(degreesOfFreedom).toBeGreaterThanOrEqual((Math.min(x.length, y.length) - 1) * (1 - 1e-12));
        expect(degreesOfFreedom).toBeLessThanOrEqual((x.length + y.length - 2) * (1 + 1e-12));
      }),
    );
  });
});

describe("Welch's t-test at its limits", () => {
  test('two different constants have p 0, two equal ones p 1', () => {
    expect(welchTTest([2, 2], [1, 1, 1], TWO_SIDED)).toMatchObject({ pValue: 0, interval: { lower: 1, upper: 1 } });
    expect(welchTTest([0.1, 0.1, 0.1], [0.1, 0.1], TWO_SIDED)).toMatchObject({ pValue: 1, statistic: 0 });
  });

  test.each([
    ['one point', [1]],
    ['no point', []],
    ['an infinite point', [1, 2, Number.POSITIVE_INFINITY]],
    ['a missing point', [1, 2, Number.NaN]],
  ])('%s on a side gives NaN, not an error', (_name, x) => {
    expect(welchTTest(x, [1, 2, 3], TWO_SIDED).pValue).toBeNaN();
    expect(ratioOfMeansInterval(x, [1, 2, 3], TWO_SIDED)).toBeUndefined();
  });

  test('the ratio of a mean that may be zero has no interval', () => {
    expect(ratioOfMeansInterval([5, 6, 7], [-1, 0, 1.2], TWO_SIDED)).toBeUndefined();
  });

  test('one-sided intervals are open on the other side, also of the ratio of negative means', () => {
    expect(welchTTest([5, 6, 7], [1, 2, 3], GREATER).interval.upper).toBe(Number.POSITIVE_INFINITY);
    expect(ratioOfMeansInterval([5, 6, 7], [11, 12, 13], GREATER)?.upper).toBe(Number.POSITIVE_INFINITY);
    expect(ratioOfMeansInterval([-5, -6, -7], [-11, -12, -13], GREATER)?.lower).toBe(Number.NEGATIVE_INFINITY);
  });

  test('a side without variance leaves the degrees of freedom of the other', () => {
    expect(welchSatterthwaite([0, 2], [50, 7])).toBe(6);
  });

  test('a million points a side are tested', () => {
    const x = Float64Array.from({ length: 1e6 }, (_, index) => (index % 1000) / 1000);
    const result = welchTTest(
      x.map((value) => value + 0.002),
      x,
      TWO_SIDED,
    );
    expect(result.estimate).toBeCloseTo(0.002, 12);
    expect(result.pValue).toBeLessThan(1e-6);
  });
});
