import { CanaryError, type ErrorCode } from '../../errors.ts';
import { backoffMillis } from '../../waiting/backoff.ts';
import { sleep } from '../../waiting/sleep.ts';

export interface RetryPolicy {
  /** attempts in total, the first included */
  readonly attempts: number;
  readonly backoffPeriodMultiplierMs: number;
  readonly maxWaitMillis: number;
}

/**
 * Errors retried less often than the policy allows, since waiting seldom helps. Five timeouts of 30 s outlast a store
 * that hangs for two minutes.
 */
const ATTEMPT_LIMITS: Partial<Record<ErrorCode, number>> = { METRICS_STORE_TIMEOUT: 5, METRICS_ANSWER_INVALID: 2 };

/** With it, nine waits of the default policy are at least two minutes: as long as a store's restart may take. */
const LEAST_PART = 0.8;

interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal;
  readonly random: () => number;
  /** the longest wait the other side may ask for */
  readonly longestWaitMillis: number;
  readonly onRetry: (retry: { attempt: number; waitMillis: number; error: CanaryError }) => void;
}

/**
 * Calls `work` until it succeeds, fails permanently, or the attempts are used up. The n-th wait is random between 80
 * and 100 % of `backoffPeriodMultiplierMs * 2^(n-1)`, or what the other side asked for.
 */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CanaryError) || !mayRetry(error, attempt, options.policy)) throw error;
      const waitMillis = Math.min(error.retryAfterMillis ?? backoff(attempt, options), options.longestWaitMillis);
      options.onRetry({ attempt, waitMillis, error });
      await sleep(waitMillis, options.signal);
    }
  }
}

function mayRetry(error: CanaryError, attempt: number, { attempts }: RetryPolicy): boolean {
  const limit = ATTEMPT_LIMITS[error.code] ?? (error.retryable ? attempts : 1);
  return attempt < Math.min(limit, attempts);
}

function backoff(attempt: number, { policy, random }: RetryOptions): number {
  const { backoffPeriodMultiplierMs: firstMillis, maxWaitMillis: longestMillis } = policy;
  return backoffMillis(attempt, { firstMillis, longestMillis, jitter: [LEAST_PART, 1], random });
}
