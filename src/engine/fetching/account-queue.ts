import type { Account } from '../../domain/account.ts';
import { type Measure, UNMEASURED } from '../../domain/service-metrics.ts';
import { CanaryError } from '../../errors.ts';
import { LONGEST_TIMER_MILLIS } from '../../waiting/longest-timer.ts';
import type { Closure } from './closure.ts';
import { RequestRate } from './request-rate.ts';

const DEFAULT_MAX_CONCURRENT = 8;

/** What a query is for: a run, or nothing but itself. */
export type RunKey = symbol;

/** The clocks: see `clocks.ts`. */
interface AccountQueueParts {
  /** for what is shown */
  readonly now: () => number;
  /** for rates and pauses */
  readonly monotonic: () => number;
  /** absent: nobody counts */
  readonly measure?: Measure | undefined;
}

/** How an account stands. */
export interface AccountState {
  readonly account: string;
  readonly type: string;
  /** requests */
  readonly inFlight: number;
  readonly waiting: number;
  /** whether nothing is sent, because its store asked for a pause */
  readonly paused: boolean;
}

/** An entry in the queue, for one run or for several that need the same answer. */
export interface QueueEntry {
  readonly runs: Set<RunKey>;
  /** leaves the queue when it aborts */
  readonly signal: AbortSignal;
}

/**
 * Decides which query an account sends next. At most `maxConcurrent` requests are in flight, and at most
 * `requestsPerSecond` start; waiting runs take turns, so that a run of 200 metrics does not block a run of two.
 */
export class AccountQueue {
  #maxConcurrent = DEFAULT_MAX_CONCURRENT;
  #requestsPerSecond: number | undefined;
  #rate: RequestRate;
  /** In the order of their turns. An entry shared by several runs is in the queue of each. */
  readonly #waiting = new Map<RunKey, Set<QueueEntry>>();
  readonly #begins = new Map<QueueEntry, () => void>();
  #underWay = 0;
  #closure: Closure | undefined;
  readonly #clocks: AccountQueueParts;
  readonly #measure: Measure;
  readonly #labels: { readonly account: string; readonly type: string };
  readonly #watchers = new Set<(closure: Closure) => void>();
  /** After a store asked for more than it was granted, one request goes first: 'due' until it is sent. */
  #probe: 'due' | QueueEntry | undefined;
  #alarm: NodeJS.Timeout | undefined;

  constructor(account: Account, parts: AccountQueueParts) {
    this.#clocks = parts;
    this.#measure = parts.measure ?? UNMEASURED;
    this.#labels = { account: account.name, type: account.type };
    this.#rate = this.#rateOf(account);
    this.limit(account);
  }

