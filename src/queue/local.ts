import type { Log } from '../domain/log.ts';
import type { Job, JobHandler, JobKind, WorkQueue } from '../domain/work-queue.ts';

/** Timers cannot be longer than 24 days; a job that is due later is looked at now and then. */
const LONGEST_TIMER_MILLIS = 3_600_000;
/** A job whose handler failed, of a store that could not be written perhaps, is done again after this time. */
const FAILED_AGAIN_MILLIS = 5000;

/** The jobs of one kind and group. */
interface Lane {
  readonly kind: JobKind;
  readonly group: string;
  /** ids that are due, in order */
  readonly due: Set<string>;
  readonly working: Map<string, Promise<void>>;
  /** ids pushed while they were worked on: done again afterwards */
  readonly again: Set<string>;
}

/**
 * The queue of one process: first come, first served, a number at once for each kind and group, one id of them never
 * twice at once.
 * It keeps nothing; the store knows what has not ended, and that is pushed again when the process starts.
 */
export class LocalQueue implements WorkQueue {
  readonly #concurrency: Readonly<Record<JobKind, number>>;
  readonly #log: Log;
  readonly #handlers = new Map<JobKind, JobHandler>();
  readonly #lanes = new Map<string, Lane>();
  readonly #timers = new Map<string, { timer: NodeJS.Timeout; at: number }>();
  readonly #stopping = new AbortController();
  #enabled = true;
  #started = false;

  /** @param concurrency how many jobs of each kind are worked on at once in each group */
  constructor(concurrency: Readonly<Record<JobKind, number>>, log: Log) {
    this.#concurrency = concurrency;
    this.#log = log;
  }

  handle(kind: JobKind, handler: JobHandler): void {
    this.#handlers.set(kind, handler);
  }

  async start(): Promise<void> {
    this.#started = true;
    this.#takeUpAll();
  }

  async push(job: Job, delayMillis = 0): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (delayMillis > 0) this.#wakeAt(job, Date.now() + delayMillis);
    else this.#due(job);
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#takeUpAll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service is stopping'));
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    await Promise.all([...this.#lanes.values()].flatMap(({ working }) => [...working.values()]));
  }

  #wakeAt(job: Job, at: number): void {
    const key = `${job.kind} ${job.id}`;
    const waiting = this.#timers.get(key);
    if (waiting !== undefined && waiting.at <= at) return;
    clearTimeout(waiting?.timer);
    const wake = () => {
      this.#timers.delete(key);
      if (Date.now() < at) this.#wakeAt(job, at);
      else this.#due(job);
    };
    this.#timers.set(key, { timer: setTimeout(wake, Math.min(at - Date.now(), LONGEST_TIMER_MILLIS)), at });
  }

  #due({ kind, id, group = '' }: Job): void {
    const lane = this.#laneOf(kind, group);
    if (lane.working.has(id)) lane.again.add(id);
    else lane.due.add(id);
    this.#takeUp(lane);
  }

  #laneOf(kind: JobKind, group: string): Lane {
    const key = `${kind} ${group}`;
    const lane = this.#lanes.get(key) ?? { kind, group, due: new Set(), working: new Map(), again: new Set() };
    this.#lanes.set(key, lane);
    return lane;
  }

  #takeUpAll(): void {
    for (const lane of this.#lanes.values()) this.#takeUp(lane);
  }

  #takeUp(lane: Lane): void {
    for (const id of lane.due) {
      if (!this.#started || !this.#enabled || this.#stopping.signal.aborted) return;
      if (lane.working.size >= this.#concurrency[lane.kind]) return;
      lane.due.delete(id);
      const done = this.#handle(lane, id).finally(() => {
        lane.working.delete(id);
        if (lane.again.delete(id)) lane.due.add(id);
        this.#takeUp(lane);
      });
      lane.working.set(id, done);
    }
  }

  async #handle({ kind, group }: Lane, id: string): Promise<void> {
    try {
      await this.#handlers.get(kind)?.(id, this.#stopping.signal);
    } catch (error) {
      this.#log.error({ err: error, kind, id }, 'job failed, trying again');
      await this.push({ kind, id, group }, FAILED_AGAIN_MILLIS);
    }
  }
}
