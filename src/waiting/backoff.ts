export interface Backoff {
  /** the first wait, before jitter; each further wait doubles */
  readonly firstMillis: number;
  /** the longest wait; no limit when absent */
  readonly longestMillis?: number;
  /**
   * jitter: a wait is drawn between these fractions of itself, so that requests that failed together do not retry
   * together
   */
  readonly jitter: readonly [least: number, most: number];
  /** from 0 (inclusive) to 1 (exclusive) */
  readonly random: () => number;
}

/**
 * Exponential back-off with jitter: how long to wait before the next attempt.
 *
 * @param failed how many attempts have failed, from 1
 */
export function backoffMillis(failed: number, { firstMillis, longestMillis, jitter, random }: Backoff): number {
  const full = Math.min(firstMillis * 2 ** (failed - 1), longestMillis ?? Number.POSITIVE_INFINITY);
  const [least, most] = jitter;
  return full * (least + (most - least) * random());
}
