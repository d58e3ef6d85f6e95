import { setImmediate as nextTurn } from 'node:timers/promises';
import pLimit from 'p-limit';

const line = pLimit(1);

/**
 * Resolves for one caller in each turn of the event loop. Runs that were fetched together end together; taken one at
 * a time, their heavy steps leave room for the questions of clients between them.
 */
export function onePerTick(): Promise<void> {
  return line(() => nextTurn());
}