  /** Keeps to the limits of the account from now on. */
  limit(account: Account): void {
    this.#maxConcurrent = account.maxConcurrent ?? DEFAULT_MAX_CONCURRENT;
    if (account.requestsPerSecond !== this.#requestsPerSecond) this.#rate = this.#rateOf(account);
    this.#next();
  }

  #rateOf({ requestsPerSecond }: Account): RequestRate {
    this.#requestsPerSecond = requestsPerSecond;
    return new RequestRate({ requestsPerSecond, now: this.#clocks.monotonic });
  }

  /** Runs `work` when it is its turn. */
  async queued<T>(entry: QueueEntry, work: () => Promise<T>): Promise<T> {
    const queuedAt = this.#clocks.monotonic();
    await this.#wait(entry);
    const sentAt = this.#clocks.monotonic();
    this.#measure.time('haldane_account_request_wait_seconds', (sentAt - queuedAt) / 1000, this.#labels);
    this.#measure.count('haldane_account_requests_total', this.#labels);
    try {
      return await work();
    } catch (error) {
      const code = entry.signal.aborted ? 'CANCELED' : codeOf(error);
      this.#measure.count('haldane_account_request_failures_total', { ...this.#labels, code });
      throw error;
    } finally {
      const seconds = (this.#clocks.monotonic() - sentAt) / 1000;
      this.#measure.time('haldane_account_request_duration_seconds', seconds, this.#labels);
      this.#underWay -= 1;
      if (this.#probe === entry) this.#probe = undefined;
      this.#next();
    }
  }

  /** Adds another run to an entry that may be waiting. */
  share(entry: QueueEntry, run: RunKey): void {
    entry.runs.add(run);
    if (this.#begins.has(entry)) this.#add(entry, run);
  }

  /**
   * Sends nothing for a while; see {@link RequestRate.slowDown}.
   *
   * @param probe whether one request is to find out, afterwards, whether the store is back
   */
  close(sentAtMillis: number, { pauseMillis, reason, probe }: { pauseMillis: number; reason: string; probe: boolean }) {
    this.#rate.slowDown(sentAtMillis, pauseMillis);
    if (probe) this.#probe = 'due';
    this.#measure.count('haldane_account_pauses_total', this.#labels);
    const untilMillis = this.#clocks.monotonic() + pauseMillis;
    if (untilMillis <= (this.closure()?.untilMillis ?? 0)) return;
    this.#closure = { untilMillis, opensAtMillis: this.#clocks.now() + pauseMillis, reason };
    for (const watcher of [...this.#watchers]) watcher(this.#closure);
  }

  /** Why nothing is sent now; undefined when the account is open. */
  closure(): Closure | undefined {
    return this.#closure !== undefined && this.#closure.untilMillis > this.#clocks.monotonic()
      ? this.#closure
      : undefined;
  }

  /** How it stands now, to be shown. */
  state(): AccountState {
    const paused = this.closure() !== undefined;
    return { ...this.#labels, inFlight: this.#underWay, waiting: this.#begins.size, paused };
  }

  /** Calls back when the account is, or becomes, closed beyond `deadlineMillis`. @returns ends the watch */
  whenClosedBeyond(deadlineMillis: number, callback: (closure: Closure) => void): () => void {
    const watcher = (closure: Closure) => {
      if (closure.untilMillis > deadlineMillis) callback(closure);
    };
    const now = this.closure();
    if (now !== undefined) watcher(now);
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #wait(entry: QueueEntry): Promise<void> {
    const { signal } = entry;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = () => {
        this.#leave(entry);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#begins.set(entry, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      for (const run of entry.runs) this.#add(entry, run);
      this.#next();
    });
  }

  #add(entry: QueueEntry, run: RunKey): void {
    const entries = this.#waiting.get(run) ?? new Set();
    this.#waiting.set(run, entries.add(entry));
  }

  #leave(entry: QueueEntry): void {
    this.#begins.delete(entry);
    for (const run of entry.runs) {
      const entries = this.#waiting.get(run);
      entries?.delete(entry);
      if (entries?.size === 0) this.#waiting.delete(run);
    }
    if (this.#waiting.size === 0) clearTimeout(this.#alarm);
  }

  #next(): void {
    while (this.#underWay < this.#maxConcurrent) {
      const [turn] = this.#waiting;
      if (turn === undefined || (this.#probe !== undefined && this.#probe !== 'due')) return;
      const waitMillis = this.#rate.take();
      if (waitMillis > 0) {
        this.#wakeIn(waitMillis);
        return;
      }
      this.#underWay += 1;
      this.#begin(...turn);
    }
  }

  #begin(run: RunKey, entries: Set<QueueEntry>): void {
    const [entry] = entries;
    if (entry === undefined) throw new Error('a run without an entry is queued');
    const begin = this.#begins.get(entry);
    this.#leave(entry);
    if (this.#probe === 'due') this.#probe = entry;
    // Move to the end of the round.
    if (this.#waiting.delete(run)) this.#waiting.set(run, entries);
    begin?.();
  }

  #wakeIn(millis: number): void {
    clearTimeout(this.#alarm);
    this.#alarm = setTimeout(() => this.#next(), Math.min(millis, LONGEST_TIMER_MILLIS));
  }
}

function codeOf(error: unknown): string {
  return error instanceof CanaryError ? error.code : 'INTERNAL';
}
