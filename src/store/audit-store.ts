import type { Kysely } from 'kysely';
import type { AuditStore } from '../domain/access-stores.ts';
import type { DeferredWrite } from './database.ts';
import type { Tables } from './tables.ts';

/** Who did what, newest first. A power failure may undo the latest entries; the log has them. */
export function createAuditStore(db: Kysely<Tables>, soon: DeferredWrite): AuditStore {
  return {
    async add({ id, at, kind, who, what, object, from, status }) {
      const row = { id, at, kind, who, what, object: object ?? null, address: from, status };
      await soon(db, (connection) => connection.insertInto('audit_entry').values(row).execute());
    },
    async list({ who, what, object, before, limit }) {
      let query = db.selectFrom('audit_entry').selectAll();
      if (who !== undefined) query = query.where('who', '=', who);
      if (what !== undefined) query = query.where('what', '=', what);
      if (object !== undefined) query = query.where('object', '=', object);
      if (before !== undefined) query = query.where('id', '<', before);
      const rows = await query.orderBy('id', 'desc').limit(limit).execute();
      return rows.map(({ object: found, address, ...row }) => {
        const entry = { ...row, at: Number(row.at), from: address };
        return found === null ? entry : { ...entry, object: found };
      });
    },
    async prune(before) {
      await db.deleteFrom('audit_entry').where('at', '<', before).execute();
    },
  };
}
