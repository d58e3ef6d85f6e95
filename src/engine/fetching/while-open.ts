import type { AccountQueue } from './account-queue.ts';
import type { Closure } from './closure.ts';

interface WhileOpen {
  readonly queue: AccountQueue;
  /** the error for a closure that is too long */
  readonly closed: (closure: Closure) => Error;
  readonly deadlineMillis: number;
  readonly signal: AbortSignal;
  /** aborts the work too, for a reason of the caller's */
  readonly late?: AbortController;
}

/** Waits for `work`, which is aborted when the account is, or becomes, closed beyond the deadline. */
export async function whileOpen<T>(
  { queue, closed, deadlineMillis, signal, late = new AbortController() }: WhileOpen,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = queue.whenClosedBeyond(deadlineMillis, (closure) => late.abort(closed(closure)));
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    stop();
  }
}
