/**
 * The arithmetic mean: the sum over n, then corrected by the mean of what is left over. NaN for no values.
 *
 * The second pass takes away most of the rounding of the first. The order of operations is fixed, since verdicts
 * that are compared bit by bit hang on it. An infinite value makes the mean NaN.
 *
 * Source: the two-pass algorithm of Apache Commons Math 3.6, `Mean`.
 *
 * @example mean([4, 5, 3]) // 4
 */
export function mean(values: ArrayLike<number>): number {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const rough = sum / n;
  let left = 0;
  for (let i = 0; i < n; i++) left += (values[i] as number) - rough;
  return rough + left / n;
}
