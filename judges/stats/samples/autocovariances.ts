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
 * @example autocovariances([-1, 0, 1]).at(1) // 0
 */
export function autocovariances(x: ArrayLike<number>): Autocovariances {
  const series = withoutAbsentEnds(x);
  const squares = sumOfProducts(series, 0);
  const gapless = !Number.isNaN(squares);
  const sums = laggedSums(gapless ? series : withZeros(series));
  const pairs = gapless ? (lag: number) => Math.max(0, series.length - lag) : pairsOf(series);
  const size = pairs(0);
  const variance = (gapless ? squares : sums(0)) / size;
  return { size, variance, pairs, at: (lag) => sums(lag) / pairs(lag) };
}

function withoutAbsentEnds(x: ArrayLike<number>): Float64Array {
  let start = 0;
  let end = x.length;
  while (start < end && Number.isNaN(x[start])) start++;
  while (end > start && Number.isNaN(x[end - 1])) end--;
  const series = x instanceof Float64Array ? x : Float64Array.from(x);
  return series.subarray(start, end);
}

/** Absent values as 0, which add nothing to a sum of products. */
function withZeros(series: Float64Array): Float64Array {
  return series.map((value) => (Number.isNaN(value) ? 0 : value));
}

function pairsOf(series: Float64Array): (lag: number) => number {
  const counts = laggedSums(series.map((value) => (Number.isNaN(value) ? 0 : 1)));
  // The transform leaves a little of rounding.
  return (lag) => Math.round(counts(lag));
}

function laggedSums(x: Float64Array): (lag: number) => number {
  const known: number[] = [];
  let all: Float64Array | undefined;
  return (lag) => {
    if (lag > DIRECT_LAGS && x.length >= LONG_SERIES) {
      all ??= laggedProducts(x, Math.ceil(x.length / 2));
      const sum = all[lag];
      if (sum !== undefined) return sum;
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
