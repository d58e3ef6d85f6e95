import type { Kysely, Selectable, Transaction } from 'kysely';
import type { CanaryConfig, CanaryConfigSummary } from '../domain/canary-config.ts';
import { StoredConfig } from '../domain/stored.ts';
import type { CanaryConfigStore } from '../domain/stores.ts';
import { toInstant } from '../domain/values/instant.ts';
import { toWireJson } from '../domain/values/wire-json.ts';
import { CanaryError } from '../errors.ts';
import { documentOf, keepFormer, keepVersion, versionsOf } from './config-versions.ts';
import type { Tables } from './tables.ts';
import { type OnUnreadable, readingRow, readTime, reasonOf, unreadableObject } from './unreadable.ts';

/** SQLSTATE of a row that already exists. */
const UNIQUE_VIOLATION = '23505';

/** Canary configs as JSON text, with a table of the names taken in each application. */
export function createCanaryConfigStore(
  db: Kysely<Tables>,
  now: () => number,
  onUnreadable: OnUnreadable,
): CanaryConfigStore {
  return {
    async get(id) {
      const row = await db.selectFrom('canary_config').select('document').where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      try {
        return readConfig(row.document);
      } catch (error) {
        const reason = reasonOf(error);
        onUnreadable({ table: 'canary_config', id, reason });
        throw unreadableObject(`canary config '${id}'`, reason);
      }
    },
    create: (config) =>
      writeUnique(db, config, async (transaction) => {
        if (await exists(transaction, config.id)) throw idTaken(config.id);
        await refuseTakenName(transaction, config);
        await transaction
          .insertInto('canary_config')
          .values(toRow(config.id, config, now()))
          .execute();
        await takeName(transaction, config.id, config);
        await keepVersion(transaction, toRow(config.id, config, now()));
      }),
    replace: (id, config) =>
      writeUnique(db, { ...config, id }, async (transaction) => {
        if (!(await locked(transaction, id))) {
          throw new CanaryError('CANARY_CONFIG_MISSING', `Canary config '${id}' does not exist.`);
        }
        await keepFormer(transaction, id);
        await transaction.deleteFrom('canary_config_application').where('config_id', '=', id).execute();
        await refuseTakenName(transaction, config);
        await transaction
          .updateTable('canary_config')
          .set(toRow(id, config, now()))
          .where('id', '=', id)
          .execute();
        await takeName(transaction, id, config);
        await keepVersion(transaction, toRow(id, config, now()));
      }),
    delete: (id) =>
      db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('canary_config_version').where('config_id', '=', id).execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('canary_config')
          .where('id', '=', id)
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
    versions: (id) => versionsOf(db, id),
    async version(id, version) {
      const document = await documentOf(db, id, version);
      if (document === undefined) return undefined;
      try {
        return readConfig(document);
      } catch (error) {
        const reason = reasonOf(error);
        onUnreadable({ table: 'canary_config_version', id: `${id}/${version}`, reason });
        throw unreadableObject(`version ${version} of canary config '${id}'`, reason);
      }
    },
    list: async (applications) => {
      const rows = await rowsOf(db, applications);
      return Promise.all(rows.map((row) => summaryOf(db, row, onUnreadable)));
    },
  };
}

type ConfigRow = Selectable<Tables['canary_config']>;

async function rowsOf(db: Kysely<Tables>, applications: readonly string[]): Promise<ConfigRow[]> {
  let query = db.selectFrom('canary_config').selectAll().orderBy('name').orderBy('id');
  if (applications.length > 0) {
    query = query.where('id', 'in', (part) =>
      part.selectFrom('canary_config_application').select('config_id').where('application', 'in', applications),
    );
  }
  return query.execute();
}

async function summaryOf(db: Kysely<Tables>, row: ConfigRow, onUnreadable: OnUnreadable): Promise<CanaryConfigSummary> {
  const reading = readingRow();
  const updatedTimestamp = readTime(reading, 'updated_at', row.updated_at) ?? 0;
  const config = reading.read('document', () => readConfig(row.document), undefined);
  const [unreadable] = reading.problems;
  if (unreadable !== undefined) onUnreadable({ table: 'canary_config', id: row.id, reason: unreadable });
  return {
    id: row.id,
    name: row.name,
    updatedTimestamp,
    updatedTimestampIso: toInstant(updatedTimestamp),
    applications: config === undefined ? await takenNames(db, row.id) : (config.applications ?? []),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

async function takenNames(db: Kysely<Tables>, id: string): Promise<string[]> {
  const query = db.selectFrom('canary_config_application').select('application').where('config_id', '=', id);
  return (await query.execute()).map(({ application }) => application);
}

/**
 * In one transaction. Two concurrent writers may both find a name free; the later one then violates the unique index,
 * and is rejected as if it had come after.
 */
async function writeUnique(
  db: Kysely<Tables>,
  config: CanaryConfig & { id: string },
  write: (transaction: Transaction<Tables>) => Promise<void>,
): Promise<void> {
  try {
    await db.transaction().execute(write);
  } catch (error) {
    const { code, table } = error as { code?: unknown; table?: unknown };
    if (code !== UNIQUE_VIOLATION) throw error;
    throw table === 'canary_config' ? idTaken(config.id) : nameTaken(config);
  }
}

async function exists(db: Transaction<Tables>, id: string): Promise<boolean> {
  return (await db.selectFrom('canary_config').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/** Others who replace it wait: versions come one after the other. @returns whether it exists */
async function locked(db: Transaction<Tables>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('canary_config')
    .set((row) => ({ name: row.ref('name') }))
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function refuseTakenName(db: Transaction<Tables>, config: CanaryConfig): Promise<void> {
  const { name = '', applications = [] } = config;
  if (applications.length === 0) return;
  const taken = await db
    .selectFrom('canary_config_application')
    .select('config_id')
    .where('name', '=', name)
    .where('application', 'in', applications)
    .executeTakeFirst();
  if (taken !== undefined) throw nameTaken(config);
}

function idTaken(id: string): CanaryError {
  return new CanaryError('CANARY_CONFIG_EXISTS', `Canary config '${id}' already exists.`);
}

function nameTaken({ name = '', applications = [] }: CanaryConfig): CanaryError {
  return new CanaryError(
    'CANARY_CONFIG_EXISTS',
    `Canary config with name '${name}' already exists in the scope of applications [${applications.join(', ')}].`,
  );
}

async function takeName(
  db: Transaction<Tables>,
  id: string,
  { name = '', applications = [] }: CanaryConfig,
): Promise<void> {
  // In a fixed order, so that two writers of the same names cannot deadlock.
  const rows = [...new Set(applications)].toSorted().map((application) => ({ application, name, config_id: id }));
  if (rows.length > 0) await db.insertInto('canary_config_application').values(rows).execute();
}

function toRow(id: string, config: CanaryConfig, now: number) {
  return { id, name: config.name ?? '', updated_at: now, document: toWireJson(config) };
}

function readConfig(document: string): CanaryConfig {
  return StoredConfig.parse(JSON.parse(document));
}
