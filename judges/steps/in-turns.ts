import { CanaryError } from '../../src/errors.ts';
import { createTurns } from '../../src/waiting/turns.ts';

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
  const turn = createTurns();
  for (const item of items) {
    await turn();
    if (signal.aborted) {
      throw new CanaryError('EXECUTION_CANCELED', 'Canceled while judging.', { cause: signal.reason });
    }
    results.push(work(item));
  }
  return results;
}
