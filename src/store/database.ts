import type { Dialect, Kysely, RawBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** A database the store can stand on, with what differs between them. */
export interface Database {
  readonly dialect: Dialect;
  /** the database's clock, in milliseconds since 1970: replicas may disagree about the time, it does not */
  readonly now: RawBuilder<number>;
  /** the type of a column of bytes */
  readonly bytes: 'blob' | 'bytea';
  /** whether no other process can be using it: leases that stand in it are of a process that has died */
  readonly exclusive: boolean;
  /** absent: every write waits for the disk */
  readonly soon?: Soon;
}

/**
 * Does writes whose loss only means that something is done again, without waiting for the disk. They survive the end of
 * the process; a power failure may undo them, the last ones first, until the next write that waits.
 */
export type Soon = <T>(db: Kysely<Tables>, write: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
