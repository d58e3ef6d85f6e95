import { chiSquareSurvival } from '../distributions/chi-square-survival.ts';
import { createSeededRandom } from '../numerics/seeded-random.ts';

/** Counts of the same categories, or buckets, of two samples. */
export interface TwoCounts {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

export type CountMeasure = 'chiSquare' | 'g' | 'jensenShannon' | 'psi';

export interface CountDrift {
  /** of the measure; Jensen-Shannon in bits, 0 to 1 */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** the value of the measure that would have had p = alpha: what a fixed threshold forgets depends on both sizes */
  readonly criticalValue: number;
  readonly method: 'permutation' | 'chi-square';
  /** cells after small ones were put together */
  readonly cells: number;
}

/** An expected count below it makes the chi-square distribution a poor one. */
const SMALLEST_EXPECTED = 5;
/** The other measures are chi-square only where cells are large beside the root of their number; measured. */
const BY_ROOT_OF_CELLS = 10;
/** Up to so many counts in all the p-value is by permutation, which is exact. */
const PERMUTED_UP_TO = 2000;
const PERMUTATIONS = 999;

/**
 * Whether two samples of counts have one distribution. Cells of which fewer than five are expected on a side are put
 * together with their neighbours; more for the other measures, which larger cells need to be chi-square. The p-value is by permutation (999, seeded with the counts) up to 2,000 counts, else by
 * the chi-square distribution, to which G, PSI and Jensen-Shannon are scaled: with n and m counts PSI / (1/n + 1/m) and
 * 8 ln 2 JS / (1/n + 1/m) are chi-square with cells - 1 degrees of freedom. Undefined where fewer than two cells are left.
 *
 * Source: K. Pearson (1900); J. Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Trans. Inf. Theory 37 (1991);
 * B. Yurdakul and J. Naranjo, "Statistical Properties of the Population Stability Index", J. Risk Model Valid. 14 (2020).
 *
 * @example countDrift({ control: [500, 500], experiment: [560, 440] }, 'chiSquare', 0.05)?.statistic // 7.218549…
 */
export function countDrift(counts: TwoCounts, measure: CountMeasure, alpha: number): CountDrift | undefined {
  const isLarge = sumOf(counts.control) + sumOf(counts.experiment) > PERMUTED_UP_TO;
  const pooled = pooledCells(counts, isLarge && measure !== 'chiSquare' ? BY_ROOT_OF_CELLS : 0);
  const cells = pooled.control.length;
  if (cells < 2) return undefined;
  const degreesOfFreedom = cells - 1;
  const sizes = { n: sumOf(pooled.control), m: sumOf(pooled.experiment) };
  const scale = scaleOf(measure, sizes);
  const statistic = MEASURES[measure](pooled);
  const common = { statistic, degreesOfFreedom, cells };
  if (isLarge) {
    const criticalValue = chiSquareQuantile(alpha, degreesOfFreedom) * scale;
    return {
      ...common,
      criticalValue,
      pValue: chiSquareSurvival(statistic / scale, degreesOfFreedom),
      method: 'chi-square',
    };
  }
  const permuted = permutedStatistics(pooled, measure);
  const asLarge = permuted.filter((value) => value >= statistic * (1 - 1e-12)).length;
  const place = Math.max(0, PERMUTATIONS - Math.floor(alpha * (PERMUTATIONS + 1)));
  const criticalValue = permuted.sort()[place] ?? Number.NaN;
  return { ...common, criticalValue, pValue: (1 + asLarge) / (PERMUTATIONS + 1), method: 'permutation' };
}

/**
 * Neighbours are put together from the left until both sides expect enough: five, or so many times the root of the number of
 * categories that occur.
 */
export function pooledCells({ control, experiment }: TwoCounts, byRootOfCells = 0): TwoCounts {
  const [n, m] = [sumOf(control), sumOf(experiment)];
  const share = Math.min(n, m) / (n + m);
  const occurring = control.filter((count, index) => count + (experiment[index] ?? 0) > 0).length;
  const smallest = Math.max(SMALLEST_EXPECTED, byRootOfCells * Math.sqrt(occurring));
  const pooled: { control: number[]; experiment: number[] } = { control: [], experiment: [] };
  let [left, right] = [0, 0];
  for (const [index, count] of control.entries()) {
    left += count;
    right += experiment[index] ?? 0;
    if ((left + right) * share < smallest) continue;
    pooled.control.push(left);
    pooled.experiment.push(right);
    [left, right] = [0, 0];
  }
  const last = pooled.control.length - 1;
  if (last >= 0) {
    pooled.control[last] = (pooled.control[last] as number) + left;
    pooled.experiment[last] = (pooled.experiment[last] as number) + right;
  }
  return pooled;
}

type Measure = (counts: TwoCounts) => number;

const MEASURES: Readonly<Record<CountMeasure, Measure>> = {
  chiSquare: (counts) => sumOverCells(counts, (count, expected) => (count - expected) ** 2 / expected),
  g: (counts) => 2 * sumOverCells(counts, (count, expected) => (count === 0 ? 0 : count * Math.log(count / expected))),
  jensenShannon: ({ control, experiment }) => {
    const [n, m] = [sumOf(control), sumOf(experiment)];
    return control.reduce((sum, count, index) => {
      const [p, q] = [count / n, (experiment[index] as number) / m];
      const middle = (p + q) / 2;
      const part = (share: number) => (share === 0 ? 0 : (share / 2) * Math.log2(share / middle));
      return sum + part(p) + part(q);
    }, 0);
  },
  // An empty cell counts half a point, or its logarithm would be infinite.
  psi: ({ control, experiment }) => {
    const [n, m] = [sumOf(control), sumOf(experiment)];
    return control.reduce((sum, count, index) => {
      const [p, q] = [Math.max(count, 0.5) / n, Math.max(experiment[index] as number, 0.5) / m];
      return sum + (q - p) * Math.log(q / p);
    }, 0);
  },
};

function sumOverCells({ control, experiment }: TwoCounts, cell: (count: number, expected: number) => number): number {
  const [n, m] = [sumOf(control), sumOf(experiment)];
  return control.reduce((sum, count, index) => {
    const other = experiment[index] as number;
    const share = (count + other) / (n + m);
    return sum + cell(count, n * share) + cell(other, m * share);
  }, 0);
}

/** By what a chi-square value is multiplied to be one of the measure. */
function scaleOf(measure: CountMeasure, { n, m }: { readonly n: number; readonly m: number }): number {
  if (measure === 'psi') return 1 / n + 1 / m;
  return measure === 'jensenShannon' ? (1 / n + 1 / m) / (8 * Math.LN2) : 1;
}

/** The measure of tables in which the same counts fell to the sides by chance. */
function permutedStatistics(counts: TwoCounts, measure: CountMeasure): Float64Array {
  const random = createSeededRandom(Float64Array.from(counts.control), Float64Array.from(counts.experiment));
  const totals = counts.control.map((count, index) => count + (counts.experiment[index] as number));
  const labels = Int32Array.from(totals.flatMap((total, cell) => new Array<number>(total).fill(cell)));
  const m = sumOf(counts.experiment);
  return Float64Array.from({ length: PERMUTATIONS }, () => {
    const experiment = totals.map(() => 0);
    for (let i = 0; i < m; i++) {
      const j = i + Math.floor(random.uniform() * (labels.length - i));
      const label = labels[j] as number;
      labels[j] = labels[i] as number;
      labels[i] = label;
      experiment[label] = (experiment[label] as number) + 1;
    }
    return MEASURES[measure]({
      control: totals.map((total, cell) => total - (experiment[cell] as number)),
      experiment,
    });
  });
}

/** The value that is exceeded with probability `alpha`, by bisection. */
export function chiSquareQuantile(alpha: number, degreesOfFreedom: number): number {
  let [low, high] = [0, degreesOfFreedom + 10];
  while (chiSquareSurvival(high, degreesOfFreedom) > alpha) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (chiSquareSurvival(middle, degreesOfFreedom) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
