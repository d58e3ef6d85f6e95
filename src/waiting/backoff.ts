export interface Backoff {
  /** the first wait, before jitter; each further one is twice as long */
  readonly firstMillis: number;
  /** no wait is longer; no limit when absent */
  readonly longestMillis?: number;
  /** a wait is drawn at random between these parts of itself, so that those who failed together do not return together */
  readonly jitter: readonly [least: number, most: number];
  /** from 0 to below 1 */
  readonly random: () => number;
}

/**
 * How long to wait before another attempt: exponential back-off with jitter.
 *
 * @param failed how many attempts have failed, from 1
 */
export function backoffMillis(failed: number, { firstMillis, longestMillis, jitter, random }: Backoff): number {
  const full = Math.min(firstMillis * 2 ** (failed - 1), longestMillis ?? Number.POSITIVE_INFINITY);
  const [least, most] = jitter;
  return full * (least + (most - least) * random());
}
