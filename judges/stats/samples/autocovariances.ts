import { laggedProducts } from '../numerics/fourier.ts';

/** The autocovariances of a centred series with gaps; each lag is computed when it is first asked for. */
export interface Autocovariances {
  /** how many values are present */
  readonly size: number;
  /** the sum of squares over `size` */
  readonly variance: number;
  /** the number of t where both x[t] and x[t - lag] are present */
  pairs(lag: number): number;
  /** the sum of x[t] x[t - lag] over those t, divided by their number */
  at(lag: number): number;
}

/** Beyond this lag one transform costs less than going on lag by lag. */
const DIRECT_LAGS = 64;
const LONG_SERIES = 512;

/**
 * For a series already centred, with NaN where a value is absent.
 *
 * Every lag is divided by its own number of pairs, so that gaps do not make neighbours look unlike each other. Lags are
 * summed one by one as long as few are asked for; beyond 64 of a long series all others come from one transform.
 *
 * @example autocovariances(Float64Array.of(-1, 0, 1)).at(1) // 0
 */
export function autocovariances(x: Float64Array): Autocovariances {
  const series = withoutAbsentEnds(x);
  const present = series.map((value) => (Number.isNaN(value) ? 0 : 1));
  const size = sumOfProducts(present, 0);
  const gapless = size === series.length;
  const pairs = gapless ? (lag: number) => Math.max(0, size - lag) : laggedSums(present, Math.round);
  const sums = laggedSums(gapless ? series : series.map((value) => (Number.isNaN(value) ? 0 : value)));
  return { size, variance: sums(0) / size, pairs, at: (lag) => sums(lag) / pairs(lag) };
}

function withoutAbsentEnds(x: Float64Array): Float64Array {
  let start = 0;
  let end = x.length;
  while (start < end && Number.isNaN(x[start])) start++;
  while (end > start && Number.isNaN(x[end - 1])) end--;
  return x.subarray(start, end);
}

function laggedSums(x: Float64Array, tidy = (sum: number) => sum): (lag: number) => number {
  const known: number[] = [];
  let all: Float64Array | undefined;
  return (lag) => {
    if (lag > DIRECT_LAGS && x.length >= LONG_SERIES) {
      all ??= laggedProducts(x, Math.ceil(x.length / 2));
      const sum = all[lag];
      if (sum !== undefined) return tidy(sum);
    }
    known[lag] ??= sumOfProducts(x, lag);
    return known[lag];
  };
}

function sumOfProducts(x: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < x.length; t++) sum += (x[t] as number) * (x[t - lag] as number);
  return sum;
}
