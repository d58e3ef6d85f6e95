import { logGamma } from '../distributions/log-gamma.ts';
import { type CellPart, type Sizes, sizesOf, type TwoCounts } from './count-measures.ts';

/** What a measure has where nothing but chance divides the outputs of each cell between the sides. */
export interface NullMoments {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Mean and variance of a measure over all tables with the same margins. The mean is exact. So is the variance within each
 * cell; between cells it is that of the first two orthogonal polynomials of their counts, which is all there is of
 * chi-square with large cells.
 *
 * The degrees of freedom say it only of chi-square with large cells: of 2,000 cells of ten outputs a side the mean of G is
 * 2.7 % above them, which is 0.85 of its standard deviations.
 *
 * Source of the idea: C. Morris, "Central Limit Theorems for Multinomial Sums", Ann. Stat. 3 (1975); J. B. S. Haldane, "The
 * Mean and Variance of Chi-squared, when Used as a Test of Homogeneity", Biometrika 31 (1940).
 */
export function nullMoments(counts: TwoCounts, part: CellPart): NullMoments {
  const sizes = sizesOf(counts);
  const all = sizes.n + sizes.m;
  const totals = counts.control.map((count, index) => count + (counts.experiment[index] ?? 0));
  // Cells of one size have the same moments; there may be two thousand.
  const ofTotal = new Map([...new Set(totals)].map((total) => [total, cellMoments(total, part, sizes)]));
  const sums = { mean: 0, variance: 0, linear: 0, linearOwn: 0, quadratic: 0, quadraticOwn: 0 };
  for (const total of totals) {
    const { mean, variance, linear, quadratic } = ofTotal.get(total) ?? NO_MOMENTS;
    const share = total / all;
    sums.mean += mean;
    sums.variance += variance;
    sums.linear += linear * share;
    sums.linearOwn += (linear * share) ** 2;
    sums.quadratic += quadratic * share ** 2;
    sums.quadraticOwn += (quadratic * share ** 2) ** 2;
  }
  // The counts of two cells have the covariance -share * share * spread.
  const spread = (sizes.n * sizes.m) / Math.max(1, all - 1);
  const between =
    -spread * (sums.linear ** 2 - sums.linearOwn) + 2 * spread ** 2 * (sums.quadratic ** 2 - sums.quadraticOwn);
  return { mean: sums.mean, variance: sums.variance + between };
}

interface CellMoments extends NullMoments {
  /** by how much the part grows with the count, and with its square beside that */
  readonly linear: number;
  readonly quadratic: number;
}

const NO_MOMENTS: CellMoments = { mean: 0, variance: 0, linear: 0, quadratic: 0 };
/** Beyond so many standard deviations, and so many counts more, nothing is left. */
const REACH = { deviations: 9, counts: 20 };
/** The places of a large cell at which its distribution is taken, in each standard deviation. */
const PLACES = 32;

/** Of the part of one cell, whose count in the experiment is hypergeometric. */
function cellMoments(total: number, part: CellPart, sizes: Sizes): CellMoments {
  const { counts, weights } = hypergeometric(total, sizes);
  const parts = counts.map((count) => part(total - count, count, sizes));
  const average = (of: (index: number) => number) =>
    weights.reduce((sum, weight, index) => sum + weight * of(index), 0);
  const at = (index: number) => counts[index] as number;
  const center = average(at);
  const mean = average((index) => parts[index] as number);
  const off = (index: number) => at(index) - center;
  const rest = (index: number) => (parts[index] as number) - mean;
  const variance = average((index) => rest(index) ** 2);
  const square = average((index) => off(index) ** 2);
  if (square === 0) return { ...NO_MOMENTS, mean };
  const skew = average((index) => off(index) ** 3) / square;
  const curve = (index: number) => off(index) ** 2 - skew * off(index) - square;
  const linear = average((index) => rest(index) * off(index)) / square;
  const curved = average((index) => curve(index) ** 2);
  const quadratic = curved < 1e-9 * square ** 2 ? 0 : average((index) => rest(index) * curve(index)) / curved;
  return { mean, variance, linear, quadratic };
}

/** How many of a cell's outputs are of the experiment, and how likely that is; every so many counts of a large cell. */
export function hypergeometric(
  total: number,
  { n, m }: Sizes,
  every?: number,
): { counts: number[]; weights: number[] } {
  const all = n + m;
  const center = (total * m) / all;
  const deviation = Math.sqrt((center * n * (all - total)) / (all * Math.max(1, all - 1)));
  const reach = REACH.deviations * deviation + REACH.counts;
  const step = every ?? Math.max(1, Math.floor(deviation / PLACES));
  const least = Math.max(0, total - n, Math.floor(center - reach));
  const most = Math.min(total, m, Math.ceil(center + reach));
  const counts = Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, index) => least + index * step);
  const logs = counts.map(
    (x) => -(logGamma(x + 1) + logGamma(total - x + 1) + logGamma(m - x + 1) + logGamma(n - total + x + 1)),
  );
  const top = logs.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const weights = logs.map((log) => Math.exp(log - top));
  const sum = weights.reduce((one, other) => one + other, 0);
  return { counts, weights: weights.map((weight) => weight / sum) };
}
