import type { Account } from '../../domain/account.ts';
import type { MetricFetch } from '../../domain/metric-fetch.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import type { ExecutionStatus } from '../../domain/run.ts';
import { USUAL_SERIES } from '../../domain/series-shape.ts';
import { CanaryError } from '../../errors.ts';
import { abortable } from '../../waiting/abortable.ts';
import { startDeadline } from '../../waiting/deadline.ts';
import { inOperation, OperationFailure } from '../failure.ts';
import { countAnswered, type SizeLimits } from '../size-limits.ts';
import { fetchStage } from '../stages.ts';
import { AccountQueue, type AccountState, type RunKey } from './account-queue.ts';
import { AnswerCache } from './answer-cache.ts';
import { answerKey } from './answer-key.ts';
import { type Closure, closedError, closureInWords } from './closure.ts';
import {
  type Answer,
  type FetchedSeries,
  fetchedSeries,
  placeOf,
  queriesAtFinerStep,
  withoutAnswer,
} from './fetched-series.ts';
import type { MetricQuery } from './plan-queries.ts';
import { type QueryTally, SharedQuery, type SharedQueryParts, type Subscriber } from './shared-query.ts';
import { whileOpen } from './while-open.ts';

const NO_HISTORY_IN_TIME = 'it was not answered within half of the time that the run has';

/** Receives the progress of a fetch. */
export interface FetchProgress {
  stage(name: string, status: ExecutionStatus): void;
  /** Called once, at the start; `report` returns the current state of each query. */
  fetching(report: () => MetricFetch[]): void;
  /**
   * An answer after this time, by the monotonic clock, comes too late: a closed account then fails the fetch at once, and
   * so does a query whose next attempt would be later.
   */
  readonly deadlineMillis: number;
}

export interface FetcherParts extends SharedQueryParts {
  readonly limits: Pick<SizeLimits, 'pointsPerRun'>;
}

/**
 * Sends the queries of all runs: one limit and one rate per account, runs take queue. Identical queries are sent once,
 * and answers about past windows are cached for a minute.
 */
export class MetricsFetcher {
  readonly #parts: FetcherParts;
  readonly #cache: AnswerCache;
  readonly #queue = new Map<string, AccountQueue>();
  readonly #underWay = new Map<string, SharedQuery>();

  constructor(parts: FetcherParts) {
    this.#parts = parts;
    this.#cache = new AnswerCache(parts);
  }

