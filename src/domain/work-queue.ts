/** Kinds of jobs: a run, a step of a standalone analysis, the delivery of a callback, a backtest. */
export const JOB_KINDS = ['run', 'analysis', 'callback', 'backtest'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export interface Job {
  readonly kind: JobKind;
  readonly id: string;
  /** Jobs of different groups never wait for each other; for a run, its metrics account; for a callback, its receiver. */
  readonly group?: string | undefined;
  /**
   * Within a group, those who have least in work come first, or had least of late; for a run, its application. There may
   * be a limit of what each has in work.
   */
  readonly share?: string | undefined;
}

/** A handler that rejects is retried later. */
export type JobHandler = (id: string, signal: AbortSignal) => Promise<void>;

/**
 * Decides which process does work when. A job only says that something is due; the work itself is in the store, and a
 * handler that finds none returns. So a job may arrive twice, but is never lost.
 */
export interface WorkQueue {
  /** Registers the handler of a kind of jobs; `signal` aborts when the queue stops. Call it before {@link start}. */
  handle(kind: JobKind, handler: JobHandler): void;
  /** Starts taking jobs. */
  start(): Promise<void>;
  /**
   * Queues a job to run after `delayMillis`; a job already waiting runs at the earlier time. Never rejects: a job that
   * cannot be queued now is found by a sweep.
   */
  push(job: Job, delayMillis?: number): Promise<void>;
  /** Pauses or resumes taking jobs. */
  setEnabled(enabled: boolean): void;
  /** Aborts running handlers and waits for them; unfinished work is due again at the next start. */
  stop(): Promise<void>;
}
