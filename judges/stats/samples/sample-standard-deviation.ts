/**
 * The standard deviation of a sample (divisor n - 1): two passes, corrected for the rounding of the mean.
 * 0 for a single value.
 *
 * Source: the corrected two-pass algorithm of Apache Commons Math 3.6, `Variance`; T. F. Chan, G. H. Golub,
 * R. J. LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician 37 (1983).
 *
 * @param mean of the values, as `mean()` computes it
 * @example sampleStandardDeviation([4, 5, 3], 4) // 1
 */
export function sampleStandardDeviation(values: ArrayLike<number>, mean: number): number {
  const n = values.length;
  if (n === 1) return 0;
  let squares = 0;
  let deviations = 0;
  for (let i = 0; i < n; i++) {
    const deviation = (values[i] as number) - mean;
    squares += deviation * deviation;
    deviations += deviation;
  }
  return Math.sqrt((squares - (deviations * deviations) / n) / (n - 1));
}
