import type { Log } from '../../domain/log.ts';
import type { Store } from '../../domain/stores.ts';
import { IDEMPOTENCY_MILLIS } from '../runs/idempotent-start.ts';

const DAY_MILLIS = 86_400_000;
/** Small, so that other work can use the store in between. */
const BATCH = 100;

interface RetentionOptions {
  readonly store: Store;
  readonly maxAgeDays: number;
  readonly maxRuns?: number | undefined;
  readonly everyMinutes: number;
  readonly now: () => number;
  readonly log: Log;
}

/** Periodically deletes old runs and analyses. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #timer: NodeJS.Timeout;
  #stopped = false;
  #pruning: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#pruning = this.prune().then(
        () => {},
        (error: unknown) => options.log.warn({ err: error }, 'old runs not deleted, retrying later'),
      );
    }, options.everyMinutes * 60_000);
    this.#timer.unref();
  }

  /** Deletes what is due, in small batches. @returns how many runs and analyses */
  async prune(): Promise<number> {
    const { store, maxAgeDays, maxRuns, now, log } = this.#options;
    const endedBefore = now() - maxAgeDays * DAY_MILLIS;
    await store.idempotency.prune(now() - IDEMPOTENCY_MILLIS);
    const forgotten =
      (await this.#inBatches((limit) => store.runs.prune({ endedBefore, keep: maxRuns, limit }))) +
      (await this.#inBatches((limit) => store.analyses.prune({ endedBefore, limit })));
    if (forgotten > 0) log.info({ forgotten, maxAgeDays, maxRuns }, 'old runs deleted');
    return forgotten;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#pruning;
  }

  async #inBatches(prune: (limit: number) => Promise<number>): Promise<number> {
    let total = 0;
    while (!this.#stopped) {
      const count = await prune(BATCH);
      total += count;
      if (count < BATCH) break;
    }
    return total;
  }
}
