import pLimit, { type LimitFunction } from 'p-limit';
import type { Account } from '../domain/account.ts';
import type { ExecutionStatus } from '../domain/canary-execution.ts';
import type { Side } from '../domain/canary-scope.ts';
import type { Log } from '../domain/log.ts';
import type { MetricSet } from '../domain/metric-set.ts';
import { inOperation } from './execution-failure.ts';
import type { MetricQuery } from './metric-queries.ts';
import { type RetryPolicy, retry } from './retry.ts';
import { fetchStage } from './stage-status.ts';

const DEFAULT_MAX_CONCURRENT = 8;

/** Sends queries, under a limit for each account that all runs share. */
export class MetricsFetcher {
  readonly #policy: RetryPolicy;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #limits = new Map<string, LimitFunction>();

  constructor(options: { policy: RetryPolicy; random: () => number; log: Log }) {
    this.#policy = options.policy;
    this.#random = options.random;
    this.#log = options.log;
  }

  /**
   * Fetches all queries of a run. One failure ends the others; it is thrown with its operation, the first in the
   * order of the queries when there are several.
   */
  async fetchAll(
    queries: readonly MetricQuery[],
    signal: AbortSignal,
    onStage: (stage: string, status: ExecutionStatus) => void,
  ): Promise<Record<Side, MetricSet[]>> {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const answers = await Promise.allSettled(
      queries.map(async (query) => {
        const stage = fetchStage(query.side, query.metricIndex);
        try {
          const sets = await this.#fetchOne(query, either, () => onStage(stage, 'running'));
          onStage(stage, 'succeeded');
          return { side: query.side, sets };
        } catch (error) {
          if (!either.aborted) onStage(stage, 'terminal');
          const first = !either.aborted;
          failed.abort();
          throw first ? error : undefined;
        }
      }),
    );
    signal.throwIfAborted();
    const failure = answers.find((answer) => answer.status === 'rejected' && answer.reason !== undefined);
    if (failure?.status === 'rejected') throw failure.reason;
    const of = (side: Side) =>
      answers.flatMap((answer) =>
        answer.status === 'fulfilled' && answer.value.side === side ? answer.value.sets : [],
      );
    return { control: of('control'), experiment: of('experiment') };
  }

  #fetchOne(query: MetricQuery, signal: AbortSignal, onStart: () => void): Promise<MetricSet[]> {
    const { request, provider, side } = query;
    const fields = { account: request.account.name, metric: request.metric.name, side };
    return this.#limitOf(request.account)(() => {
      signal.throwIfAborted();
      onStart();
      return inOperation(`${provider.type}Fetch`, () =>
        retry(() => orAborted(provider.queryMetrics(request, signal), signal), {
          policy: this.#policy,
          random: this.#random,
          signal,
          onRetry: ({ attempt, waitMillis, error }) =>
            this.#log.warn(
              { ...fields, attempt, waitMillis: Math.round(waitMillis), code: error.code, reason: error.message },
              'metrics query failed, trying again',
            ),
        }),
      );
    });
  }

  #limitOf(account: Account): LimitFunction {
    const limit = this.#limits.get(account.name) ?? pLimit(maxConcurrentOf(account));
    this.#limits.set(account.name, limit);
    return limit;
  }
}

/** Ends the wait when `signal` aborts, even should the provider not notice. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

function maxConcurrentOf(account: Account): number {
  return 'maxConcurrent' in account && typeof account.maxConcurrent === 'number'
    ? account.maxConcurrent
    : DEFAULT_MAX_CONCURRENT;
}
