import { mannWhitneyDistribution } from '../distributions/mann-whitney-distribution.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import { nthPairwiseDifference } from '../samples/pairwise-differences.ts';
import { type Alternative, boundedFor, type ConfidenceInterval, errorPerBound } from './alternative.ts';
import { isExact, mannWhitneyDeviation, tieSum } from './mann-whitney-test.ts';

/**
 * The Hodges-Lehmann estimate of how far x lies above y: the median of all differences x[i] - y[j], exactly.
 * For ascending x and y without NaN; NaN when a side is empty.
 *
 * Source: J. L. Hodges and E. L. Lehmann, "Estimates of Location Based on Rank Tests", Ann. Math. Stat. 34 (1963).
 *
 * @example hodgesLehmannEstimate(Float64Array.of(1, 5), Float64Array.of(0, 2)) // 2, of -1, 1, 3, 5
 */
export function hodgesLehmannEstimate(x: Float64Array, y: Float64Array): number {
  const pairs = x.length * y.length;
  if (pairs === 0) return Number.NaN;
  const upper = nthPairwiseDifference(x, y, Math.floor(pairs / 2) + 1);
  if (pairs % 2 === 1) return upper;
  const lower = nthPairwiseDifference(x, y, pairs / 2);
  return lower === upper ? lower : lower / 2 + upper / 2;
}

/**
 * The confidence interval of the shift from y to x that belongs to the Mann-Whitney test: the shifts it does not
 * reject, whose bounds are two of the differences x[i] - y[j]. For ascending x and y without NaN.
 *
 * Infinite where the samples are too small for the confidence. With ties a bound may be the shift in question itself
 * although the test rejects it: read the p-value then.
 *
 * Source: M. Hollander and D. A. Wolfe, "Nonparametric Statistical Methods", 2nd ed. (1999), 4.3.
 *
 * @example hodgesLehmannInterval(Float64Array.of(4, 5, 7), Float64Array.of(1, 2, 3),
 *   { alternative: 'greater', confidence: 0.9 }) // { lower: 1, upper: Infinity }
 */
export function hodgesLehmannInterval(
  x: Float64Array,
  y: Float64Array,
  { alternative, confidence }: { alternative: Alternative; confidence: number },
): ConfidenceInterval {
  const error = errorPerBound(alternative, confidence);
  const rank = boundRank(x, y, error);
  const pairs = x.length * y.length;
  return boundedFor(
    alternative,
    alternative === 'less' ? Number.NEGATIVE_INFINITY : nthPairwiseDifference(x, y, rank),
    alternative === 'greater' ? Number.POSITIVE_INFINITY : nthPairwiseDifference(x, y, pairs + 1 - rank),
  );
}

/** Which difference, counted from the smallest, is the lower bound: the largest k with P(U <= k - 1) < error. */
function boundRank(x: Float64Array, y: Float64Array, error: number): number {
  const ties = tieSum(x, y);
  if (isExact(x.length, y.length, ties)) {
    const cumulative = mannWhitneyDistribution(x.length, y.length);
    return cumulative.findIndex((probability) => probability >= error);
  }
  const deviation = mannWhitneyDeviation(x.length, y.length, ties);
  return Math.ceil((x.length * y.length) / 2 - 0.5 + normalQuantile(error) * deviation);
}
