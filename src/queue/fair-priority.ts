/** 2026-01-01: a priority is a 32-bit number. */
const BEGIN_SECONDS = 1_767_225_600;
/** Each job of a share counts as if the share had been busy with it for so long. */
const JOB_SECONDS = 60;

/**
 * Priorities by which shares take turns, in seconds before a job is due in a fair order: start-time fair queueing. A
 * share that queues a thousand jobs at once has them due a minute apart, so one that comes later with a few goes before
 * most of them; no job waits for ever, since later ones are due later. Each process counts what it queues itself.
 */
export class FairPriority {
  readonly #now: () => number;
  /** when the next job of a share is due, in seconds */
  readonly #next = new Map<string, number>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Higher comes first. @param share absent: first come, first served */
  of(share: string | undefined): number {
    const now = Math.floor(this.#now() / 1000) - BEGIN_SECONDS;
    if (share === undefined) return -now;
    for (const [other, next] of this.#next) if (next <= now) this.#next.delete(other);
    const due = Math.max(now, this.#next.get(share) ?? 0);
    this.#next.set(share, due + JOB_SECONDS);
    return -due;
  }
}