  /**
   * Fetches all queries of a run. One failure cancels the others; it is thrown with its operation. With several
   * failures, the first in query order is thrown. A history that fails is missing, and cancels nothing.
   */
  async fetchAll(
    queries: readonly MetricQuery[],
    signal: AbortSignal,
    progress: FetchProgress,
  ): Promise<FetchedSeries> {
    const run = Symbol('run');
    const newFetch = (query: MetricQuery) =>
      new Fetch({ query, run, now: this.#parts.monotonic, queue: this.#queueOf(query.request.account) });
    const fetches = queries.map(newFetch);
    progress.fetching(() => fetches.map((fetch) => fetch.report()));
    let answers = await this.#fetchEach(fetches, signal, progress);
    const again = queriesAtFinerStep(answers).map(newFetch);
    if (again.length > 0) {
      fetches.push(...again);
      const coarser = await this.#fetchEach(again, signal, progress);
      const byPlace = new Map(coarser.map((answer) => [placeOf(answer.query), answer]));
      answers = answers.map((answer) => byPlace.get(placeOf(answer.query)) ?? answer);
    }
    return fetchedSeries(answers);
  }

  async #fetchEach(fetches: readonly Fetch[], signal: AbortSignal, progress: FetchProgress): Promise<Answer[]> {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const count = countAnswered(this.#parts.limits);
    const answers = await Promise.allSettled(
      fetches.map(async (fetch) => {
        try {
          const sets = await this.#fetchInTime(fetch, either, progress);
          await inOperation(`${fetch.query.provider.type}Fetch`, () => count(sets));
          progress.stage(fetch.stage, 'succeeded');
          return { query: fetch.query, sets };
        } catch (error) {
          const first = !either.aborted;
          if (first) progress.stage(fetch.stage, 'terminal');
          if (first && fetch.query.companion === 'history') return this.#withoutHistory(fetch.query, error);
          failed.abort();
          throw first ? error : undefined;
        }
      }),
    );
    signal.throwIfAborted();
    const failure = answers.find((answer) => answer.status === 'rejected' && answer.reason !== undefined);
    if (failure?.status === 'rejected') throw failure.reason;
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** A history gets half of the time that the run has, so that the run never fails for want of it. */
  async #fetchInTime(fetch: Fetch, signal: AbortSignal, progress: FetchProgress): Promise<MetricSet[]> {
    if (fetch.query.companion !== 'history') return this.#fetchOne(fetch, signal, progress);
    const patience = startDeadline((progress.deadlineMillis - this.#parts.monotonic()) / 2, signal);
    try {
      return await this.#fetchOne(fetch, patience.signal, progress);
    } catch (error) {
      throw patience.passed ? new CanaryError('METRICS_STORE_TIMEOUT', NO_HISTORY_IN_TIME, { cause: error }) : error;
    } finally {
      patience.clear();
    }
  }

  #withoutHistory({ request, ...query }: MetricQuery, error: unknown): Answer {
    this.#parts.log.warn({ metric: request.metric.name, account: request.account.name, err: error }, 'no history');
    return withoutAnswer({ request, ...query }, error);
  }

  /**
   * Runs another request to an account when it is its turn.
   *
   * @throws CanaryError METRICS_STORE_THROTTLED at once when the account is closed for longer than `patienceMillis`
   */
  async queued<T>(
    account: Account,
    { signal, patienceMillis }: { readonly signal: AbortSignal; readonly patienceMillis: number },
    work: () => Promise<T>,
  ): Promise<T> {
    const queue = this.#queueOf(account);
    const deadlineMillis = this.#parts.monotonic() + patienceMillis;
    const closed = (closure: Closure) => closedError(account, closure);
    return whileOpen({ queue, closed, deadlineMillis, signal }, (either) =>
      queue.queued({ runs: new Set([Symbol('single')]), signal: either }, work),
    );
  }

  /** How the accounts that were asked so far stand. */
  accountStates(): AccountState[] {
    return [...this.#queue.values()].map((queue) => queue.state());
  }

  /** Keeps to the limits of accounts that were configured anew. */
  limit(accounts: readonly Account[]): void {
    for (const account of accounts) this.#queue.get(account.name)?.limit(account);
  }

  /** Why nothing is sent to an account now; undefined when it is open. */
  closure(account: Account): Closure | undefined {
    return this.#queueOf(account).closure();
  }

  async #fetchOne(fetch: Fetch, signal: AbortSignal, progress: FetchProgress): Promise<MetricSet[]> {
    const key = answerKey(fetch.query);
    try {
      const known = this.#cache.get(key);
      if (known !== undefined) {
        fetch.cached = true;
        return fetch.answered(copyOf(known));
      }
      return fetch.answered(copyOf(await this.#askOrJoin(key, fetch, { signal, progress })));
    } finally {
      fetch.end();
    }
  }

  async #askOrJoin(key: string, fetch: Fetch, { signal, progress }: { signal: AbortSignal; progress: FetchProgress }) {
    signal.throwIfAborted();
    const { provider, request } = fetch.query;
    const { deadlineMillis } = progress;
    const late = new AbortController();
    const failure = (error: CanaryError) => new OperationFailure(`${provider.type}Fetch`, error);
    const asker: Subscriber = {
      run: fetch.run,
      onStart: () => progress.stage(fetch.stage, 'running'),
      onRetry(error, nextMillis) {
        // A closed account says more itself.
        const isClosed = (fetch.queue.closure()?.untilMillis ?? 0) > deadlineMillis;
        if (nextMillis > deadlineMillis && !isClosed) late.abort(failure(error));
      },
    };
    const known = this.#underWay.get(key);
    known?.join(asker);
    fetch.shared = known !== undefined;
    const question = known ?? this.#ask(key, fetch.query, asker);
    fetch.tally = question.tally;
    try {
      const closed = (closure: Closure) => failure(closedError(request.account, closure));
      const watched = { queue: fetch.queue, closed, deadlineMillis, signal, late };
      return await whileOpen(watched, (open) => abortable(question.answer, open));
    } finally {
      if (question.leave(asker) && this.#underWay.get(key) === question) this.#underWay.delete(key);
    }
  }

  #ask(key: string, query: MetricQuery, asker: Subscriber): SharedQuery {
    const question = new SharedQuery(this.#parts, query, this.#queueOf(query.request.account), asker);
    this.#underWay.set(key, question);
    question.answer
      .then((sets) => this.#cache.put(key, query.request.scope, sets))
      .catch(() => {})
      .finally(() => this.#underWay.get(key) === question && this.#underWay.delete(key));
    return question;
  }

  #queueOf(account: Account): AccountQueue {
    const queue = this.#queue.get(account.name) ?? new AccountQueue(account, this.#parts);
    this.#queue.set(account.name, queue);
    return queue;
  }
}

/** One query of a run in progress. */
class Fetch {
  readonly query: MetricQuery;
  readonly run: RunKey;
  readonly stage: string;
  cached = false;
  shared = false;
  tally: QueryTally = { attempts: 0, waitedMillis: 0 };
  readonly #now: () => number;
  readonly #beganAt: number;
  readonly queue: AccountQueue;
  #endedAt: number | undefined;
  #warnings: readonly string[] = [];

  constructor({ query, run, now, queue }: Pick<Fetch, 'query' | 'run' | 'queue'> & { readonly now: () => number }) {
    this.query = query;
    this.run = run;
    this.queue = queue;
    this.stage = fetchStage(query);
    this.#now = now;
    this.#beganAt = now();
  }

  /** Keeps what the store says besides. */
  answered(sets: MetricSet[]): MetricSet[] {
    this.#warnings = [...new Set(sets.flatMap(({ attributes }) => attributes.warnings?.split('\n') ?? []))];
    return sets;
  }

  end(): void {
    this.#endedAt = this.#now();
    const { waitedMillis, waitingSinceMillis = this.#endedAt } = this.tally;
    this.tally = {
      ...this.tally,
      waitedMillis: waitedMillis + this.#endedAt - waitingSinceMillis,
      waitingSinceMillis: undefined,
      nextAttemptMillis: undefined,
    };
  }

  /** Changes only when something happens: clients follow it. */
  report(): MetricFetch {
    const { waitingSinceMillis, nextAttemptMillis, ...tally } = this.tally;
    const closure = waitingSinceMillis === undefined ? undefined : this.queue.closure();
    const due = Math.max(nextAttemptMillis ?? 0, closure?.opensAtMillis ?? 0);
    return {
      stage: this.stage,
      metric: this.query.request.metric.name ?? '',
      side: this.query.side,
      ...tally,
      ...(due === 0 ? {} : { nextAttemptMillis: due }),
      ...(closure === undefined ? {} : { waitingFor: closureInWords(closure) }),
      ...(this.#endedAt === undefined ? {} : { millis: this.#endedAt - this.#beganAt }),
      ...(this.cached ? { cached: true } : {}),
      ...(this.shared ? { shared: true } : {}),
      ...(this.#warnings.length === 0 ? {} : { warnings: [...this.#warnings] }),
    };
  }
}

/** A copy, so that no run can change another's series, which says what window and gaps it has. */
function copyOf(sets: readonly MetricSet[]): MetricSet[] {
  return sets.map((set) => ({
    ...set,
    tags: { ...set.tags },
    values: set.values.slice(),
    attributes: { ...USUAL_SERIES, ...set.attributes },
  }));
}
