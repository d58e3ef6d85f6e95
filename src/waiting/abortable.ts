/**
 * Stops waiting for `work` when `signal` aborts, even if the work does not notice. The work continues: others may wait
 * for it.
 *
 * @param reason creates the error that ends the wait; the signal's reason when absent
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal, reason = () => signal.reason): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(reason());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
