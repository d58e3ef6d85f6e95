import { expect } from 'vitest';
import type { judgeSeriesPair, MetricTest } from '../../../judges/haldane/judge-series-pair.ts';

/** The parts that the published algorithm has; what was added to it has its share of the budget beside theirs. */
export const publishedParts = ({ components }: MetricTest) =>
  components.filter(({ name }) => name !== 'trend' && name !== 'modes');

/** Equal up to a relative error. */
export function closeTo(actual: number | undefined, expected: number, what = '', tolerance = 1e-9): void {
  const relative = Math.abs(((actual ?? Number.NaN) - expected) / (expected || 1));
  expect(relative, `${what} ${actual} should be ${expected}`).toBeLessThanOrEqual(tolerance);
}

/** The test of a metric that must have been tested. */
export function tested(result: ReturnType<typeof judgeSeriesPair>): MetricTest {
  if (result.route === 'untested') throw new Error(`untested: ${JSON.stringify(result.points)}`);
  return result;
}
