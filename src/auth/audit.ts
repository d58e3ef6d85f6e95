import type { AuditEntry, AuditFilter, AuditStore } from '../domain/access-stores.ts';
import type { Log } from '../domain/log.ts';

/** Who did what: as a line of the log, and in the store. */
export interface Audit {
  record(entry: Omit<AuditEntry, 'id' | 'at'>): void;
  /** Newest first. */
  list(filter: AuditFilter): Promise<AuditEntry[]>;
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
    record(done) {
      log.info({ audit: done }, 'audit');
      // Whoever asked has the answer already; the log has the entry, whatever becomes of the store.
      store.add({ ...done, id: newId(), at: now() }).catch((error: unknown) => {
        log.error({ err: error, audit: done }, 'audit entry not stored');
      });
    },
    list: (filter) => store.list(filter),
  };
}
