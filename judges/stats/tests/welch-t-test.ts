import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { studentTSurvival } from '../distributions/student-t-survival.ts';
import { momentsUnit, sampleMoments } from '../samples/sample-moments.ts';
import { type Alternative, boundedFor, type ConfidenceInterval, errorPerBound, pValueFor } from './alternative.ts';

export interface WelchTTest {
  /** Mean of x minus mean of y. */
  readonly estimate: number;
  /** The distance of the estimate from the nearer end of the margin, in standard errors. */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** Of the difference of the means, whatever the margin. */
  readonly interval: ConfidenceInterval;
}

export interface TestOptions {
  readonly alternative: Alternative;
  /** Of the interval; 0.98 is 98 %. */
  readonly confidence: number;
  /** Differences up to this size are part of the null hypothesis; default 0. */
  readonly margin?: number;
}

/**
 * Welch's t-test: do the means of x and y differ (by more than `margin`), with a variance for each?
 *
 * The p-value is below 1 - confidence exactly when the interval lies beyond the margin. Samples of finite values;
 * a side of fewer than two values gives NaN. Without any variance the p-value is 0 or 1.
 *
 * Source: B. L. Welch, "The Generalization of 'Student's' Problem when Several Different Population Variances are
 * Involved", Biometrika 34 (1947); NIST/SEMATECH e-Handbook 1.3.5.3.
 *
 * @example welchTTest([3, 4, 5, 6], [1, 2, 3], { alternative: 'two-sided', confidence: 0.98 })
 * // estimate 2.5, statistic 2.886751, degreesOfFreedom 4.959, pValue 0.034648
 */
export function welchTTest(x: ArrayLike<number>, y: ArrayLike<number>, options: TestOptions): WelchTTest {
  const unit = momentsUnit(x, y);
  const { alternative, confidence } = options;
  const margin = (options.margin ?? 0) * unit;
  const sides = [sampleMoments(x, unit), sampleMoments(y, unit)] as const;
  const estimate = sides[0].mean - sides[1].mean;
  const squaredErrors = sides.map((side) => side.variance / side.size) as [number, number];
  const standardError = Math.sqrt(squaredErrors[0] + squaredErrors[1]);
  const degreesOfFreedom = welchSatterthwaite(squaredErrors, [sides[0].size, sides[1].size]);
  const greater = standardized(estimate - margin, standardError);
  const less = standardized(estimate + margin, standardError);
  const pValue = pValueFor(alternative, {
    greater: studentTSurvival(greater, degreesOfFreedom),
    less: studentTSurvival(-less, degreesOfFreedom),
  });
  const reach = standardError * studentTQuantile(1 - errorPerBound(alternative, confidence), degreesOfFreedom);
  return {
    estimate: estimate / unit,
    statistic: alternative === 'greater' || (alternative === 'two-sided' && estimate > 0) ? greater : less,
    degreesOfFreedom,
    pValue,
    interval: boundedFor(alternative, (estimate - reach) / unit, (estimate + reach) / unit),
  };
}

/**
 * The degrees of freedom of a sum of two squared standard errors: at least those of the smaller sample, at most
 * those of both together. Written in shares, so that it does not depend on the unit.
 *
 * Source: F. E. Satterthwaite, "An Approximate Distribution of Estimates of Variance Components", Biometrics 2 (1946).
 *
 * @example welchSatterthwaite([2, 2], [11, 11]) // 20
 */
export function welchSatterthwaite(squaredErrors: readonly [number, number], sizes: readonly [number, number]): number {
  const sum = squaredErrors[0] + squaredErrors[1];
  if (sum === 0) return sizes[0] + sizes[1] - 2;
  const shares = [squaredErrors[0] / sum, squaredErrors[1] / sum] as const;
  return 1 / (shares[0] ** 2 / (sizes[0] - 1) + shares[1] ** 2 / (sizes[1] - 1));
}

function standardized(difference: number, standardError: number): number {
  return difference === 0 ? 0 * standardError : difference / standardError;
}
