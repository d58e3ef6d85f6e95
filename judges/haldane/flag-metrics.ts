import { benjaminiHochberg } from '../stats/tests/benjamini-hochberg.ts';

/** What the canary's error budget allows to say of one metric. */
export interface Flag {
  readonly flagged: boolean;
  /** The smallest budget of its family that would flag it; undefined without a p-value. */
  readonly adjusted?: number;
  /** The budget of its family: flagged is adjusted <= budget. */
  readonly budget: number;
  /** How many metrics share that budget. */
  readonly familySize: number;
}

export interface JudgedMetric {
  /** Undefined for a metric that could not be tested: it takes no part. */
  readonly p?: number | undefined;
  readonly critical: boolean;
}

/**
 * One error budget for all metrics of a canary: the chance of flagging any although nothing changed. Critical metrics are
 * a family of their own with half of it, so that twenty others cannot take away their sharpness. In the order given.
 */
export function flagMetrics(metrics: readonly JudgedMetric[], errorBudget: number): Flag[] {
  const tested = metrics.map(({ p, critical }, index) => ({ p, critical, index }));
  const families = [true, false].map((critical) =>
    tested.filter((metric) => metric.critical === critical && metric.p !== undefined),
  );
  const budget = families.every((family) => family.length > 0) ? errorBudget / 2 : errorBudget;
  const flags = metrics.map(
    ({ critical }): Flag => ({ flagged: false, budget, familySize: families[critical ? 0 : 1]?.length ?? 0 }),
  );
  for (const family of families) {
    const results = benjaminiHochberg(
      family.map(({ p }) => p ?? 1),
      budget,
    );
    for (const [place, { index }] of family.entries()) {
      const { adjusted, rejected } = results[place] as (typeof results)[number];
      flags[index] = { flagged: rejected, adjusted, budget, familySize: family.length };
    }
  }
  return flags;
}
