/** Of the present values of a series from one place on. */
export interface Moments {
  readonly points: number;
  readonly total: number;
  readonly mean: number;
  /** With divisor points - 1; NaN for fewer than two. */
  readonly variance: number;
}

/** In two passes; NaN is absent. */
export function momentsOf(values: readonly number[], from = 0): Moments {
  let [points, total] = [0, 0];
  for (let i = from; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    points++;
    total += value;
  }
  const mean = total / points;
  let [squares, deviations] = [0, 0];
  for (let i = from; i < values.length; i++) {
    const deviation = (values[i] as number) - mean;
    if (Number.isNaN(deviation)) continue;
    squares += deviation ** 2;
    deviations += deviation;
  }
  // What is left of the deviations is the rounding of the mean.
  return {
    points,
    total,
    mean,
    variance: points < 2 ? Number.NaN : (squares - deviations ** 2 / points) / (points - 1),
  };
}
