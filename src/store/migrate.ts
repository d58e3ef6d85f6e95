import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import packageJson from '../../package.json' with { type: 'json' };
import { CanaryError } from '../errors.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

/** Any number that no other program on the database uses. */
export const MIGRATION_LOCK = 18921936;

/**
 * Migrates the tables in one transaction; of processes that start at once on one PostgreSQL, one after the other.
 *
 * @throws CanaryError STORE_UNUSABLE when a newer version has migrated them, with what to do
 */
export async function migrate(db: Kysely<Tables>, database: Database): Promise<void> {
  const unhurried = database.unhurried === undefined ? db : new Kysely<Tables>({ dialect: database.unhurried() });
  try {
    await unhurried.transaction().execute(async (transaction) => {
      if (!database.exclusive) await waitForOthers(transaction);
      await migrateToLatest(transaction, database);
    });
  } finally {
    if (unhurried !== db) await unhurried.destroy();
  }
}

/** The migrator's own lock comes after its own tables, and is held by a session, which PgBouncer hands to others. */
async function waitForOthers(transaction: Kysely<Tables>): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true)`.execute(transaction);
  await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
}

async function migrateToLatest(db: Kysely<Tables>, { bytes }: Database): Promise<void> {
  const known = migrations(bytes);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw (await migratedByNewer(db, Object.keys(known))) ?? error;
  const names = results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
  if (names.length === 0) return;
  const rows = names.map((migration) => ({ migration, version: packageJson.version }));
  await db.insertInto('store_version').values(rows).execute();
}

/** The names of migrations that a database has not had. */
export async function missingMigrations(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const had = new Set(rows.map(({ name }) => name));
  return Object.keys(migrations('blob')).filter((name) => !had.has(name));
}

/** Kysely says "corrupted migrations"; nothing is corrupt. */
async function migratedByNewer(db: Kysely<Tables>, known: readonly string[]): Promise<CanaryError | undefined> {
  const { rows } = await sql<{ name: string; timestamp: string }>`
    select name, timestamp from kysely_migration order by name`.execute(db);
  const newer = rows.filter(({ name }) => !known.includes(name));
  const last = newer.at(-1);
  if (last === undefined) return undefined;
  const wrote = await db.selectFrom('store_version').select('version').where('migration', '=', last.name).execute();
  const version = wrote[0]?.version;
  const [who, remedy] =
    version === undefined
      ? ['A newer version of Haldane', 'Start that version']
      : [`Haldane ${version}`, `Start ${version} or a later one`];
  const names = newer.map(({ name }) => name).join(', ');
  return new CanaryError(
    'STORE_UNUSABLE',
    `${who} has changed the tables of the store at ${last.timestamp} (${names}), and this is ${packageJson.version}, ` +
      `which does not know them. ${remedy}; to go back, restore the backup from before the upgrade: ` +
      'docs/operations/upgrades.md.',
  );
}
