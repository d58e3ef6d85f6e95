import { studentTSurvival } from '../stats/distributions/student-t-survival.ts';
import type { Side } from './component.ts';
import { eventTails } from './event-test.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { spreadOf } from './tails.ts';

/** The largest relative change to one side that the data do not exclude with 95 % confidence: 0.1 for 10 % worse. */
export function largestHarm({ effect }: MetricTest, side: Side): number {
  return side === 'High' ? effect.atMost : -effect.atLeast;
}

/**
 * The p-value of "the metric is worse by `change` or more": when it is small, that much is ruled out. What lets a canary
 * pass early.
 */
export function pOfHarm(test: MetricTest, side: Side, change: number): number {
  const { level, events, route, settings } = test;
  if (events) return pOfEventHarm(events, side, change);
  if (!level) return 1;
  const { variance, df } = spreadOf(level, settings.tau);
  const signed = side === 'High' ? change : -change;
  const shift = route === 'signed' ? signed : Math.log1p(signed);
  const beyond = side === 'High' ? shift - level.estimate : level.estimate - shift;
  return studentTSurvival(beyond / Math.sqrt(variance), df);
}

function pOfEventHarm(events: NonNullable<MetricTest['events']>, side: Side, change: number): number {
  // The canary's rate is 1 + change times the control's, so the control's is 1 / (1 + change) times the canary's.
  if (side === 'High') return eventTails(events, 1 / (1 + change) - 1).low;
  return eventTails(events, -change).high;
}
