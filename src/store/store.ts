import { randomUUID } from 'node:crypto';
import { Kysely } from 'kysely';
import { MetricSet } from '../domain/metric-set.ts';
import { MetricSetPair } from '../domain/metric-set-pair.ts';
import { StoredComparison } from '../domain/stored.ts';
import type { Store } from '../domain/stores.ts';
import { createAuditStore } from './audit-store.ts';
import { createBacktestStore } from './backtest-store.ts';
import { createCallbackStore } from './callback-store.ts';
import { createCanaryConfigStore } from './canary-config-store.ts';
import type { Database, DeferredWrite } from './database.ts';
import { createGateStore } from './gate-store.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createListStore } from './list-store.ts';
import { migrate, missingMigrations } from './migrate.ts';
import { createObjectStore, jsonFormat } from './object-store.ts';
import { createRunStore } from './run-store.ts';
import { createStandaloneAnalysisStore } from './standalone-analysis-store.ts';
import { type OnStatement, tellStatements } from './statements.ts';
import type { Tables } from './tables.ts';
import { createTokenStore } from './token-store.ts';
import type { OnUnreadable } from './unreadable.ts';
import { createUpkeepStore } from './upkeep-store.ts';

/** All of them return at once. */
export interface StoreListeners {
  /** told of each row that cannot be read, whenever it is met */
  readonly onUnreadable?: OnUnreadable;
  /** told of each statement: its kind, how long it took, and whether it failed */
  readonly onStatement?: OnStatement;
}

/**
 * Everything Haldane stores, on one database; migrates the tables first.
 *
 * @param listeners told of what happens to rows and statements
 */
export async function openStore(
  database: Database,
  now: () => number,
  { onUnreadable = () => {}, onStatement }: StoreListeners = {},
): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: database.dialect, ...tellStatements(onStatement) });
  await migrate(db, database).catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
  if (database.exclusive) {
    await db.updateTable('canary_execution').set({ lease_until: null }).execute();
    await db.updateTable('backtest').set({ lease_until: null }).execute();
  }
  const soon: DeferredWrite = database.soon ?? ((connection, write) => write(connection));
  const objects = { db, now, onUnreadable };
  const work = { db, worker: randomUUID(), soon, onUnreadable };
  return {
    canaryConfigs: createCanaryConfigStore(db, now, onUnreadable),
    runs: createRunStore({ ...work, databaseNow: database.now, leaseNow: database.leaseNow }),
    metricSetLists: createListStore({ ...objects, table: 'metric_set_list', element: MetricSet }),
    gates: createGateStore(db),
    idempotency: createIdempotencyStore(db),
    tokens: createTokenStore(db),
    audit: createAuditStore(db, soon),
    callbacks: createCallbackStore(work),
    analyses: createStandaloneAnalysisStore(work),
    backtests: createBacktestStore({ ...work, leaseNow: database.leaseNow }),
    judgeComparisons: createObjectStore({
      ...objects,
      table: 'judge_comparison',
      format: jsonFormat(StoredComparison),
    }),
    metricSetPairLists: createListStore({ ...objects, table: 'metric_set_pair_list', element: MetricSetPair }),
    upkeep: createUpkeepStore(db, database),
    check: async () => {
      await soon(db, (connection) => database.check.execute(connection));
    },
    missingMigrations: () => missingMigrations(db),
    close: () => db.destroy(),
  };
}
