import { onePerTick } from './one-per-tick.ts';

/** Work that takes longer without a pause is felt by whoever waits for another answer. */
const TURN_MILLIS = 5;

/**
 * Keeps long work from holding the event loop: awaited between its steps, it lets others have a turn whenever the work
 * has gone on for {@link TURN_MILLIS}. Of twenty such works one goes on a turn, so that they are not felt twenty times as
 * much.
 */
export function createTurns(): () => Promise<void> | undefined {
  let ends = performance.now() + TURN_MILLIS;
  return () => {
    if (performance.now() < ends) return undefined;
    return onePerTick().then(() => {
      ends = performance.now() + TURN_MILLIS;
    });
  };
}
