import type { Kysely } from 'kysely';
import type { IdempotencyStore } from '../domain/stores.ts';
import type { Tables } from './tables.ts';

/** Idempotency keys; the first entry of a key wins, across replicas too. */
export function createIdempotencyStore(db: Kysely<Tables>): IdempotencyStore {
  return {
    async claim(entry) {
      await db
        .insertInto('idempotency_key')
        .values({
          key: entry.key,
          fingerprint: entry.fingerprint,
          execution_id: entry.executionId,
          created_at: entry.createdAt,
        })
        .onConflict((clash) => clash.column('key').doNothing())
        .execute();
      const row = await db.selectFrom('idempotency_key').selectAll().where('key', '=', entry.key).executeTakeFirst();
      if (row === undefined) return entry;
      const { key, fingerprint, execution_id: executionId } = row;
      return { key, fingerprint, executionId, createdAt: Number(row.created_at) };
    },
    async prune(before) {
      await db.deleteFrom('idempotency_key').where('created_at', '<', before).execute();
    },
  };
}
