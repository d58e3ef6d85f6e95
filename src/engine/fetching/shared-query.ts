import type { Account } from '../../domain/account.ts';
import type { Log } from '../../domain/log.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import type { Measure } from '../../domain/service-metrics.ts';
import { CanaryError } from '../../errors.ts';
import { inSpan, type SpanShape } from '../../tracing/current-span.ts';
import { abortable } from '../../waiting/abortable.ts';
import type { BytesInFlight } from '../../waiting/bytes-in-flight.ts';
import { inOperation } from '../failure.ts';
import type { AccountQueue, QueueEntry, RunKey } from './account-queue.ts';
import { closureReason, LONGEST_PAUSE_MILLIS } from './closure.ts';
import type { MetricQuery } from './plan-queries.ts';
import { type RetryPolicy, retry } from './retry.ts';

/** The pause for a store that throttles without saying for how long. */
const THROTTLED_PAUSE_MILLIS = 1000;

export interface SharedQueryParts {
  /** an account with the secrets that it has now */
  readonly latest: (account: Account) => Account;
  readonly policy: RetryPolicy;
  readonly bytesInFlight: BytesInFlight;
  /** the deadline of a run: no wait before a retry and no pause of an account is longer */
  readonly longestWaitMillis: number;
  readonly random: () => number;
  /** milliseconds since 1970, for what is shown */
  readonly now: () => number;
  /** for lengths of time: see `clocks.ts` */
  readonly monotonic: () => number;
  readonly log: Log;
  /** absent: nobody counts */
  readonly measure?: Measure | undefined;
}

/** One run or request that needs the answer. */
export interface Subscriber {
  readonly run: RunKey;
  /** Called when the query is sent. */
  onStart(): void;
  /** Called when an attempt has failed. @param nextMillis when the next one is due, by the monotonic clock */
  onRetry?(failed: CanaryError, nextMillis: number): void;
}

/** Attempts and waits so far. */
export interface QueryTally {
  attempts: number;
  waitedMillis: number;
  /** since when it waits for a slot or a retry, by the monotonic clock */
  waitingSinceMillis?: number | undefined;
  /** when the next attempt is due, while it waits for it; epoch milliseconds */
  nextAttemptMillis?: number | undefined;
  lastError?: string;
}

/** One query with its retries, shared by all who need the answer; canceled when the last one leaves. */
export class SharedQuery {
  readonly answer: Promise<MetricSet[]>;
  readonly tally: QueryTally = { attempts: 0, waitedMillis: 0 };
  readonly #parts: SharedQueryParts;
  readonly #query: MetricQuery;
  readonly #queue: AccountQueue;
  readonly #subscribers = new Set<Subscriber>();
  readonly #abandoned = new AbortController();
  #settled = false;
  #retry: { readonly failed: CanaryError; readonly atMillis: number } | undefined;
  readonly #entry: QueueEntry = { runs: new Set(), signal: this.#abandoned.signal };

  constructor(parts: SharedQueryParts, query: MetricQuery, queue: AccountQueue, first: Subscriber) {
    this.#parts = parts;
    this.#query = query;
    this.#queue = queue;
    this.join(first);
    this.answer = this.#ask();
    const settle = () => {
      this.#settled = true;
    };
    this.answer.then(settle, settle);
  }

  join(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    this.#queue.share(this.#entry, subscriber.run);
    if (this.tally.attempts > 0) subscriber.onStart();
    this.#tellOfRetry(subscriber);
  }

  /** @returns whether no run needs the answer any more; the query is then canceled */
  leave(subscriber: Subscriber): boolean {
    this.#subscribers.delete(subscriber);
    if (this.#settled || this.#subscribers.size > 0) return false;
    this.#abandoned.abort(new CanaryError('EXECUTION_CANCELED', 'no run needs the answer any more'));
    return true;
  }

  #ask(): Promise<MetricSet[]> {
    const { policy, random, log } = this.#parts;
    const { request, provider, side } = this.#query;
    const fields = { account: request.account.name, metric: request.metric.name, side };
    return inOperation(`${provider.type}Fetch`, () =>
      retry(() => this.#askInTurn(), {
        policy,
        longestWaitMillis: this.#longestWaitMillis,
        random,
        signal: this.#abandoned.signal,
        onRetry: ({ attempt, waitMillis, error }) => {
          this.#wait(waitMillis);
          this.#retry = { failed: error, atMillis: this.#parts.monotonic() + waitMillis };
          for (const subscriber of this.#subscribers) this.#tellOfRetry(subscriber);
          log.warn(
            { ...fields, attempt, waitMillis: Math.round(waitMillis), code: error.code, reason: error.message },
            'metrics query failed, retrying',
          );
        },
      }),
    );
  }

  #askInTurn(): Promise<MetricSet[]> {
    const { monotonic } = this.#parts;
    if (this.tally.waitingSinceMillis === undefined) this.#wait();
    return this.#queue.queued(this.#entry, () => {
      const sentAt = monotonic();
      this.tally.waitedMillis += sentAt - (this.tally.waitingSinceMillis ?? sentAt);
      this.tally.waitingSinceMillis = undefined;
      this.tally.nextAttemptMillis = undefined;
      this.#retry = undefined;
      this.tally.attempts += 1;
      if (this.tally.attempts === 1) for (const subscriber of this.#subscribers) subscriber.onStart();
      return this.#askOnce(sentAt);
    });
  }

  #tellOfRetry({ onRetry }: Subscriber): void {
    if (this.#retry !== undefined) onRetry?.(this.#retry.failed, this.#retry.atMillis);
  }

  #wait(waitMillis?: number): void {
    this.tally.waitingSinceMillis = this.#parts.monotonic();
    if (waitMillis !== undefined) this.tally.nextAttemptMillis = Math.round(this.#parts.now() + waitMillis);
  }

  get #longestWaitMillis(): number {
    return Math.min(this.#parts.longestWaitMillis, LONGEST_PAUSE_MILLIS);
  }

  async #askOnce(sentAt: number): Promise<MetricSet[]> {
    const { provider } = this.#query;
    const request = { ...this.#query.request, account: this.#parts.latest(this.#query.request.account) };
    const { signal } = this.#entry;
    const ask = () => this.#parts.bytesInFlight.during(signal, () => provider.queryMetrics(request, signal));
    try {
      return await inSpan(
        () => this.#span(),
        () => abortable(ask(), signal),
      );
    } catch (error) {
      if (error instanceof CanaryError) this.#note(error, sentAt);
      throw error;
    }
  }

  #span(): SpanShape {
    const { provider, request, side } = this.#query;
    const attributes = {
      'haldane.account': request.account.name,
      'haldane.metric': request.metric.name,
      'haldane.side': side,
      'haldane.attempt': this.tally.attempts,
    };
    return { name: `query ${provider.type}`, attributes };
  }

  #note({ code, message, retryAfterMillis }: CanaryError, sentAt: number): void {
    this.tally.lastError = `${code}: ${message}`;
    if (code !== 'METRICS_STORE_THROTTLED' && retryAfterMillis === undefined) return;
    const pauseMillis = Math.min(retryAfterMillis ?? THROTTLED_PAUSE_MILLIS, this.#longestWaitMillis);
    this.#queue.close(sentAt, {
      pauseMillis,
      reason: closureReason(message, retryAfterMillis, pauseMillis),
      probe: (retryAfterMillis ?? 0) > LONGEST_PAUSE_MILLIS,
    });
  }
}
