import type { Dialect, Kysely, RawBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** A database for the store, with its differences from the others. */
export interface Database {
  readonly dialect: Dialect;
  /** the database's clock, in milliseconds since 1970: replicas' clocks may differ */
  readonly now: RawBuilder<number>;
  /**
   * the clock of leases, in milliseconds: all who share the database must have the same one; where only one process uses
   * it and a start ends all leases, one that nobody can set
   */
  readonly leaseNow: RawBuilder<number>;
  /** fails when the database cannot be used; where a disk may be full, it writes as little as possible */
  readonly check: RawBuilder<unknown>;
  /** the type of a column of bytes */
  readonly bytes: 'blob' | 'bytea';
  /** whether no other process can use it: any lease in it belongs to a dead process */
  readonly exclusive: boolean;
  /** how many bytes the stored rows take */
  readonly usedBytes: RawBuilder<{ bytes: number }>;
  /** Copies everything into a file while it is in use; absent: the database has tools of its own for that. */
  readonly backup?: (file: string) => Promise<void>;
  /** connections of their own, whose statements may take any time, for migrations; absent: all may */
  readonly unhurried?: () => Dialect;
  /** absent: every write waits for the disk */
  readonly soon?: DeferredWrite;
}

/**
 * Runs writes whose loss only means repeated work, without waiting for the disk. They survive the end of the process; a
 * power failure may undo the latest ones, until the next write that waits.
 */
export type DeferredWrite = <T>(db: Kysely<Tables>, write: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
