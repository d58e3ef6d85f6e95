import { chiSquareSurvival } from '../distributions/chi-square-survival.ts';
import { createSeededRandom } from '../numerics/seeded-random.ts';
import { CELL_PARTS, type CellPart, type CountMeasure, measureOf, sizesOf, type TwoCounts } from './count-measures.ts';
import { hypergeometric, nullMoments } from './count-null.ts';

export type { CountMeasure, TwoCounts };

export interface CountDrift {
  /** of the measure; Jensen-Shannon in bits, 0 to 1 */
  readonly statistic: number;
  /** cells - 1 */
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** the value of the measure that would have had p = alpha: what a fixed threshold forgets depends on both sizes */
  readonly criticalValue: number;
  readonly method: CountMethod;
  /** cells after small ones were put together */
  readonly cells: number;
}

/** Of two cells exact; by permutation; or the chi-square distribution that has the measure's own mean and variance. */
export type CountMethod = 'exact' | 'permutation' | 'chi-square';

/** With fewer expected in a cell no approximation holds. */
const SMALLEST_EXPECTED = 5;
/** Up to so many counts in all the p-value is by permutation, which is exact. */
const PERMUTED_UP_TO = 2000;
const PERMUTATIONS = 999;
/** Two cells of which the smaller has at most so many have steps that an approximation does not know. */
const EXACT_UP_TO = 20_000;

/**
 * Whether two samples of counts have one distribution. Cells of which fewer than five are expected on a side are put
 * together with their neighbours. The p-value is by permutation (999, seeded with the counts) up to 2,000 counts, else by
 * a chi-square distribution, scaled so that it has the mean and variance that the measure has where chance alone divides
 * the outputs. Two cells are exact. Undefined where fewer than two cells are left.
 *
 * Source: K. Pearson (1900); J. Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Trans. Inf. Theory 37 (1991);
 * B. Yurdakul and J. Naranjo, "Statistical Properties of the Population Stability Index", J. Risk Model Valid. 14 (2020).
 *
 * @example countDrift({ control: [500, 500], experiment: [560, 440] }, 'chiSquare', 0.05)?.statistic // 7.218549…
 */
export function countDrift(counts: TwoCounts, measure: CountMeasure, alpha: number): CountDrift | undefined {
  const pooled = pooledCells(counts);
  const cells = pooled.control.length;
  if (cells < 2) return undefined;
  const part = CELL_PARTS[measure];
  const common = { statistic: measureOf(pooled, part), degreesOfFreedom: cells - 1, cells };
  const smaller = Math.min(...totalsOf(pooled).slice(0, 2));
  if (cells === 2 && smaller <= EXACT_UP_TO) return { ...common, ...exactly(pooled, common.statistic, part, alpha) };
  const { n, m } = sizesOf(pooled);
  if (n + m <= PERMUTED_UP_TO) return { ...common, ...byPermutation(pooled, common.statistic, part, alpha) };
  return { ...common, ...byMoments(pooled, common.statistic, part, alpha) };
}

type Found = Pick<CountDrift, 'pValue' | 'criticalValue' | 'method'>;

/** Every way in which chance can divide two cells. */
function exactly(counts: TwoCounts, statistic: number, part: CellPart, alpha: number): Found {
  const sizes = sizesOf(counts);
  const [first = 0, second = 0] = totalsOf(counts);
  const { counts: places, weights } = hypergeometric(first, sizes, 1);
  const ways = places.map((x, index) => {
    const value = part(first - x, x, sizes) + part(second - (sizes.m - x), sizes.m - x, sizes);
    return { value, weight: weights[index] as number };
  });
  const atLeast = (value: number) =>
    ways.reduce((sum, way) => (way.value >= value * (1 - 1e-9) ? sum + way.weight : sum), 0);
  // The largest that is not yet improbable.
  let [sum, criticalValue] = [0, 0];
  for (const way of ways.toSorted((one, other) => other.value - one.value)) {
    sum += way.weight;
    criticalValue = way.value;
    if (sum > alpha) break;
  }
  return { pValue: Math.min(1, atLeast(statistic)), criticalValue, method: 'exact' };
}

function byPermutation(counts: TwoCounts, statistic: number, part: CellPart, alpha: number): Found {
  const permuted = permutedStatistics(counts, part);
  const asLarge = permuted.filter((value) => value >= statistic * (1 - 1e-12)).length;
  const place = Math.max(0, PERMUTATIONS - Math.floor(alpha * (PERMUTATIONS + 1)));
  const criticalValue = permuted.sort()[place] ?? Number.NaN;
  return { criticalValue, pValue: (1 + asLarge) / (PERMUTATIONS + 1), method: 'permutation' };
}

function byMoments(counts: TwoCounts, statistic: number, part: CellPart, alpha: number): Found {
  const { mean, variance } = nullMoments(counts, part);
  const scale = variance / (2 * mean);
  const degrees = mean / scale;
  return {
    pValue: chiSquareSurvival(statistic / scale, degrees),
    criticalValue: chiSquareQuantile(alpha, degrees) * scale,
    method: 'chi-square',
  };
}

function totalsOf({ control, experiment }: TwoCounts): number[] {
  return control.map((count, index) => count + (experiment[index] ?? 0));
}

/** Neighbours are put together from the left until both sides expect five. */
export function pooledCells({ control, experiment }: TwoCounts): TwoCounts {
  const { n, m } = sizesOf({ control, experiment });
  const share = Math.min(n, m) / (n + m);
  const pooled: { control: number[]; experiment: number[] } = { control: [], experiment: [] };
  let [left, right] = [0, 0];
  for (const [index, count] of control.entries()) {
    left += count;
    right += experiment[index] ?? 0;
    if ((left + right) * share < SMALLEST_EXPECTED) continue;
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

/** The measure of tables in which the same counts fell to the sides by chance. */
function permutedStatistics(counts: TwoCounts, part: CellPart): Float64Array {
  const random = createSeededRandom(Float64Array.from(counts.control), Float64Array.from(counts.experiment));
  const totals = totalsOf(counts);
  const labels = Int32Array.from(totals.flatMap((total, cell) => new Array<number>(total).fill(cell)));
  const { m } = sizesOf(counts);
  return Float64Array.from({ length: PERMUTATIONS }, () => {
    const experiment = totals.map(() => 0);
    for (let i = 0; i < m; i++) {
      const j = i + Math.floor(random.uniform() * (labels.length - i));
      const label = labels[j] as number;
      labels[j] = labels[i] as number;
      labels[i] = label;
      experiment[label] = (experiment[label] as number) + 1;
    }
    const control = totals.map((total, cell) => total - (experiment[cell] as number));
    return measureOf({ control, experiment }, part);
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
