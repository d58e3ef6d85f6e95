export interface Deadline {
  /** aborts when the time is up, and when the signal it was started with aborts */
  readonly signal: AbortSignal;
  /** whether the time is up */
  readonly passed: boolean;
  /** To be called when the work has ended. */
  clear(): void;
}

/**
 * A deadline for work that may also be canceled. `AbortSignal.any` with `AbortSignal.timeout` does the same for about a
 * tenth of an HTTP request's cost, which matters where there is one for each request.
 */
export function startDeadline(millis: number, signal: AbortSignal): Deadline {
  const ended = new AbortController();
  const state = { passed: false };
  const end = () => ended.abort(signal.reason);
  const timer = setTimeout(() => {
    state.passed = true;
    ended.abort();
  }, millis);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return {
    signal: ended.signal,
    get passed() {
      return state.passed;
    },
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    },
  };
}
