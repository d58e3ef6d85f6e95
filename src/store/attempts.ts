import { type Kysely, sql } from 'kysely';
import type { DeferredWrite } from './database.ts';
import type { Tables } from './tables.ts';
import type { OnUnreadable } from './unreadable.ts';

/** What a store of work that a process may die of needs. */
export interface WorkStoreParts {
  readonly db: Kysely<Tables>;
  /** the id of this process */
  readonly worker: string;
  readonly soon: DeferredWrite;
  readonly onUnreadable: OnUnreadable;
}

/**
 * How an attempt begins, as columns to set. Whoever takes up work that a former process never reported back from counts
 * that attempt as lost; the same process taking it up again does not.
 */
export function beginAttempt(worker: string) {
  return {
    lost_attempts: sql<number>`lost_attempts + case when worker is null or worker = ${worker} then 0 else 1 end`,
    worker,
  };
}

/** A step or a delivery that reported back starts from nothing; a run keeps its count until it ends. */
export const REPORTED_BACK = { worker: null, lost_attempts: 0 } as const;
