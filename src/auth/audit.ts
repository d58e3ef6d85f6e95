import type { AuditEntry, AuditFilter, AuditStore } from '../domain/access-stores.ts';
import type { Log } from '../domain/log.ts';

/** Who did what: as a line of the log, and in the store. */
export interface Audit {
  record(entry: Omit<AuditEntry, 'id' | 'at'>): void;
  /** Newest first. */
  list(filter: AuditFilter): Promise<AuditEntry[]>;
}

/** PostgreSQL stores no U+0000, and no half of a character; ids in paths may have either. */
function storable<T extends object>(fields: T): T {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  ]);
  return Object.fromEntries(entries) as T;
}

interface AuditOptions {
  readonly store: AuditStore;
  /** ids that sort by time */
  readonly newId: () => string;
  /** milliseconds since 1970 */
  readonly now: () => number;
  readonly log: Log;
}

export function createAudit({ store, newId, now, log }: AuditOptions): Audit {
  return {
    record(entry) {
      const done = storable(entry);
      log.info({ audit: done }, 'audit');
      // Whoever asked has the answer already; the log has the entry, whatever becomes of the store.
      store.add({ ...done, id: newId(), at: now() }).catch((error: unknown) => {
        log.error({ err: error, audit: done }, 'audit entry not stored');
      });
    },
    list: (filter) => store.list(storable(filter)),
  };
}
