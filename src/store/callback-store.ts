import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { CallbackAttempt, type CallbackDelivery, CallbackStatus } from '../domain/callback.ts';
import { EXECUTION_STATUS } from '../domain/run.ts';
import type { CallbackStore } from '../domain/stores.ts';
import { createAttemptStore, type WorkStoreParts } from './attempts.ts';
import type { CallbackDeliveryTable, Tables } from './tables.ts';
import { type OnUnreadable, readingRow } from './unreadable.ts';

type TargetColumn = 'execution_id' | 'analysis_id';

const ENDED = Object.entries(EXECUTION_STATUS)
  .filter(([, { complete }]) => complete)
  .map(([status]) => status);

const Log = z.array(CallbackAttempt);

/** Callbacks, one row each, deleted with their run or analysis. */
export function createCallbackStore(parts: WorkStoreParts): CallbackStore {
  const { db, onUnreadable } = parts;
  return {
    ...createAttemptStore(parts, { table: 'callback_delivery', unfinished: ['pending'] }),
    async get(id) {
      const row = await db.selectFrom('callback_delivery').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      const { execution_id, analysis_id } = row;
      return execution_id === null
        ? { ...fromRow(row, onUnreadable), target: 'analysis', targetId: analysis_id ?? '' }
        : { ...fromRow(row, onUnreadable), target: 'canary', targetId: execution_id };
    },
    async pending() {
      const rows = await db
        .selectFrom('callback_delivery')
        .leftJoin('canary_execution', 'canary_execution.id', 'callback_delivery.execution_id')
        .leftJoin('standalone_analysis', 'standalone_analysis.id', 'callback_delivery.analysis_id')
        .select(['callback_delivery.id', 'url', 'next_at'])
        .where('callback_delivery.status', '=', 'pending')
        .where((target) =>
          target.or([
            target('canary_execution.status', 'in', ENDED),
            target('standalone_analysis.status', 'in', ENDED),
          ]),
        )
        .orderBy('callback_delivery.id')
        .execute();
      return rows.map(({ id, url, next_at: nextAt }) => ({
        id,
        url,
        nextAt: nextAt === null ? undefined : Number(nextAt),
      }));
    },
    pendingOf: (target, targetId) =>
      db
        .selectFrom('callback_delivery')
        .select(['id', 'url'])
        .where(target === 'canary' ? 'execution_id' : 'analysis_id', '=', targetId)
        .where('status', '=', 'pending')
        .executeTakeFirst(),
    async record(delivery) {
      const { numUpdatedRows } = await db
        .updateTable('callback_delivery')
        .set({
          status: delivery.status,
          attempts: delivery.attemptCount,
          next_at: delivery.nextAt ?? null,
          log: JSON.stringify(delivery.attempts),
        })
        .where('id', '=', delivery.id)
        .where('attempts', '=', delivery.attemptCount - 1)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

/** Stores the callback of a new run or analysis; call it in the transaction that stores that. */
export async function insertCallback(
  db: Kysely<Tables>,
  column: TargetColumn,
  { id, callback }: { id: string; callback?: CallbackDelivery | undefined },
): Promise<void> {
  if (callback === undefined) return;
  const { url, status, attemptCount, nextAt, attempts } = callback;
  const row = { id: callback.id, url, status, attempts: attemptCount, next_at: nextAt ?? null };
  const target = { execution_id: null, analysis_id: null, [column]: id };
  await db
    .insertInto('callback_delivery')
    .values({ ...row, ...target, log: JSON.stringify(attempts) })
    .execute();
}

/** Runs or analyses, each with its callback if it has one. */
export async function withCallbacks<T extends { readonly id: string }>(
  db: Kysely<Tables>,
  column: TargetColumn,
  targets: readonly T[],
  onUnreadable: OnUnreadable,
): Promise<(T & { callback?: CallbackDelivery })[]> {
  if (targets.length === 0) return [];
  const ids = targets.map(({ id }) => id);
  const rows = await db.selectFrom('callback_delivery').selectAll().where(column, 'in', ids).execute();
  if (rows.length === 0) return [...targets];
  const callbacks = new Map(rows.map((row) => [row[column], fromRow(row, onUnreadable)]));
  return targets.map((target) => {
    const callback = callbacks.get(target.id);
    return callback === undefined ? target : { ...target, callback };
  });
}

/** A callback is delivered even if the record of its attempts cannot be read. */
function fromRow(row: Selectable<CallbackDeliveryTable>, onUnreadable: OnUnreadable): CallbackDelivery {
  const { read, problems } = readingRow();
  const attempts = read('log', () => Log.parse(JSON.parse(row.log)), []);
  const status = read('status', () => CallbackStatus.parse(row.status), 'failed');
  const [reason] = problems;
  if (reason !== undefined) onUnreadable({ table: 'callback_delivery', id: row.id, reason });
  return {
    id: row.id,
    url: row.url,
    status,
    attemptCount: row.attempts,
    attempts,
    nextAt: row.next_at === null ? undefined : Number(row.next_at),
  };
}
