import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { momentsUnit, sampleMoments } from '../samples/sample-moments.ts';
import { type Alternative, boundedFor, type ConfidenceInterval, errorPerBound } from './alternative.ts';
import { welchSatterthwaite } from './welch-t-test.ts';

/**
 * Fieller's confidence interval of the mean of x over the mean of y, with a variance for each.
 *
 * Chosen over the delta method on logarithms because it needs no positive means and no logarithms, and agrees with
 * the t-test: it holds every ratio r for which `mean x - r mean y` is not significantly off zero. The degrees of
 * freedom are Welch-Satterthwaite's of that combination at the estimated ratio.
 *
 * `undefined` when the interval does not exist: when the mean of y is not significantly different from zero, every
 * ratio is possible; and for fewer than two values on a side.
 *
 * For a negative mean of y a larger x means a smaller ratio: the interval of a one-sided test is bounded on the
 * side of the ratio that its difference is bounded on.
 *
 * Source: E. C. Fieller, "Some Problems in Interval Estimation", J. R. Stat. Soc. B 16 (1954); with unequal
 * variances A. C. Tamhane and B. R. Logan, Biometrical Journal 46 (2004).
 *
 * @example ratioOfMeansInterval([9, 10, 11], [4, 5, 6], { alternative: 'two-sided', confidence: 0.95 })
 * // lower 1.36969, upper 3.27143
 */
export function ratioOfMeansInterval(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { alternative, confidence }: { alternative: Alternative; confidence: number },
): ConfidenceInterval | undefined {
  const unit = momentsUnit(x, y);
  const [above, below] = [sampleMoments(x, unit), sampleMoments(y, unit)];
  const ratio = above.mean / below.mean;
  const [aboveError, belowError] = [above.variance / above.size, below.variance / below.size];
  const degreesOfFreedom = welchSatterthwaite([aboveError, ratio * ratio * belowError], [above.size, below.size]);
  const squaredQuantile = studentTQuantile(1 - errorPerBound(alternative, confidence), degreesOfFreedom) ** 2;
  const leading = below.mean ** 2 - squaredQuantile * belowError;
  if (!(leading > 0)) return undefined;
  const reach = Math.sqrt(
    squaredQuantile *
      (above.mean ** 2 * belowError + below.mean ** 2 * aboveError - squaredQuantile * aboveError * belowError),
  );
  const middle = above.mean * below.mean;
  return boundedFor(
    below.mean < 0 ? MIRRORED[alternative] : alternative,
    (middle - reach) / leading,
    (middle + reach) / leading,
  );
}

const MIRRORED = { greater: 'less', less: 'greater', 'two-sided': 'two-sided' } as const satisfies Record<
  Alternative,
  Alternative
>;
