import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createAccessTables } from './access-tables.ts';
import type { Database } from './database.ts';

type ColumnType = Database['bytes'];

/** In order; never change a released migration. What one may do: docs/operations/upgrades.md. */
export const migrations = (bytes: ColumnType): Record<string, Migration> => ({
  '001-first': { up: (db: Kysely<unknown>) => createFirstTables(db, bytes) },
  '002-analyses-by-time': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createIndex('standalone_analysis_by_build_time')
        .on('standalone_analysis')
        .columns(['build_time', 'id'])
        .execute();
    },
  },
  '003-passes-over-nothing': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('canary_execution').addColumn('over_nothing', 'integer').execute();
    },
  },
  '004-imported-runs': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('canary_execution').addColumn('imported_at', 'bigint').execute();
      await db.schema.createIndex('canary_execution_by_import').on('canary_execution').column('imported_at').execute();
    },
  },
  '005-waiting-for-the-window': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('canary_execution').addColumn('waits_until', 'bigint').execute();
    },
  },
  '006-lost-attempts': {
    up: addAttemptColumns,
  },
  '007-ages': { up: addAgeIndexes },
  // SQLite took the whole index for runs that are not imported: nearly all, and none of them by age.
  '008-imports-alone': {
    async up(db: Kysely<unknown>) {
      await db.schema.dropIndex('canary_execution_by_import').execute();
      await sql`create index canary_execution_by_import on canary_execution (imported_at) where imported_at is not null`.execute(
        db,
      );
    },
  },
  '009-access': {
    up: createAccessTables,
  },
  '010-ends-by-application': { up: addEndsByApplication },
  '012-gate-releases': { up: createGateTable },
  '013-deliveries': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('canary_execution').addColumn('deliveries', 'text').execute();
    },
  },
  '014-versions': { up: createVersionTable },
  '015-backtests': { up: (db: Kysely<unknown>) => createBacktestTable(db, bytes) },
  '016-backtests-of-configs': { up: addConfigsOfBacktests },
  '017-figures-of-backtests': { up: addFiguresOfBacktests },
  '018-config-versions': { up: createConfigVersionTable },
});

/** By which old things are found, and the lists of pairs that no run refers to. */
async function addAgeIndexes(db: Kysely<unknown>): Promise<void> {
  for (const table of ['metric_set_list', 'metric_set_pair_list', 'judge_comparison']) {
    await db.schema.createIndex(`${table}_by_time`).on(table).column('updated_at').execute();
  }
  await db.schema.createIndex('standalone_analysis_by_end_time').on('standalone_analysis').column('end_time').execute();
  await db.schema
    .createIndex('canary_execution_by_series')
    .on('canary_execution')
    .column('metric_set_pair_list_id')
    .execute();
}

/** The ends of one application's runs, which dashboards and rollouts ask for every minute. */
async function addEndsByApplication(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('canary_execution_by_application_end')
    .on('canary_execution')
    .columns(['application', 'end_time'])
    .execute();
}

