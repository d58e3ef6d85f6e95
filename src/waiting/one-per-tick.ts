import { setImmediate as nextTurn } from 'node:timers/promises';
import pLimit from 'p-limit';

const line = pLimit(1);

/**
 * Resolves for one caller per turn of the event loop. Runs fetched together end together; taking their heavy steps one
 * at a time leaves room for requests in between.
 */
export function onePerTick(): Promise<void> {
  return line(() => nextTurn());
}
