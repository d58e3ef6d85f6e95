/** The density of values around a position. */
export interface DensityPoint {
  readonly value: number;
  /** values per unit, as a fraction of all */
  readonly density: number;
}

const BINS = 64;

/**
 * The density of sorted values over a range, smoothed by a normal kernel of Silverman's width. Values are binned first,
 * so that the cost does not grow with their number.
 *
 * Source: B. W. Silverman, "Density Estimation for Statistics and Data Analysis", 1986, 3.4.2 (rule of thumb 3.31).
 */
export function density(sorted: readonly number[], [least, greatest]: readonly [number, number]): DensityPoint[] {
  const width = (greatest - least) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of sorted) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - least) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const kernel = kernelOf(bandwidth(sorted) / width);
  const reach = kernel.length - 1;
  const smooth = counts.map((_, bin) => {
    let sum = 0;
    for (let other = Math.max(0, bin - reach); other <= Math.min(BINS - 1, bin + reach); other++) {
      sum += (counts[other] ?? 0) * (kernel[Math.abs(other - bin)] ?? 0);
    }
    return { value: least + (bin + 0.5) * width, density: sum / (sorted.length * width) };
  });
  const peak = Math.max(...smooth.map((point) => point.density));
  const [first, last] = [smooth.findIndex(isSeen), smooth.findLastIndex(isSeen)];
  return smooth.slice(Math.max(0, first - 1), last + 2);

  function isSeen(point: DensityPoint): boolean {
    return point.density > peak * 0.005;
  }
}

function bandwidth(sorted: readonly number[]): number {
  const size = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / size;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, size - 1));
  const quarter = (share: number) => sorted[Math.min(size - 1, Math.floor(size * share))] ?? 0;
  const spread = (quarter(0.75) - quarter(0.25)) / 1.34;
  return 0.9 * (spread > 0 ? Math.min(deviation, spread) : deviation) * size ** -0.2;
}

/** Half of a normal curve, in bins from its middle; the whole curve sums to 1. @param width in bins */
function kernelOf(width: number): number[] {
  const deviation = Math.max(0.6, Math.min(width, BINS / 4));
  const half = Array.from({ length: Math.ceil(deviation * 3) + 1 }, (_, bin) =>
    Math.exp(-0.5 * (bin / deviation) ** 2),
  );
  const sum = half.reduce((total, value, bin) => total + (bin === 0 ? value : 2 * value), 0);
  return half.map((value) => value / sum);
}
