import { percentile } from './percentile.ts';

/** Values outside are outliers; those on a fence are not. A NaN fence lets everything pass. */
export interface Fences {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Tukey's fences, `factor` interquartile ranges outside the quartiles, moved outwards to the 1st and 99th percentile
 * where these lie further out, so that a sample of mostly equal values, whose interquartile range is 0, does not lose
 * all others.
 *
 * Source: J. W. Tukey, "Exploratory Data Analysis" (1977), 2D.
 *
 * @param sorted ascending
 * @example outlierFences(Float64Array.of(3, 4, 5), 3) // { lower: 0.5, upper: 7.5 }
 */
export function outlierFences(sorted: Float64Array, factor: number): Fences {
  const lowerQuartile = percentile(sorted, 25);
  const upperQuartile = percentile(sorted, 75);
  const reach = factor * (upperQuartile - lowerQuartile);
  return {
    lower: Math.min(percentile(sorted, 1), lowerQuartile - reach),
    upper: Math.max(percentile(sorted, 99), upperQuartile + reach),
  };
}
