import { Kysely, sql } from 'kysely';
import { CanaryError } from '../errors.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

/** Ordered so that rows come after those they refer to; names are copied with their configs, and each store has its own versions. */
const KEYS = {
  canary_config: 'id',
  canary_config_version: 'id',
  metric_set_list: 'id',
  metric_set_pair_list: 'id',
  canary_execution: 'id',
  standalone_analysis: 'id',
  callback_delivery: 'id',
  backtest: 'id',
  judge_comparison: 'id',
  gate_release: 'key',
  idempotency_key: 'key',
  access_token: 'id',
  audit_entry: 'id',
} as const satisfies Record<Exclude<keyof Tables, 'canary_config_application' | 'store_version'>, string>;

type CopiedTable = keyof typeof KEYS;
type Row = Record<string, unknown>;

/** Small: a row may contain the series of a large run. */
const PAGE = 50;

export interface CopiedCounts {
  readonly table: string;
  readonly total: number;
  /** rows copied */
  copied: number;
  /** ids of configs whose name is taken in the target */
  readonly refused: string[];
}

/**
 * Copies everything from one store to another. Existing rows are left alone, so it can be repeated.
 *
 * @param onProgress called after every page, and at the end of every table
 * @throws CanaryError STORE_UNUSABLE when a Haldane is using one of them
 */
export function copyStore(
  from: () => Promise<Database>,
  to: () => Promise<Database>,
  onProgress: (counts: CopiedCounts) => void,
): Promise<CopiedCounts[]> {
  return withDatabase(from, (source) =>
    withDatabase(to, async (target) => {
      const all: CopiedCounts[] = [];
      for (const table of Object.keys(KEYS) as CopiedTable[]) {
        all.push(await copyTable({ source, target, table, onProgress }));
      }
      return all;
    }),
  );
}

async function withDatabase<T>(open: () => Promise<Database>, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  const database = await open();
  const db = new Kysely<Tables>({ dialect: database.dialect });
  try {
    // Always query both: a connection that was never used is not closed either.
    await sql`select 1`.execute(db);
    if (!database.exclusive) await refuseUsed(db);
    await migrate(db, database);
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** A SQLite file is locked by the process that opened it; a server has to be asked. */
async function refuseUsed(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ users: number }>`
    select cast(count(*) as integer) as users from pg_stat_activity
    where datname = current_database() and application_name like 'haldane%' and pid <> pg_backend_pid()`.execute(db);
  if (rows[0]?.users === 0) return;
  throw new CanaryError('STORE_UNUSABLE', 'the database is in use by a Haldane; stop all replicas first');
}

interface TableCopy {
  readonly source: Kysely<Tables>;
  readonly target: Kysely<Tables>;
  readonly table: CopiedTable;
  readonly onProgress: (counts: CopiedCounts) => void;
}

async function copyTable({ source, target, table, onProgress }: TableCopy): Promise<CopiedCounts> {
  const key = sql.ref(KEYS[table]);
  const counted = await sql<{ total: number }>`select count(*) as total from ${sql.table(table)}`.execute(source);
  const counts: CopiedCounts = { table, total: Number(counted.rows[0]?.total), copied: 0, refused: [] };
  let after = '';
  for (;;) {
    const page =
      await sql<Row>`select * from ${sql.table(table)} where ${key} > ${after} order by ${key} limit ${sql.lit(PAGE)}`.execute(
        source,
      );
    for (const row of page.rows) {
      const outcome =
        table === 'canary_config' ? await copyConfig(source, target, row) : await copyRow(target, table, row);
      if (outcome === 'copied') counts.copied += 1;
      if (outcome === 'refused') counts.refused.push(String(row.id));
    }
    onProgress(counts);
    if (page.rows.length < PAGE) return counts;
    after = String(page.rows.at(-1)?.[KEYS[table]]);
  }
}

type Outcome = 'copied' | 'there' | 'refused';

async function copyRow(target: Kysely<Tables>, table: keyof Tables, row: Row): Promise<Outcome> {
  // No process works on these runs any more.
  const values = 'lease_until' in row ? { ...row, lease_until: null } : row;
  const { numInsertedOrUpdatedRows = 0n } = await target
    .insertInto(table)
    .values(values as never)
    .onConflict((clash) => clash.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n ? 'copied' : 'there';
}

/** A config and its names, or neither. */
async function copyConfig(source: Kysely<Tables>, target: Kysely<Tables>, config: Row): Promise<Outcome> {
  const names = await source
    .selectFrom('canary_config_application')
    .selectAll()
    .where('config_id', '=', String(config.id))
    .execute();
  return target.transaction().execute(async (transaction) => {
    const outcome = await copyRow(transaction, 'canary_config', config);
    if (outcome !== 'copied') return outcome;
    for (const name of names) {
      if ((await copyRow(transaction, 'canary_config_application', { ...name })) === 'copied') continue;
      await transaction.deleteFrom('canary_config').where('id', '=', String(config.id)).execute();
      return 'refused';
    }
    return 'copied';
  });
}
