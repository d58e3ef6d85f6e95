import type { HttpAccount } from '../http/account.ts';
import { canceledError } from '../http/failures.ts';

/** Waits for work others may wait for too: whoever gives up does not end it. @throws CanaryError EXECUTION_CANCELED */
export function orCanceled<T>(account: HttpAccount, work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = () => reject(canceledError({ account }));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}
