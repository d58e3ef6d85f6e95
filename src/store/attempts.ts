import { type Expression, type ExpressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { AttemptStore } from '../domain/attempt-store.ts';
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

/** Rows of unfinished work that no worker has: their lease ran out, or they were accepted before that time and never claimed. */
export function withoutWorker(leaseNow: RawBuilder<number>, acceptedBefore: number) {
  return <Table extends 'canary_execution' | 'backtest'>(
    row: ExpressionBuilder<Tables, Table>,
  ): Expression<SqlBool> => {
    // Both tables have these columns; the type of a builder for either of them has none.
    const either = row as unknown as ExpressionBuilder<Tables, 'backtest'>;
    return either.or([
      either('lease_until', '<', leaseNow),
      either.and([either('lease_until', 'is', null), either('build_time', '<', acceptedBefore)]),
    ]);
  };
}

interface AttemptedTable {
  readonly table: 'standalone_analysis' | 'callback_delivery';
  /** of a row with something left to do */
  readonly unfinished: readonly string[];
}

/** The attempts at steps of analyses, or at deliveries. One that reports back starts from nothing. */
export function createAttemptStore(
  { db, worker, soon }: WorkStoreParts,
  { table, unfinished }: AttemptedTable,
): AttemptStore {
  const write = (id: string, change: { worker: null; lost_attempts?: number }) =>
    soon(db, (on) => on.updateTable(table).set(change).where('id', '=', id).execute());
  return {
    async beginAttempt(id) {
      const row = await soon(db, (on) =>
        on
          .updateTable(table)
          .set(beginAttempt(worker))
          .where('id', '=', id)
          .where('status', 'in', unfinished)
          .returning('lost_attempts')
          .executeTakeFirst(),
      );
      return row?.lost_attempts;
    },
    stepAside: async (id) => void (await write(id, { worker: null })),
    reportBack: async (id) => void (await write(id, { worker: null, lost_attempts: 0 })),
  };
}
