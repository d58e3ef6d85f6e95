import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incompleteBeta } from '../../../judges/stats/distributions/incomplete-beta.ts';
import { normalQuantile } from '../../../judges/stats/distributions/normal-quantile.ts';
import { normalCentral, normalSurvival } from '../../../judges/stats/distributions/normal-survival.ts';
import { poissonDeviance } from '../../../judges/stats/distributions/poisson-deviance.ts';
import { stirlingError } from '../../../judges/stats/distributions/stirling-error.ts';
import { studentTQuantile } from '../../../judges/stats/distributions/student-t-quantile.ts';
import { studentTDensity, studentTSurvival } from '../../../judges/stats/distributions/student-t-survival.ts';
import reference from '../../golden/stats/distributions.json' with { type: 'json' };
import { relativeError } from '../../support/relative-error.ts';

/** Rows of arguments followed by the value. */
function worstError(rows: readonly number[][], compute: (...args: number[]) => number): number {
  return Math.max(...rows.map((row) => relativeError(compute(...row.slice(0, -1)), row.at(-1) as number)));
}

describe('distribution functions equal 50-digit arithmetic', () => {
  test('the incomplete beta function to 2e-13, parameters up to 5e5', () => {
    expect(worstError(reference.incompleteBeta, incompleteBeta)).toBeLessThan(2e-13);
  });

  test("Student's t tail to 3e-13, from 1 to 1e6 degrees of freedom and down to 1e-284", () => {
    expect(worstError(reference.studentTSurvival, studentTSurvival)).toBeLessThan(3e-13);
  });

  test("Student's t quantile to 1e-13, from 1 to 1e6 degrees of freedom", () => {
    expect(worstError(reference.studentTQuantile, studentTQuantile)).toBeLessThan(1e-13);
  });

  test('the normal tail to 2e-15, down to 1e-316', () => {
    expect(worstError(reference.normalSurvival, normalSurvival)).toBeLessThan(2e-15);
  });

  test('the normal quantile to 1e-15', () => {
    expect(worstError(reference.normalQuantile, normalQuantile)).toBeLessThan(1e-15);
  });
});

describe('distribution functions at their limits', () => {
  test.each([
    ['the normal tail at Infinity', normalSurvival(Number.POSITIVE_INFINITY), 0],
    ['the normal tail at -Infinity', normalSurvival(Number.NEGATIVE_INFINITY), 1],
    ['the normal tail of NaN', normalSurvival(Number.NaN), Number.NaN],
    ['the normal quantile of 0', normalQuantile(0), Number.NEGATIVE_INFINITY],
    ['the normal quantile of 1', normalQuantile(1), Number.POSITIVE_INFINITY],
    ['the normal quantile outside [0, 1]', normalQuantile(1.1), Number.NaN],
    ['the t tail at Infinity', studentTSurvival(Number.POSITIVE_INFINITY, 5), 0],
    ['the t tail at -Infinity', studentTSurvival(Number.NEGATIVE_INFINITY, 5), 1],
    ['the t tail of NaN', studentTSurvival(Number.NaN, 5), Number.NaN],
    ['the t tail without degrees of freedom', studentTSurvival(1, Number.NaN), Number.NaN],
    ['the t tail of infinitely many degrees', studentTSurvival(1, Number.POSITIVE_INFINITY), normalSurvival(1)],
    ['the t quantile of 0', studentTQuantile(0, 5), Number.NEGATIVE_INFINITY],
    ['the t quantile of 1', studentTQuantile(1, 5), Number.POSITIVE_INFINITY],
    ['the t quantile of a half', studentTQuantile(0.5, 5), 0],
    ['the t quantile of NaN', studentTQuantile(Number.NaN, 5), Number.NaN],
    ['the t quantile of infinitely many', studentTQuantile(0.99, Number.POSITIVE_INFINITY), normalQuantile(0.99)],
    ['the incomplete beta function at 0', incompleteBeta(0, 2, 3), 0],
    ['the incomplete beta function at 1', incompleteBeta(1, 2, 3), 1],
    ['the middle of the normal distribution up to NaN', normalCentral(Number.NaN), Number.NaN],
    ['the t density without degrees of freedom', studentTDensity(1, Number.NaN), Number.NaN],
    ['the deviance of NaN', poissonDeviance(Number.NaN, 1), Number.NaN],
    ['the deviance of equal numbers', poissonDeviance(7, 7), 0],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toBe(expected);
  });

  test("Stirling's formula with its error is the factorial", () => {
    for (let n = 1, factorial = 1; n <= 20; factorial *= ++n) {
      const formula = Math.sqrt(2 * Math.PI * n) * (n / Math.E) ** n * Math.exp(stirlingError(n));
      expect(relativeError(formula, factorial)).toBeLessThan(1e-14);
    }
  });
});

describe('distribution functions, any arguments', () => {
  const degrees = fc.double({ min: 1, max: 1e6, noNaN: true });
  const probability = fc.double({ min: 1e-90, max: 1 - 1e-9, noNaN: true });

  test('the t quantile inverts the t tail', () => {
    fc.assert(
      fc.property(probability, degrees, (p, df) => {
        const back = studentTSurvival(-studentTQuantile(p, df), df);
        expect(relativeError(back, p)).toBeLessThan(1e-11);
      }),
    );
  });

  test('the normal quantile inverts the normal tail', () => {
    fc.assert(
      fc.property(probability, (p) => {
        expect(relativeError(normalSurvival(-normalQuantile(p)), p)).toBeLessThan(1e-12);
      }),
    );
  });

  test('a larger t never has a larger tail, and both tails make 1', () => {
    const t = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(t, t, degrees, (a, b, df) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        expect(studentTSurvival(large, df)).toBeLessThanOrEqual(studentTSurvival(small, df) * (1 + 1e-12));
        expect(studentTSurvival(a, df) + studentTSurvival(-a, df)).toBeCloseTo(1, 13);
      }),
    );
  });

  test('the incomplete beta function and its mirror make 1', () => {
    const parameter = fc.double({ min: 0.5, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), parameter, parameter, (x, a, b) => {
        expect(incompleteBeta(x, a, b, 1 - x) + incompleteBeta(1 - x, b, a, x)).toBeCloseTo(1, 11);
      }),
    );
  });
});
