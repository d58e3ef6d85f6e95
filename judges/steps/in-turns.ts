import { CanaryError } from '../../src/errors.ts';
import { createTurns } from '../../src/waiting/turns.ts';

/** One judgement's way through the event loop: when others have a turn, and whether to go on at all. */
export interface Pace {
  readonly signal: AbortSignal;
  /** Awaited between pieces of work. */
  readonly turn: () => Promise<void> | undefined;
}

export function createPace(signal: AbortSignal): Pace {
  return { signal, turn: createTurns() };
}

/** Work in pieces: where it yields, others may have their turn. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** The result of work that is done without a pause. */
export function resultOf<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Works on one item after the other and yields to the event loop between them; stops there when the signal aborts.
 *
 * @throws CanaryError EXECUTION_CANCELED
 */
export function inTurns<Item, Result>(
  items: readonly Item[],
  pace: Pace,
  work: (item: Item) => Result,
): Promise<Result[]> {
  // biome-ignore lint/correctness/useYield: work that is one piece
  return stepsInTurns(items, pace, function* (item) {
    return work(item);
  });
}

/** The same for items that take long: others have their turn between the pieces of each as well. */
export async function stepsInTurns<Item, Result>(
  items: readonly Item[],
  { signal, turn }: Pace,
  work: (item: Item) => Steps<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    const steps = work(item);
    for (;;) {
      const pause = turn();
      if (pause) await pause;
      if (signal.aborted) {
        throw new CanaryError('EXECUTION_CANCELED', 'Canceled while judging.', { cause: signal.reason });
      }
      const { done, value } = steps.next();
      if (!done) continue;
      results.push(value);
      break;
    }
  }
  return results;
}
