/** Counts of the same categories, or buckets, of two samples. */
export interface TwoCounts {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

export type CountMeasure = 'chiSquare' | 'g' | 'jensenShannon' | 'psi';

/** How many outputs the sides have. */
export interface Sizes {
  readonly n: number;
  readonly m: number;
}

/** What a cell adds to a measure: every measure here is a sum over cells. */
export type CellPart = (control: number, experiment: number, sizes: Sizes) => number;

export const CELL_PARTS: Readonly<Record<CountMeasure, CellPart>> = {
  chiSquare: (control, experiment, { n, m }) => {
    const share = (control + experiment) / (n + m);
    return share === 0 ? 0 : (control - n * share) ** 2 / (n * share) + (experiment - m * share) ** 2 / (m * share);
  },
  g: (control, experiment, { n, m }) => {
    const share = (control + experiment) / (n + m);
    return 2 * (timesLog(control, n * share) + timesLog(experiment, m * share));
  },
  jensenShannon: (control, experiment, { n, m }) => {
    const [p, q] = [control / n, experiment / m];
    const middle = (p + q) / 2;
    return (timesLog(p, middle) + timesLog(q, middle)) / (2 * Math.LN2);
  },
  // An empty side counts half a point, or its logarithm would be infinite.
  psi: (control, experiment, { n, m }) => {
    const [p, q] = [Math.max(control, 0.5) / n, Math.max(experiment, 0.5) / m];
    return (q - p) * Math.log(q / p);
  },
};

export function measureOf({ control, experiment }: TwoCounts, part: CellPart): number {
  const sizes = sizesOf({ control, experiment });
  return control.reduce((sum, count, index) => sum + part(count, experiment[index] ?? 0, sizes), 0);
}

export function sizesOf({ control, experiment }: TwoCounts): Sizes {
  return { n: sumOf(control), m: sumOf(experiment) };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function timesLog(value: number, beside: number): number {
  return value === 0 ? 0 : value * Math.log(value / beside);
}
