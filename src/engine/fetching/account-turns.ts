import type { Account } from '../../domain/account.ts';
import { LONGEST_TIMER_MILLIS } from '../../waiting/longest-timer.ts';
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
  #alarm: NodeJS.Timeout | undefined;

  constructor({ maxConcurrent, requestsPerSecond }: Account, now: () => number) {
    this.#maxConcurrent = maxConcurrent ?? DEFAULT_MAX_CONCURRENT;
    this.#rate = new RequestRate({ requestsPerSecond, now });
  }

  /** Runs `work` when it is its turn. */
  async inTurn<T>(place: Place, work: () => Promise<T>): Promise<T> {
    await this.#wait(place);
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#next();
    }
  }

  /** Adds another run to a place that may be waiting. */
  share(place: Place, run: RunKey): void {
    place.runs.add(run);
    if (this.#begins.has(place)) this.#lineUp(place, run);
  }

  /** See {@link RequestRate.slowDown}. */
  slowDown(sentAtMillis: number, pauseMillis: number): void {
    this.#rate.slowDown(sentAtMillis, pauseMillis);
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
      if (turn === undefined) return;
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
    // Move to the end of the round.
    if (this.#lines.delete(run)) this.#lines.set(run, line);
    begin?.();
  }

  #wakeIn(millis: number): void {
    clearTimeout(this.#alarm);
    this.#alarm = setTimeout(() => this.#next(), Math.min(millis, LONGEST_TIMER_MILLIS));
  }
}
