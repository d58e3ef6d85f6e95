/**
 * How often the series rises above a limit, or, with `sign` -1, falls below it: runs of consecutive values count once,
 * and an absent value ends a run.
 *
 * @example countRuns([1, 5, 6, NaN, 7, 1], 4) // 2
 */
export function countRuns(values: ArrayLike<number>, limit: number, sign: 1 | -1 = 1): number {
  let runs = 0;
  let inside = false;
  for (let i = 0; i < values.length; i++) {
    const beyond = sign * (values[i] as number) > sign * limit;
    if (beyond && !inside) runs++;
    inside = beyond;
  }
  return runs;
}
