import type { Log } from '../domain/log.ts';
import type { Job, JobHandler, JobKind, WorkQueue } from '../domain/work-queue.ts';
import { LONGEST_TIMER_MILLIS } from '../waiting/longest-timer.ts';

/** A job whose handler failed, perhaps because the store could not be written, is retried after this time. */
const FAILED_AGAIN_MILLIS = 5000;

export interface LocalQueueOptions {
  /** concurrent jobs per kind and group */
  readonly concurrency: Readonly<Record<JobKind, number>>;
  /** concurrent jobs per share, over all groups; absent: as many as the group */
  readonly perShare?: number | undefined;
  /** never set: see `clocks.ts` */
  readonly monotonic: () => number;
  readonly log: Log;
}

/** The jobs of one kind and group. */
interface JobGroup {
  readonly kind: JobKind;
  readonly group: string;
  /** ids that are due, in order, and whose share each is */
  readonly due: Map<string, string>;
  readonly working: Map<string, { readonly done: Promise<void>; readonly share: string }>;
  /** ids pushed while being handled: handled again afterwards */
  readonly again: Set<string>;
  /** when each share had its last turn, counted */
  readonly turns: Map<string, number>;
}

/**
 * The queue of a single process, with a limit per kind and group, and never the same id twice at once. Of those that
 * wait, the share with least in work comes first, in turns: one application that starts a thousand runs does
 * not make the others wait for all of them. It is in memory only; unfinished work is in the store and is pushed again at startup.
 */
export class LocalQueue implements WorkQueue {
  readonly #options: LocalQueueOptions;
  readonly #handlers = new Map<JobKind, JobHandler>();
  readonly #groups = new Map<string, JobGroup>();
  readonly #timers = new Map<string, { timer: NodeJS.Timeout; at: number }>();
  readonly #stopping = new AbortController();
  #enabled = true;
  #started = false;

  constructor(options: LocalQueueOptions) {
    this.#options = options;
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
    if (delayMillis > 0) this.#wakeAt(job, this.#options.monotonic() + delayMillis);
    else this.#due(job);
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#takeUpAll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service is stopping'));
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    await Promise.all(
      [...this.#groups.values()].flatMap(({ working }) => [...working.values()].map(({ done }) => done)),
    );
  }

  #wakeAt(job: Job, at: number): void {
    const key = `${job.kind} ${job.id}`;
    const waiting = this.#timers.get(key);
    if (waiting !== undefined && waiting.at <= at) return;
    clearTimeout(waiting?.timer);
    const wake = () => {
      this.#timers.delete(key);
      if (this.#options.monotonic() < at) this.#wakeAt(job, at);
      else this.#due(job);
    };
    this.#timers.set(key, {
      timer: setTimeout(wake, Math.min(at - this.#options.monotonic(), LONGEST_TIMER_MILLIS)),
      at,
    });
  }

  #due({ kind, id, group = '', share = '' }: Job): void {
    const jobs = this.#groupOf(kind, group);
    if (jobs.working.has(id)) jobs.again.add(id);
    else if (!jobs.due.has(id)) jobs.due.set(id, share);
    this.#startNext(jobs);
  }

  #groupOf(kind: JobKind, group: string): JobGroup {
    const key = `${kind} ${group}`;
    const jobs = this.#groups.get(key) ?? {
      kind,
      group,
      due: new Map(),
      working: new Map(),
      again: new Set(),
      turns: new Map(),
    };
    this.#groups.set(key, jobs);
    return jobs;
  }

  #takeUpAll(): void {
    for (const jobs of this.#groups.values()) this.#startNext(jobs);
  }

  #startNext(jobs: JobGroup): void {
    while (jobs.due.size > 0) {
      if (!this.#started || !this.#enabled || this.#stopping.signal.aborted) return;
      if (jobs.working.size >= this.#options.concurrency[jobs.kind]) return;
      const next = nextOf(jobs, (share) => this.#isFull(jobs.kind, share));
      if (next === undefined) return;
      const [id, share] = next;
      jobs.due.delete(id);
      const done = this.#handle(jobs, id, share).finally(() => {
        jobs.working.delete(id);
        if (jobs.again.delete(id)) jobs.due.set(id, share);
        // Another group may have waited for a share that was full.
        if (this.#options.perShare === undefined) this.#startNext(jobs);
        else this.#takeUpAll();
        // There is a group for every receiver of a callback.
        if (jobs.working.size + jobs.due.size === 0) this.#groups.delete(`${jobs.kind} ${jobs.group}`);
      });
      jobs.working.set(id, { done, share });
    }
  }

  #isFull(kind: JobKind, share: string): boolean {
    const { perShare } = this.#options;
    if (perShare === undefined || share === '') return false;
    const ofKind = [...this.#groups.values()].filter((jobs) => jobs.kind === kind);
    const busy = ofKind.flatMap(({ working }) => [...working.values()]).filter((job) => job.share === share);
    return busy.length >= perShare;
  }

  async #handle({ kind, group }: JobGroup, id: string, share: string): Promise<void> {
    try {
      await this.#handlers.get(kind)?.(id, this.#stopping.signal);
    } catch (error) {
      this.#options.log.error({ err: error, kind, id }, 'job failed, retrying');
      await this.push({ kind, id, group, share }, FAILED_AGAIN_MILLIS);
    }
  }
}

/**
 * Whose turn it is: the share with least in work; of several, the one that waited longest. Undefined when all that wait
 * have as much in work as they may.
 */
function nextOf({ due, working, turns }: JobGroup, isFull: (share: string) => boolean): [string, string] | undefined {
  const busy = new Map<string, number>();
  for (const { share } of working.values()) busy.set(share, (busy.get(share) ?? 0) + 1);
  const firsts = new Map<string, string>();
  for (const [id, share] of due) if (!firsts.has(share)) firsts.set(share, id);
  const inTurn = [...firsts]
    .filter(([share]) => !isFull(share))
    .sort(([one], [other]) => {
      const byWork = (busy.get(one) ?? 0) - (busy.get(other) ?? 0);
      return byWork || (turns.get(one) ?? 0) - (turns.get(other) ?? 0);
    });
  const [first] = inTurn;
  if (first === undefined) return undefined;
  const [share, id] = first;
  turns.set(share, Math.max(0, ...turns.values()) + 1);
  return [id, share];
}
