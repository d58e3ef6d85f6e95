/**
 * Milliseconds since 1970: for instants that are stored, shown, or compared with those of another machine. The clock may
 * be set back or forward at any time, so it measures no length of time.
 */
export function wallClock(): number {
  return Date.now();
}

/** Whole milliseconds since the process started; nobody can set it: for rates, pauses, caches, leases and deadlines. */
export function monotonicClock(): number {
  return Math.floor(performance.now());
}
