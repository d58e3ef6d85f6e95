import { inScratch } from '../stats/numerics/scratch.ts';
import { type OrderedSeries, partsOf } from '../stats/samples/ascending-order.ts';
import { walshMedian } from '../stats/samples/rank-location.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { lateLevel } from './late-level.ts';
import { ownLevel } from './level.ts';
import { reachOf, tailsOf } from './tails.ts';
import { type ComponentName, MINIMUM_POINTS, marginOf, type TestSettings } from './test-settings.ts';
import { isLate } from './windows.ts';

/** A metric that was worse than allowed and provably no longer is. Changes are relative, and count as harm: above 0. */
export interface Recovery {
  /** The first point of the time since which a difference above `upper` is excluded, and how many pairs it holds. */
  readonly from: number;
  readonly points: number;
  readonly upper: number;
  /** How much worse it was before. */
  readonly before: number;
}

const LEVELS: readonly ComponentName[] = ['whole', 'half', 'quarter', 'late4', 'late8'];
/** Nothing at the end may look even as suspicious as this. */
const LATE_ALARM = 0.05;
const CONFIDENCE = 0.95;

/**
 * Whether a flagged metric has recovered: never from spikes or scatter. `allowedChange` is the relative change that the
 * metric may have, 0.1 for 10 %.
 */
export function recoveryOf(test: MetricTest, allowedChange: number): Recovery | undefined {
  if (test.route !== 'logarithms' || !test.series || !LEVELS.includes(test.decidedBy)) return undefined;
  const harm = test.side === 'High' ? test.series.differences : negated(test.series.differences);
  if (endsInAlarm(harm, test)) return undefined;
  const allowed = Math.log1p(allowedChange);
  const best = mostCertainEnd(harm, test.settings);
  if (!best || !(best.upper < allowed)) return undefined;
  // A steady regression inside the margin never was beyond it.
  const before = inScratch((scratch) => {
    const { sorted } = partsOf(harm, best.from, scratch).before;
    return sorted.length === 0 ? Number.NEGATIVE_INFINITY : walshMedian(sorted);
  });
  if (!(before > allowed)) return undefined;
  return { ...best, upper: Math.expm1(best.upper), before: Math.expm1(before) };
}

function endsInAlarm(harm: OrderedSeries, { components, side, settings }: MetricTest): boolean {
  const quarter = components.find(({ name }) => name === 'quarter');
  if (quarter && !(quarter[side === 'High' ? 'high' : 'low'] > LATE_ALARM)) return true;
  const length = harm.values.length;
  return [length - Math.floor(length / 4), length - Math.max(3, Math.floor(length / 8))].some((from) =>
    inScratch((scratch) => {
      const parts = partsOf(harm, from, scratch);
      const points = parts.after.order.length;
      if (!isLate(points, harm.order.length)) return false;
      const late = lateLevel(parts, settings);
      return !(tailsOf(late, marginOf(settings), points / settings.overlap).high > LATE_ALARM);
    }),
  );
}

/** The last half, third or quarter, whichever excludes most. */
function mostCertainEnd(harm: OrderedSeries, settings: TestSettings) {
  const length = harm.values.length;
  const ends = [2, 3, 4].flatMap((part) => {
    const from = length - Math.floor(length / part);
    return inScratch((scratch) => {
      const window = partsOf(harm, from, scratch).after;
      const points = window.order.length;
      if (points < MINIMUM_POINTS) return [];
      const level = ownLevel(window, settings);
      return [{ from, points, upper: level.estimate + reachOf(level, settings.tau, CONFIDENCE) }];
    });
  });
  return ends.reduce<(typeof ends)[number] | undefined>(
    (best, end) => (best && best.upper <= end.upper ? best : end),
    undefined,
  );
}

const negative = (value: number) => -value;

function negated({ values, order, sorted }: OrderedSeries): OrderedSeries {
  return { values: values.map(negative), order: order.toReversed(), sorted: sorted.map(negative).reverse() };
}
