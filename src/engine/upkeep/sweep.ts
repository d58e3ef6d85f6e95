import type { Log } from '../../domain/log.ts';
import { sleep } from '../../waiting/sleep.ts';
import type { Analyses } from '../analyses/analyses.ts';
import type { Backtests } from '../backtest/backtests.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import type { Runs } from '../runs/runs.ts';

/** A run whose worker died is taken over within this time after its lease runs out. */
const RUNS_EVERY_MILLIS = 5000;
/** Steps of analyses and callbacks are lost only when a process dies between storing and queueing them. */
const OTHERS_EVERY_MILLIS = 60_000;

interface SweepOptions {
  readonly runs: Runs;
  readonly analyses: Analyses;
  readonly backtests: Backtests;
  readonly callbacks: Callbacks;
  /** whether other processes share the store, and may die while this one lives */
  readonly shared: boolean;
  readonly leaseMillis: number;
  readonly log: Log;
}

/** Queues unfinished work that no process has: at startup and, on a shared store, periodically. */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #going = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Resumes beside requests, and again after a failure until it succeeds. */
  begin(): void {
    const done: Promise<unknown> = this.#resume().finally(() => this.#going.delete(done));
    this.#going.add(done);
  }

  async #resume(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        return log.info({ resumed: await this.start() }, 'resumed');
      } catch (error) {
        log.error({ err: error }, 'unfinished work not resumed, retrying');
        await sleep(RUNS_EVERY_MILLIS, signal).catch(() => {});
      }
    }
  }

  /** @returns how many runs, analyses and backtests it resumed */
  async start(): Promise<number> {
    const { runs, backtests, shared, leaseMillis } = this.#options;
    const takenUp = shared ? await runs.takeUpAbandoned() : await runs.resume();
    const tried = shared ? await backtests.takeUpAbandoned() : await backtests.resume();
    const analyses = await this.#others();
    if (shared) {
      this.#every(Math.min(leaseMillis, RUNS_EVERY_MILLIS), () => runs.takeUpAbandoned());
      this.#every(Math.min(leaseMillis, RUNS_EVERY_MILLIS), () => backtests.takeUpAbandoned());
      this.#every(OTHERS_EVERY_MILLIS, () => this.#others());
    }
    return takenUp + tried + analyses;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#going);
  }

  async #others(): Promise<number> {
    await this.#options.callbacks.resume();
    return this.#options.analyses.resume();
  }

  #every(millis: number, sweep: () => Promise<unknown>): void {
    const run = () => {
      const done: Promise<unknown> = sweep()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'sweep failed, retrying later'))
        .finally(() => this.#going.delete(done));
      this.#going.add(done);
    };
    this.#timers.push(setInterval(run, millis));
  }
}
