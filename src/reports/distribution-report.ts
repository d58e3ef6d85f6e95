import { quantileSorted } from 'd3-array';
import { z } from 'zod';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import { SIDES, type Side } from '../domain/canary-scope.ts';

/** The distribution of one side: quantiles after removing missing values and outliers. */
export const Spread = z
  .object({ p5: z.number(), q1: z.number(), median: z.number(), q3: z.number(), p95: z.number() })
  .meta({ id: 'Spread' });
export type Spread = z.infer<typeof Spread>;

export type Distribution = Partial<Record<Side, Spread>>;
type Fences = NonNullable<CanaryAnalysisResult['evidence']>['outlierFences'];

/** The spread of each side that has values. */
export function reportDistribution(values: Record<Side, readonly number[]>, fences: Fences): Distribution {
  const known = SIDES.flatMap((side) => {
    const sorted = judgedValues(values[side], fences?.[side]);
    return sorted.length === 0 ? [] : [[side, spreadOf(sorted)] as const];
  });
  return Object.fromEntries(known);
}

/** The values the judge compared, sorted. */
export function judgedValues(
  values: readonly number[],
  fences: { lower: number; upper: number } | undefined,
): number[] {
  const { lower, upper } = fences ?? { lower: -Infinity, upper: Infinity };
  const judged = values.filter((value) => Number.isFinite(value) && value >= lower && value <= upper);
  // A typed array sorts by number, and many times faster.
  return [...Float64Array.from(judged).sort()];
}

function spreadOf(sorted: readonly number[]): Spread {
  const at = (share: number) => quantileSorted(sorted as number[], share) ?? Number.NaN;
  return { p5: at(0.05), q1: at(0.25), median: at(0.5), q3: at(0.75), p95: at(0.95) };
}
