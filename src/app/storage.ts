import type { Config } from '../config/config.ts';
import type { Log } from '../domain/log.ts';
import type { Measure } from '../domain/service-metrics.ts';
import type { Store } from '../domain/stores.ts';
import type { WorkQueue } from '../domain/work-queue.ts';
import { LocalQueue } from '../queue/local.ts';
import { openSqlite } from '../store/sqlite-database.ts';
import type { OnStatement, Statement } from '../store/statements.ts';
import { openStore, type StoreListeners } from '../store/store.ts';
import type { OnUnreadable } from '../store/unreadable.ts';
import { currentSpan } from '../tracing/current-span.ts';
import { monotonicClock, wallClock } from '../waiting/clocks.ts';

interface StorageParts {
  readonly config: Config;
  readonly log: Log;
}

export interface Storage {
  readonly store: Store;
  readonly queue: WorkQueue;
  /** whether other processes share them */
  readonly shared: boolean;
}

/** The store and its queue: a store of our own needs no queue outside the process. */
export async function openStorage({ config, log }: StorageParts, measure: Measure): Promise<Storage> {
  const { store, dataDir, engine, limits } = config;
  const concurrency = { run: engine.concurrentRuns, analysis: 64, callback: 8, backtest: 1 };
  const perShare = limits.concurrentRunsPerApplication;
  const listeners: StoreListeners = {
    onUnreadable: logOnce(log),
    onStatement: tellStatements(measure, SYSTEMS[store.type]),
  };
  if (store.type === 'sqlite') {
    const opened = await openStore(openSqlite(dataDir), wallClock, listeners);
    return {
      store: opened,
      queue: new LocalQueue({ concurrency, perShare, monotonic: monotonicClock, log }),
      shared: false,
    };
  }
  // A PostgreSQL and its queue are a third of what could be loaded; few need them.
  const [{ PgBossQueue }, { openPostgres }] = await Promise.all([
    import('../queue/pg-boss.ts'),
    import('../store/postgres-database.ts'),
  ]);
  const { url, queueSchema: schema } = store;
  const opened = await openStore(await openPostgres(url, store), wallClock, listeners);
  const queue = new PgBossQueue({
    url,
    schema,
    queryTimeoutMillis: store.queryTimeoutMillis,
    concurrency,
    perShare,
    leaseMillis: leaseMillisOf(engine),
    now: wallClock,
    log,
  });
  return { store: opened, queue, shared: true };
}

/** A row that cannot be read is met by every list that contains it. */
function logOnce(log: Log): OnUnreadable {
  const told = new Set<string>();
  return (row) => {
    const key = `${row.table} ${row.id}`;
    if (told.has(key)) return;
    told.add(key);
    log.error(row, 'stored row cannot be read');
  };
}

function tellStatements(measure: Measure, system: string): OnStatement {
  return (one) => {
    const { kind: statement, seconds, failed } = one;
    traceStatement(one, system);
    measure.time('haldane_store_statement_duration_seconds', seconds, { statement });
    if (failed) measure.count('haldane_store_statement_failures_total', { statement });
  };
}

const SYSTEMS = { sqlite: 'sqlite', postgres: 'postgresql' } as const;

/** https://opentelemetry.io/docs/specs/semconv/database/database-spans/ */
function traceStatement({ kind, table, seconds, failed }: Statement, system: string): void {
  const span = currentSpan();
  if (span === undefined) return;
  const operation = kind.toUpperCase();
  const attributes = { 'db.system.name': system, 'db.operation.name': operation, 'db.collection.name': table };
  span.past(
    { name: table === undefined ? operation : `${operation} ${table}`, kind: 'client', attributes },
    seconds,
    failed,
  );
}

/** Databases count leases in whole milliseconds. */
export function leaseMillisOf({ leaseSeconds }: Config['engine']): number {
  return Math.round(leaseSeconds * 1000);
}
