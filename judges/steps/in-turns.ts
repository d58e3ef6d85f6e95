import { CanaryError } from '../../src/errors.ts';
import { onePerTick } from '../../src/waiting/one-per-tick.ts';

/** Others get a turn when judging has taken this long, in milliseconds. */
const TURN_MILLIS = 5;

/**
 * Works on one item after the other and yields to the event loop between them; stops there when `signal` aborts.
 *
 * @throws CanaryError EXECUTION_CANCELED
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let turnEnds = performance.now() + TURN_MILLIS;
  for (const item of items) {
    if (performance.now() > turnEnds) {
      await onePerTick();
      turnEnds = performance.now() + TURN_MILLIS;
    }
    if (signal.aborted) {
      throw new CanaryError('EXECUTION_CANCELED', 'Canceled while judging.', { cause: signal.reason });
    }
    results.push(work(item));
  }
  return results;
}