async function createConfigTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('canary_config')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('canary_config_application')
    .addColumn('application', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('config_id', 'text', (column) => column.notNull().references('canary_config.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('canary_config_application_pk', ['application', 'name'])
    .execute();
}

/** Without a reference to the config: versions are copied from store to store one by one. */
async function createConfigVersionTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('canary_config_version')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('config_id', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('canary_config_version_by_config')
    .on('canary_config_version')
    .columns(['config_id', 'version'])
    .unique()
    .execute();
}

async function createRunTable(db: Kysely<unknown>, bytes: ColumnType): Promise<void> {
  await db.schema
    .createTable('canary_execution')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('application', 'text', (column) => column.notNull())
    .addColumn('canary_config_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('stage_status', 'text', (column) => column.notNull())
    .addColumn('build_time', 'bigint', (column) => column.notNull())
    .addColumn('start_time', 'bigint')
    .addColumn('end_time', 'bigint')
    .addColumn('metric_set_pair_list_id', 'text')
    .addColumn('verdict', 'text')
    .addColumn('score', 'double precision')
    .addColumn('exception', 'text')
    .addColumn('request', bytes, (column) => column.notNull())
    .addColumn('result', bytes)
    .addColumn('fetches', bytes)
    .addColumn('attempt', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('lease_until', 'bigint')
    .execute();
  await db.schema
    .createIndex('canary_execution_by_application')
    .on('canary_execution')
    .columns(['application', 'build_time', 'id'])
    .execute();
  await db.schema.createIndex('canary_execution_by_status').on('canary_execution').columns(['status', 'id']).execute();
  await db.schema
    .createIndex('canary_execution_by_build_time')
    .on('canary_execution')
    .columns(['build_time', 'id'])
    .execute();
  await db.schema.createIndex('canary_execution_by_end_time').on('canary_execution').column('end_time').execute();
}

async function createIdempotencyTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('idempotency_key')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('execution_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function createFirstTables(db: Kysely<unknown>, bytes: ColumnType): Promise<void> {
  await createConfigTables(db);
  await createRunTable(db, bytes);
  await createObjectTable(db, 'metric_set_list', bytes);
  await createObjectTable(db, 'metric_set_pair_list', bytes);
  await createObjectTable(db, 'judge_comparison', bytes);
  await createAnalysisTable(db, bytes);
  await createIdempotencyTable(db);
  await createCallbackTable(db);
}

async function createGateTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('gate_release')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .addColumn('release', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('gate_release_by_age').on('gate_release').column('asked_at').execute();
}

/** Which version of Haldane ran which migration: an older one that starts says so. */
async function createVersionTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('store_version')
    .addColumn('migration', 'text', (column) => column.primaryKey())
    .addColumn('version', 'text', (column) => column.notNull())
    .execute();
}

async function createAnalysisTable(db: Kysely<unknown>, bytes: ColumnType): Promise<void> {
  await db.schema
    .createTable('standalone_analysis')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('application', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('build_time', 'bigint', (column) => column.notNull())
    .addColumn('end_time', 'bigint')
    .addColumn('request', bytes, (column) => column.notNull())
    .addColumn('progress', bytes, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('standalone_analysis_by_status')
    .on('standalone_analysis')
    .columns(['status', 'id'])
    .execute();
}

async function createBacktestTable(db: Kysely<unknown>, bytes: ColumnType): Promise<void> {
  const notNull = (column: ColumnDefinitionBuilder) => column.notNull();
  const count = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
  await db.schema
    .createTable('backtest')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('application', 'text', notNull)
    .addColumn('status', 'text', notNull)
    .addColumn('build_time', 'bigint', notNull)
    .addColumn('start_time', 'bigint')
    .addColumn('end_time', 'bigint')
    .addColumn('windows_done', 'integer', count)
    .addColumn('request', bytes, notNull)
    .addColumn('tally', bytes, notNull)
    .addColumn('exception', 'text')
    .addColumn('attempt', 'integer', count)
    .addColumn('lease_until', 'bigint')
    .addColumn('worker', 'text')
    .addColumn('lost_attempts', 'integer', count)
    .execute();
  await db.schema.createIndex('backtest_by_status').on('backtest').columns(['status', 'id']).execute();
  await db.schema.createIndex('backtest_by_build_time').on('backtest').columns(['build_time', 'id']).execute();
  await db.schema.createIndex('backtest_by_end_time').on('backtest').column('end_time').execute();
}

async function addConfigsOfBacktests(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('backtest').addColumn('canary_config_id', 'text').execute();
  await db.schema
    .createIndex('backtest_by_config')
    .on('backtest')
    .columns(['canary_config_id', 'build_time'])
    .execute();
}

async function addFiguresOfBacktests(db: Kysely<unknown>): Promise<void> {
  const count = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
  for (const name of ['own_judged', 'own_fails'])
    await db.schema.alterTable('backtest').addColumn(name, 'integer', count).execute();
}

async function createCallbackTable(db: Kysely<unknown>): Promise<void> {
  const goesWith = (table: string) => (column: ColumnDefinitionBuilder) =>
    column.unique().references(`${table}.id`).onDelete('cascade');
  await db.schema
    .createTable('callback_delivery')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('execution_id', 'text', goesWith('canary_execution'))
    .addColumn('analysis_id', 'text', goesWith('standalone_analysis'))
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('next_at', 'bigint')
    .addColumn('log', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('callback_delivery_by_status')
    .on('callback_delivery')
    .columns(['status', 'id'])
    .execute();
}

async function createObjectTable(db: Kysely<unknown>, name: string, bytes: ColumnType): Promise<void> {
  await db.schema
    .createTable(name)
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('document', bytes, (column) => column.notNull())
    .execute();
}

async function addAttemptColumns(db: Kysely<unknown>): Promise<void> {
  for (const table of ['canary_execution', 'standalone_analysis', 'callback_delivery']) {
    await db.schema.alterTable(table).addColumn('worker', 'text').execute();
    const notNull = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
    await db.schema.alterTable(table).addColumn('lost_attempts', 'integer', notNull).execute();
  }
}
