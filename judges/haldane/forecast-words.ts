import { formatNumber, formatPercent } from '../steps/format-number.ts';
import type { Side } from './component.ts';
import { allowedChange, type DecidedMetric, USUAL_ALLOWED } from './decided-metric.ts';
import { logOfChange, minutesToDecision, pointsToFind, sensitivityOf, smallestChanges } from './forecast.ts';
import type { MetricTest } from './judge-series-pair.ts';

/** What more data would bring. */
export interface Forecast {
  /** The change that it is about: the allowed one. */
  readonly change: number;
  /** Minutes until a change of that size is found; undefined: never. */
  readonly minutes: number | undefined;
  /** The smallest change that can be found with the points there are, and with any number of them. */
  readonly smallestNow: number;
  readonly smallestEver: number;
}

/** Evidence, notes and sentences ask for the same one; its quantiles cost as much as the test. */
const known = new WeakMap<DecidedMetric, Partial<Record<Side, Forecast>>>();

export function forecastOf(decided: DecidedMetric, test: MetricTest, side: Side): Forecast {
  const ofMetric = known.get(decided) ?? {};
  known.set(decided, ofMetric);
  ofMetric[side] ??= forecast(decided, test, side);
  return ofMetric[side];
}

function forecast({ rules, decision, metric }: DecidedMetric, test: MetricTest, side: Side): Forecast {
  const { budget = 0.05, familySize = 1 } = decision.flag ?? {};
  const sensitivity = sensitivityOf(test, { errorBudget: budget, metrics: Math.max(1, familySize) });
  const change = allowedChange(rules.allowed, side) ?? USUAL_ALLOWED;
  const { noise } = test.effect;
  const points = pointsToFind(Math.abs(logOfChange(Math.min(change, MOST), side)), noise, sensitivity);
  const { now, ever } = smallestChanges(noise, sensitivity);
  return {
    change,
    minutes: minutesToDecision(points, noise.points, metric.stepSeconds),
    smallestNow: now,
    smallestEver: ever,
  };
}

/** A fall by everything has no logarithm. */
const MOST = 0.999;

/** "About 12 more minutes of data would decide." */
export function decisionTime(decided: DecidedMetric, test: MetricTest, side: Side): string {
  const { change, minutes, smallestEver } = forecastOf(decided, test, side);
  if (minutes === undefined) {
    return `No amount of data finds ${formatPercent(change)}: with this many metrics nothing below about ${formatPercent(smallestEver)} can ever be found.`;
  }
  if (minutes === 0) return 'A change of that size would probably have been found; a few more points would tell.';
  return `About ${formatNumber(Math.max(1, Math.round(minutes)))} more minutes of data would decide.`;
}
