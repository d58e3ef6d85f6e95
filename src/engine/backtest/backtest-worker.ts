import type { Backtest } from '../../domain/backtest.ts';
import type { BacktestStore } from '../../domain/backtest-store.ts';
import type { BacktestTally } from '../../domain/backtest-tally.ts';
import type { Log } from '../../domain/log.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import type { WorkQueue } from '../../domain/work-queue.ts';
import { abandonedFailure, isStoreUnusable, toRunException } from '../failure.ts';
import { isLastAttempt, type LossLimit } from '../lost-attempts.ts';
import type { BacktestPlan } from './backtest-plan.ts';
import { type FetchWindowsParts, fetchWindows } from './fetch-windows.ts';
import { judgeWindow } from './judge-window.ts';
import { windowMillisOf, windowsAtOnce } from './past-request.ts';
import { windowAt } from './past-windows.ts';
import { planOf } from './plan-of-backtest.ts';

/** So much work is lost at most when the process dies. */
const SAVE_EVERY_MILLIS = 2000;

export interface BacktestWorkerOptions extends FetchWindowsParts {
  readonly store: BacktestStore;
  readonly queue: WorkQueue;
  readonly lossLimit: LossLimit;
  /** a worker that does not renew its lease within this time loses the backtest */
  readonly leaseMillis: number;
  readonly now: () => number;
  readonly log: Log;
}

/** Thrown to stop where nothing can be written any more. */
class NotMine extends Error {}

/**
 * Works on the backtests that the queue says are due, each under a lease: fetches some windows at a time, judges them one
 * after the other, and stores what has been counted. Another process goes on from there.
 */
export class BacktestWorker {
  readonly #options: BacktestWorkerOptions;
  readonly #canceled = new Map<string, AbortController>();

  constructor(options: BacktestWorkerOptions) {
    this.#options = options;
  }

  /** Stops working on a backtest that was canceled. */
  cancel(id: string): void {
    this.#canceled.get(id)?.abort(new NotMine('canceled'));
  }

  /** Works on a backtest unless another process does. */
  async work(id: string, stopping: AbortSignal): Promise<void> {
    const { store, leaseMillis, lossLimit, queue } = this.#options;
    const claimed = await store.claim(id, leaseMillis);
    if (claimed === undefined) {
      const backtest = await store.get(id);
      if (backtest === undefined || EXECUTION_STATUS[backtest.status].complete) return;
      return queue.push({ kind: 'backtest', id }, leaseMillis);
    }
    const { attempt, lostAttempts: lost } = claimed;
    if (lost >= lossLimit.attempts) {
      return this.#fail(id, attempt, abandonedFailure('The backtest', lost, lossLimit));
    }
    if (!isLastAttempt(lost, lossLimit)) return this.#attempt(id, attempt, stopping);
    await store.release(id, attempt);
    await lossLimit.alone(async () => {
      const again = stopping.aborted ? undefined : await store.claim(id, leaseMillis);
      if (again !== undefined) await this.#attempt(id, again.attempt, stopping);
    });
  }

  async #attempt(id: string, attempt: number, stopping: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const [canceled, lost] = [new AbortController(), new AbortController()];
    this.#canceled.set(id, canceled);
    const heartbeat = this.#startHeartbeat(id, attempt, lost);
    try {
      await this.#judgeAll(id, attempt, AbortSignal.any([stopping, canceled.signal, lost.signal]));
    } catch (error) {
      if (stopping.aborted) return await store.release(id, attempt);
      if (lost.signal.aborted) return await store.reportLate(id);
      if (error instanceof NotMine || canceled.signal.aborted) return;
      // The backtest is not to blame: it is resumed when the store is back.
      if (isStoreUnusable(error)) {
        await store.release(id, attempt).catch(() => {});
        throw error;
      }
      await this.#fail(id, attempt, error);
    } finally {
      clearInterval(heartbeat);
      this.#canceled.delete(id);
    }
  }

  #startHeartbeat(id: string, attempt: number, lost: AbortController): NodeJS.Timeout {
    const { store, leaseMillis, log } = this.#options;
    return setInterval(() => {
      store.extend(id, attempt, leaseMillis).then(
        (mine) => mine || lost.abort(new NotMine('another worker has the backtest, or it has ended')),
        (error: unknown) => log.warn({ id, err: error }, 'lease not renewed'),
      );
    }, leaseMillis / 3);
  }

  async #judgeAll(id: string, attempt: number, signal: AbortSignal): Promise<void> {
    const { store, now, log } = this.#options;
    const backtest = await store.get(id);
    if (backtest === undefined) return; // canceled and deleted since it was claimed
    await store.update(id, { status: 'running', startTime: backtest.startTime ?? now() }, attempt);
    const { tally, windows } = backtest;
    const plan = planOf(backtest, this.#options.judges);
    while (tally.windows < windows) {
      const to = Math.min(windows, tally.windows + windowsAtOnce(backtest));
      await this.#judgeSome({ backtest, plan, attempt, tally, to }, signal);
    }
    const ended = await store.update(id, { status: 'succeeded', tally, endTime: now() }, attempt);
    if (ended) log.info({ id, application: backtest.application, windows }, 'backtest ended');
  }

  /** Fetches the windows up to `to` and judges them; stores now and then what has been counted. */
  async #judgeSome({ backtest, plan, attempt, tally, to }: Some, signal: AbortSignal): Promise<void> {
    const { store, monotonic } = this.#options;
    const from = tally.windows;
    const pairs = await fetchWindows(this.#options, backtest, { from, to }, signal);
    let saveAt = monotonic() + SAVE_EVERY_MILLIS;
    while (tally.windows < to) {
      const window = windowAt(pairs, windowMillisOf(backtest.options), tally.windows - from);
      const run = backtest.releases?.[tally.windows]?.runId;
      await judgeWindow(plan, { ...window, run }, tally, signal);
      if (monotonic() < saveAt && tally.windows < to) continue;
      if (!(await store.update(backtest.id, { tally }, attempt))) throw new NotMine('canceled, or taken over');
      saveAt = monotonic() + SAVE_EVERY_MILLIS;
    }
  }

  /** What has been counted stays, and is shown. */
  async #fail(id: string, attempt: number, failure: unknown): Promise<void> {
    const { log, now, store } = this.#options;
    const exception = toRunException(failure, now());
    if (exception.exceptionType === 'INTERNAL') log.error({ id, err: failure }, 'backtest failed: internal error');
    else log.info({ id, operation: exception.operation, reason: exception.details.errors[0] }, 'backtest failed');
    await store.update(id, { status: 'terminal', exception, endTime: now() }, attempt);
  }
}

interface Some {
  readonly backtest: Backtest;
  readonly plan: BacktestPlan;
  readonly attempt: number;
  readonly tally: BacktestTally;
  readonly to: number;
}
