import type { Kysely, Selectable, Transaction } from 'kysely';
import { type ConfigVersion, MOST_VERSIONS } from '../domain/config-version.ts';
import { toInstant } from '../domain/values/instant.ts';
import type { Tables } from './tables.ts';

type ConfigRow = Selectable<Tables['canary_config']>;

/** A config of before versions were kept: what is replaced is its first. */
export async function keepFormer(db: Transaction<Tables>, id: string): Promise<void> {
  if ((await newest(db, id)) !== undefined) return;
  const row = await db.selectFrom('canary_config').selectAll().where('id', '=', id).executeTakeFirst();
  if (row !== undefined) await insert(db, row, 1);
}

/** Keeps a config as its next version, unless nothing but the time has changed, and forgets the oldest. */
export async function keepVersion(db: Transaction<Tables>, row: ConfigRow): Promise<void> {
  const last = await newest(db, row.id);
  if (last !== undefined && withoutTimes(last.document) === withoutTimes(row.document)) return;
  const version = (last?.version ?? 0) + 1;
  await insert(db, row, version);
  await db
    .deleteFrom('canary_config_version')
    .where('config_id', '=', row.id)
    .where('version', '<=', version - MOST_VERSIONS)
    .execute();
}

export async function versionsOf(db: Kysely<Tables>, id: string): Promise<ConfigVersion[]> {
  const kept = await db
    .selectFrom('canary_config_version')
    .select(['version', 'updated_at'])
    .where('config_id', '=', id)
    .orderBy('version', 'desc')
    .execute();
  const rows = kept.length > 0 ? kept : await unkept(db, id);
  return rows.map(({ version, updated_at }) => {
    const updatedTimestamp = Number(updated_at);
    return { version, updatedTimestamp, updatedTimestampIso: toInstant(updatedTimestamp) };
  });
}

/** The JSON text of a version. */
export async function documentOf(db: Kysely<Tables>, id: string, version: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('canary_config_version')
    .select('document')
    .where('config_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row !== undefined) return row.document;
  return (await unkept(db, id)).find((one) => one.version === version)?.document;
}

/** A config that has not changed since versions are kept is its own first version. */
async function unkept(db: Kysely<Tables>, id: string) {
  const any = await newest(db, id);
  const rows = await db.selectFrom('canary_config').selectAll().where('id', '=', id).execute();
  return any === undefined ? rows.map((row) => ({ ...row, version: 1 })) : [];
}

function newest(db: Kysely<Tables>, id: string) {
  return db
    .selectFrom('canary_config_version')
    .select(['version', 'document'])
    .where('config_id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function insert(db: Transaction<Tables>, row: ConfigRow, version: number): Promise<void> {
  const { id, updated_at, document } = row;
  await db
    .insertInto('canary_config_version')
    .values({ id: `${id}/${version}`, config_id: id, version, updated_at, document })
    .execute();
}

function withoutTimes(document: string): string {
  const { updatedTimestamp: _at, updatedTimestampIso: _iso, ...config } = JSON.parse(document);
  return JSON.stringify(config);
}
