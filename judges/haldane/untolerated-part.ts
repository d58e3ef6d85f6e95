import { shareOf } from './component.ts';
import { allowedChange, harmfulSides, harmOf, whyTolerated } from './decided-metric.ts';
import type { Flag } from './flag-metrics.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { decidingWindow, isTested, type TestedMetric } from './tested-metric.ts';

/**
 * The metric as a part of its test shows it that the config does not tolerate, where the strongest part is one that it
 * does: the whole window within the allowed change must not hide a last quarter beyond it, nor spikes.
 *
 * Only a part counts whose own p-value, with its share of the budget, the canary's error budget would flag as well.
 */
export function withUntoleratedPart(tested: TestedMetric, flag: Flag | undefined): TestedMetric {
  const { test, metric } = tested;
  if (!isTested(test) || !flag?.flagged || flag.adjusted === undefined) return tested;
  const isTolerated = (seen: MetricTest) => whyTolerated(seen, decidingWindow(seen, metric), tested) !== undefined;
  if (!isTolerated(test)) return tested;
  const perP = (flag.adjusted / test.p) * lookScale(tested, test);
  const others = partsOf(test)
    .filter(({ p }) => p * perP <= flag.budget)
    .map(({ name, side }): MetricTest => ({ ...test, decidedBy: name, side }));
  const beyond = others.find((seen) => !isTolerated(seen) && isClear(seen, tested));
  return beyond === undefined ? tested : { ...tested, test: beyond };
}

/**
 * The estimate of a shorter window strays: a change of level is beyond the allowed one from so many times that on.
 *
 * Simulated, 60 points with noise of 10 % (400 each; neighbours correlate by 0.5) where 25 % are allowed: a steady 15 %
 * is an alarm in 12.0 / 4.0 / 2.0 % with 1 / 1.5 / 2 times, and 12 % that become 60 % in the last quarter in 99.5 / 99.0 /
 * 98.0 %.
 */
const CLEARLY = 2;

/** Spikes and scatter have no level, so nothing about them is allowed. */
function isClear(seen: MetricTest, { metric, rules }: TestedMetric): boolean {
  const { change } = decidingWindow(seen, metric);
  return change === undefined || harmOf(change, seen.side) >= CLEARLY * (allowedChange(rules.allowed, seen.side) ?? 0);
}

/** What this look's p-values are multiplied by for all looks; an earlier look that decided leaves no part to ask. */
function lookScale({ look }: TestedMetric, { p }: MetricTest): number {
  if (look === undefined) return 1;
  return look.state.decidedAt === look.number ? p / look.ownP : Number.POSITIVE_INFINITY;
}

/** From the strongest to the weakest. */
function partsOf({ components, settings, direction }: MetricTest) {
  const sides = harmfulSides(direction);
  return components
    .flatMap(({ name, high, low }) =>
      sides.map((side) => {
        const share = shareOf(name, components, settings.weights);
        return { name, side, p: (sides.length * (side === 'High' ? high : low)) / share };
      }),
    )
    .toSorted((one, other) => one.p - other.p);
}
