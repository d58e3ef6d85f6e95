/** Of the present values of a series from one place on. */
export interface Totals {
  readonly points: number;
  readonly total: number;
  readonly mean: number;
}

export interface Moments extends Totals {
  /** With divisor points - 1; NaN for fewer than two. */
  readonly variance: number;
}

/*
 * Sums begin one by one: taken apart from a list they would be kept as objects, and every addition would make another.
 */

/** In one pass; NaN is absent. */
export function totalsOf(values: Float64Array, from = 0): Totals {
  let points = 0;
  let total = 0;
  for (let i = from; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    points++;
    total += value;
  }
  return { points, total, mean: total / points };
}

/** In two passes; NaN is absent. */
export function momentsOf(values: Float64Array, from = 0): Moments {
  const { points, total, mean } = totalsOf(values, from);
  let squares = 0;
  let deviations = 0;
  for (let i = from; i < values.length; i++) {
    const deviation = (values[i] as number) - mean;
    if (Number.isNaN(deviation)) continue;
    // Not `** 2`, which calls a function for powers.
    squares += deviation * deviation;
    deviations += deviation;
  }
  // What is left of the deviations is the rounding of the mean.
  return {
    points,
    total,
    mean,
    variance: points < 2 ? Number.NaN : (squares - (deviations * deviations) / points) / (points - 1),
  };
}
