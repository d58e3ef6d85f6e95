import type { Dialect, RawBuilder } from 'kysely';

/** A database the store can stand on, with what differs between them. */
export interface Database {
  readonly dialect: Dialect;
  /** the database's clock, in milliseconds since 1970: replicas may disagree about the time, it does not */
  readonly now: RawBuilder<number>;
  /** the type of a column of bytes */
  readonly bytes: 'blob' | 'bytea';
  /** whether no other process can be using it: leases that stand in it are of a process that has died */
  readonly exclusive: boolean;
}
