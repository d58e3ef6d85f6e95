import type { Kysely } from 'kysely';
import { GateRelease, type GateStore } from '../domain/gate-release.ts';
import type { Tables } from './tables.ts';

/** What tools asked about; the first of two writers wins, across replicas too. */
export function createGateStore(db: Kysely<Tables>): GateStore {
  return {
    async get(key) {
      const row = await db.selectFrom('gate_release').selectAll().where('key', '=', key).executeTakeFirst();
      if (row === undefined) return undefined;
      const read = GateRelease.safeParse(JSON.parse(row.release));
      // One of another version of the service: the release begins anew, on the same row.
      const release = read.success ? read.data : { marks: {} };
      return { key, version: Number(row.version), release };
    },
    async put({ key, version, release }, asked) {
      const values = { version: version + 1, release: JSON.stringify(release), asked_at: asked };
      if (version === 0) {
        const { numInsertedOrUpdatedRows = 0n } = await db
          .insertInto('gate_release')
          .values({ key, ...values })
          .onConflict((clash) => clash.column('key').doNothing())
          .executeTakeFirst();
        return numInsertedOrUpdatedRows > 0n;
      }
      const { numUpdatedRows } = await db
        .updateTable('gate_release')
        .set(values)
        .where('key', '=', key)
        .where('version', '=', version)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async prune(askedBefore) {
      const { numDeletedRows } = await db
        .deleteFrom('gate_release')
        .where('asked_at', '<', askedBefore)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
