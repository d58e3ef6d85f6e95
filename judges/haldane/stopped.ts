import type { Direction } from './component.ts';
import type { MetricTest } from './judge-series-pair.ts';

/** So many events expected and none seen is no chance. */
const MANY_EVENTS = 20;

/**
 * Whether the canary has nothing at all where it would have had many events: it has stopped, or no request reaches it.
 * Tests of shares say nothing of that, since no errors are no harm; but where a fall is harm, nobody may pass it.
 */
export function hasStopped({ events }: MetricTest, direction: Direction): boolean {
  if (events === undefined || direction === 'increase') return false;
  const { control, experiment, exposure } = events.high;
  return experiment === 0 && control * exposure >= MANY_EVENTS;
}
