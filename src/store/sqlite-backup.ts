import { closeSync, openSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { CanaryError, messageOf } from '../errors.ts';

/** Of every Haldane since the first; a file without them is none of its stores. */
const TABLES = ['canary_config', 'canary_execution', 'metric_set_pair_list', 'standalone_analysis'] as const;

/** Rows by table. */
export type RowCounts = Readonly<Record<string, number>>;

/** Reads a copy of a store through, page by page. @throws CanaryError STORE_UNUSABLE when it is damaged, or none */
export function checkSqliteFile(file: string): RowCounts {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const [{ integrity_check: said } = {}] = database.prepare('pragma integrity_check').all();
      if (said !== 'ok') throw new Error(String(said));
      return countRows(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw new CanaryError('STORE_UNUSABLE', `${file} is damaged: ${messageOf(error)}`, { cause: error });
  }
}

function countRows(database: DatabaseSync): RowCounts {
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name")
    .all()
    .map(({ name }) => String(name));
  const missing = TABLES.filter((table) => !tables.includes(table));
  if (missing.length > 0) throw new Error(`it is no store of Haldane, it has no table ${missing.join(', ')}`);
  const stored = tables.filter((table) => !table.startsWith('kysely_'));
  return Object.fromEntries(
    stored.map((table) => {
      const [{ rows } = {}] = database.prepare(`select count(*) as rows from "${table}"`).all();
      return [table, Number(rows)];
    }),
  );
}

/**
 * Copies the file of a Haldane that does not run into a new file that only its owner reads.
 *
 * @returns the rows of the original
 * @throws CanaryError STORE_UNUSABLE when a Haldane is using it, or it cannot be read
 */
export async function copySqliteFile(source: string, file: string): Promise<RowCounts> {
  const database = new DatabaseSync(source, { timeout: 1000 });
  try {
    const counts = countRows(database);
    closeSync(openSync(file, 'ax', 0o600));
    await backup(database, file);
    return counts;
  } catch (error) {
    const isLocked = /locked|busy/i.test(messageOf(error));
    const why = isLocked ? 'a Haldane is using it' : messageOf(error);
    throw new CanaryError('STORE_UNUSABLE', `${source} cannot be copied: ${why}`, { cause: error });
  } finally {
    database.close();
  }
}
