import type { Log } from '../../domain/log.ts';
import type { Store } from '../../domain/stores.ts';
import { IDEMPOTENCY_MILLIS } from '../runs/idempotent-start.ts';
import { watchClock } from './clock-jump.ts';

const DAY_MILLIS = 86_400_000;
const MEGABYTE = 1_000_000;
/** Small, so that other work can use the store in between. */
const BATCH = 100;
/** A service that is restarted often should come to it, too. */
const FIRST_MINUTES = 5;
/** Clients may still poll what ended so lately: it stays, whatever the budget. */
const YOUNG_MILLIS = 3_600_000;
/** A clock that runs ahead by more was set, or the machine slept: what is old by it may not be. */
const JUMP_MILLIS = 3_600_000;

interface RetentionOptions {
  readonly store: Store;
  readonly maxAgeDays: number;
  readonly auditDays: number;
  readonly maxRuns?: number | undefined;
  /** of stored rows; absent: any number */
  readonly maxMegabytes?: number | undefined;
  readonly everyMinutes: number;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly log: Log;
}

/** Periodically deletes what is old: by its age, by the number of runs, by the room it takes. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #setAhead: () => number;
  #stopped = false;
  #pruning: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#setAhead = watchClock(options);
    const prune = () => {
      this.#pruning = this.prune().then(
        () => {},
        (error: unknown) => options.log.warn({ err: error }, 'old runs not deleted, retrying later'),
      );
    };
    const first = setTimeout(prune, Math.min(FIRST_MINUTES, options.everyMinutes) * 60_000);
    this.#timers = [first, setInterval(prune, options.everyMinutes * 60_000)];
    for (const timer of this.#timers) timer.unref();
  }

  /** Deletes what is due, in small batches. @returns how many things of all kinds */
  async prune(): Promise<number> {
    const { store, maxAgeDays, auditDays, maxRuns, maxMegabytes, now, log } = this.#options;
    const aheadMillis = this.#setAhead();
    if (aheadMillis > JUMP_MILLIS) {
      log.warn(
        { aheadMinutes: Math.round(aheadMillis / 60_000) },
        'clock set ahead, nothing deleted until the next look',
      );
      return 0;
    }
    await store.idempotency.prune(now() - IDEMPOTENCY_MILLIS);
    await store.audit.prune(now() - auditDays * DAY_MILLIS);
    await store.gates.prune(now() - maxAgeDays * DAY_MILLIS);
    const aged = await this.#forget(now() - maxAgeDays * DAY_MILLIS, maxRuns);
    if (aged > 0) log.info({ forgotten: aged, maxAgeDays, maxRuns }, 'old runs deleted');
    const forRoom = maxMegabytes === undefined ? 0 : await this.#makeRoom(maxMegabytes);
    if (forRoom > 0) log.info({ forgotten: forRoom, maxMegabytes }, 'old runs deleted to make room');
    return aged + forRoom;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#pruning;
  }

  /** Deletes what ended, was imported or was stored before that time, and runs that are too many. */
  async #forget(before: number, keep?: number): Promise<number> {
    const { runs, analyses, backtests, upkeep } = this.#options.store;
    const ofRuns = await this.#inBatches((limit) => runs.prune({ endedBefore: before, keep, limit }));
    const ofAnalyses = await this.#inBatches((limit) => analyses.prune({ endedBefore: before, limit }));
    const ofObjects = await this.#inBatches((limit) => upkeep.pruneObjects({ storedBefore: before, limit }));
    const ofBacktests = await this.#inBatches((limit) => backtests.prune({ endedBefore: before, limit }));
    return ofRuns + ofAnalyses + ofObjects + ofBacktests;
  }

  /** Deletes the oldest until the rest fits. */
  async #makeRoom(maxMegabytes: number): Promise<number> {
    const { store, now, log } = this.#options;
    let total = 0;
    while (!this.#stopped) {
      const usedMegabytes = (await store.upkeep.usedBytes()) / MEGABYTE;
      if (usedMegabytes <= maxMegabytes) break;
      const oldest = (await store.upkeep.timeOfOldest(BATCH)) ?? Number.POSITIVE_INFINITY;
      const forgotten = await this.#forget(Math.min(oldest + 1, now() - YOUNG_MILLIS));
      total += forgotten;
      if (forgotten > 0) continue;
      const left = 'configs, unfinished runs and what ended within the hour take more than retention.maxMegabytes';
      log.warn({ usedMegabytes, maxMegabytes }, left);
      break;
    }
    return total;
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
