/** What can be waiting to be worked on: a run, a step of a standalone analysis, the delivery of a callback. */
export const JOB_KINDS = ['run', 'analysis', 'callback'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export interface Job {
  readonly kind: JobKind;
  readonly id: string;
  /** Jobs of another group never wait for those of this one; for a run, its metrics account. */
  readonly group?: string | undefined;
}

/** A handler that rejects is called again later. */
export type JobHandler = (id: string, signal: AbortSignal) => Promise<void>;

/**
 * Who does the work when. A job says only that something is due; what there is to do stands in the store, and a
 * handler that finds nothing to do returns. So a job may come twice, but never gets lost.
 */
export interface WorkQueue {
  /** Says who does the jobs of a kind; `signal` aborts when the queue stops. To be called before {@link start}. */
  handle(kind: JobKind, handler: JobHandler): void;
  /** Begins to work. */
  start(): Promise<void>;
  /** The job is done once `delayMillis` have passed; a job that waits already is done at the earlier time. */
  push(job: Job, delayMillis?: number): Promise<void>;
  /** Takes up no more work, or takes it up again. */
  setEnabled(enabled: boolean): void;
  /** Aborts what is being worked on and waits for it; what was not finished is due again at the next start. */
  stop(): Promise<void>;
}
