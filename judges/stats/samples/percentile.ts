/**
 * The p-th percentile of values in ascending order, 0 < p <= 100, by linear interpolation between the two nearest
 * of them (type 7 of Hyndman and Fan, R's default). NaN for no values.
 *
 * Source: R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996);
 * operations in the order of Apache Commons Math 3.6, `Percentile` with `R_7`.
 *
 * @example percentile([3, 4, 5], 75) // 4.5
 */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  if (n === 1) return sorted[0] as number;
  const position = 1 + (n - 1) * (p / 100);
  if (position < 1) return sorted[0] as number;
  if (position >= n) return sorted[n - 1] as number;
  const index = Math.floor(position);
  const lower = sorted[index - 1] as number;
  return lower + (position - index) * ((sorted[index] as number) - lower);
}
