import type { Account } from '../../domain/account.ts';
import { LONGEST_TIMER_MILLIS } from '../../waiting/longest-timer.ts';
import type { Closure } from './closure.ts';
import { RequestRate } from './request-rate.ts';

const DEFAULT_MAX_CONCURRENT = 8;

/** What a query is for: a run, or nothing but itself. */
export type RunKey = symbol;

/** A place in the queue, for one run or for several that need the same answer. */
export interface Place {
  readonly runs: Set<RunKey>;
  /** leaves the queue when it aborts */
  readonly signal: AbortSignal;
}

/**
 * Decides which query an account sends next. At most `maxConcurrent` requests are in flight, and at most
 * `requestsPerSecond` start; waiting runs take turns, so that a run of 200 metrics does not block a run of two.
 */
export class AccountTurns {
  readonly #maxConcurrent: number;
  readonly #rate: RequestRate;
  /** In the order of their turns. A place shared by several runs is in the queue of each. */
  readonly #lines = new Map<RunKey, Set<Place>>();
  readonly #begins = new Map<Place, () => void>();
  #underWay = 0;
  #closure: Closure | undefined;
  readonly #now: () => number;
  readonly #watchers = new Set<(closure: Closure) => void>();
  /** After a store asked for more than it was granted, one request goes first: 'due' until it is sent. */
  #probe: 'due' | Place | undefined;
  #alarm: NodeJS.Timeout | undefined;

  constructor({ maxConcurrent, requestsPerSecond }: Account, now: () => number) {
    this.#maxConcurrent = maxConcurrent ?? DEFAULT_MAX_CONCURRENT;
    this.#rate = new RequestRate({ requestsPerSecond, now });
    this.#now = now;
  }

  /** Runs `work` when it is its turn. */
  async inTurn<T>(place: Place, work: () => Promise<T>): Promise<T> {
    await this.#wait(place);
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#probe === place) this.#probe = undefined;
      this.#next();
    }
  }

  /** Adds another run to a place that may be waiting. */
  share(place: Place, run: RunKey): void {
    place.runs.add(run);
    if (this.#begins.has(place)) this.#lineUp(place, run);
  }

  /**
   * Sends nothing for a while; see {@link RequestRate.slowDown}.
   *
   * @param probe whether one request is to find out, afterwards, whether the store is back
   */
  close(sentAtMillis: number, { pauseMillis, reason, probe }: { pauseMillis: number; reason: string; probe: boolean }) {
    this.#rate.slowDown(sentAtMillis, pauseMillis);
    if (probe) this.#probe = 'due';
    const untilMillis = this.#now() + pauseMillis;
    if (untilMillis <= (this.closure()?.untilMillis ?? 0)) return;
    this.#closure = { untilMillis, reason };
    for (const watcher of [...this.#watchers]) watcher(this.#closure);
  }

  /** Why nothing is sent now; undefined when the account is open. */
  closure(): Closure | undefined {
    return this.#closure !== undefined && this.#closure.untilMillis > this.#now() ? this.#closure : undefined;
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

  #wait(place: Place): Promise<void> {
    const { signal } = place;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = () => {
        this.#leave(place);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#begins.set(place, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      for (const run of place.runs) this.#lineUp(place, run);
      this.#next();
    });
  }

  #lineUp(place: Place, run: RunKey): void {
    const line = this.#lines.get(run) ?? new Set();
    this.#lines.set(run, line.add(place));
  }

  #leave(place: Place): void {
    this.#begins.delete(place);
    for (const run of place.runs) {
      const line = this.#lines.get(run);
      line?.delete(place);
      if (line?.size === 0) this.#lines.delete(run);
    }
    if (this.#lines.size === 0) clearTimeout(this.#alarm);
  }

  #next(): void {
    while (this.#underWay < this.#maxConcurrent) {
      const [turn] = this.#lines;
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

  #begin(run: RunKey, line: Set<Place>): void {
    const [place] = line;
    if (place === undefined) throw new Error('a run without a place is queued');
    const begin = this.#begins.get(place);
    this.#leave(place);
    if (this.#probe === 'due') this.#probe = place;
    // Move to the end of the round.
    if (this.#lines.delete(run)) this.#lines.set(run, line);
    begin?.();
  }

  #wakeIn(millis: number): void {
    clearTimeout(this.#alarm);
    this.#alarm = setTimeout(() => this.#next(), Math.min(millis, LONGEST_TIMER_MILLIS));
  }
}
