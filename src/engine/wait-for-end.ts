import type { StoredState } from '../domain/stores.ts';
import { startDeadline } from '../waiting/deadline.ts';
import type { StateWatch } from './state-watch.ts';

const NEVER = new AbortController().signal;

export interface EndWait {
  readonly millis: number;
  /** ends the wait early */
  readonly signal?: AbortSignal | undefined;
  /** whether it has ended, here or in another process */
  readonly hasEnded: () => Promise<boolean>;
  /** notices an end in another process */
  readonly watch: StateWatch;
  /** notices an end in this process at once. @returns stops it */
  readonly listen?: (onEnd: () => void) => () => void;
}

/**
 * Resolves when a run or an analysis has ended, after `millis`, or when `signal` aborts. @returns whether it has ended
 */
export async function waitForEnd(id: string, { millis, signal = NEVER, ...wait }: EndWait): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = startDeadline(millis, signal);
  deadline.signal.addEventListener('abort', () => resolve(), { once: true });
  const stopListening = wait.listen?.(resolve);
  const onState = (state: StoredState | undefined) => {
    if (state?.complete !== false) resolve();
  };
  const stopLooking = wait.watch.follow(id, onState, false);
  try {
    if (await wait.hasEnded()) return true;
    if (!deadline.signal.aborted) await promise;
    return await wait.hasEnded();
  } finally {
    deadline.clear();
    stopLooking();
    stopListening?.();
  }
}

interface ChangeWait extends Pick<EndWait, 'millis' | 'signal' | 'watch'> {
  /** looked at after every change */
  readonly isReady: () => Promise<boolean>;
}

/** Resolves when it is ready, after `millis`, or when `signal` aborts. */
export async function waitUntilReady(
  id: string,
  { millis, signal = NEVER, watch, isReady }: ChangeWait,
): Promise<void> {
  const deadline = startDeadline(millis, signal);
  let changed = Promise.withResolvers<void>();
  deadline.signal.addEventListener('abort', () => changed.resolve(), { once: true });
  const stopLooking = watch.follow(id, () => changed.resolve());
  try {
    while (!deadline.signal.aborted && !(await isReady())) {
      if (!deadline.signal.aborted) await changed.promise;
      changed = Promise.withResolvers();
    }
  } finally {
    deadline.clear();
    stopLooking();
  }
}
