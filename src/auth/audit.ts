import type { AuditEntry, AuditFilter, AuditStore } from '../domain/access-stores.ts';
import type { Log } from '../domain/log.ts';
import type { Measure } from '../domain/service-metrics.ts';

/** Who did what: as a line of the log, and in the store. */
export interface Audit {
  /** @param requestId for the log, where other lines may have it */
  record(entry: Omit<AuditEntry, 'id' | 'at'>, requestId?: string): void;
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
  readonly measure: Measure;
}

export function createAudit({ store, newId, now, log, measure }: AuditOptions): Audit {
  return {
    record(entry, requestId) {
      const done = storable(entry);
      log.info({ audit: done, ...(requestId === undefined ? {} : { reqId: requestId }) }, 'audit');
      measure.count('haldane_audit_entries_total', { outcome: outcomeOf(done.status) });
      // Whoever asked has the answer already; the log has the entry, whatever becomes of the store.
      store.add({ ...done, id: newId(), at: now() }).catch((error: unknown) => {
        measure.count('haldane_audit_entries_lost_total', {});
        log.error({ err: error, audit: done }, 'audit entry not stored');
      });
    },
    list: (filter) => store.list(storable(filter)),
  };
}

/** By the status of the answer. */
function outcomeOf(status: number): string {
  if (status === 401 || status === 403) return 'refused';
  return status < 400 ? 'done' : 'failed';
}
