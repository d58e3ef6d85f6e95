/** A place where work waits until the test lets it continue. */
export interface Gate {
  /** Resolves when the first one has arrived. */
  readonly reached: Promise<void>;
  /** Waits at the gate; rejects when `signal` aborts. */
  pass(signal?: AbortSignal): Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    pass(signal) {
      reached.resolve();
      const aborted = Promise.withResolvers<never>();
      signal?.addEventListener('abort', () => aborted.reject(signal.reason), { once: true });
      return Promise.race([opened.promise, aborted.promise]);
    },
    open: opened.resolve,
  };
}
