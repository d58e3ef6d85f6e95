import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

export const NEXT_VERSION = '99.0.0';
export const NEXT_MIGRATION = '999-of-the-next-version';

const FOLDERS = ['src', 'providers', 'judges', 'gates', 'openapi', 'docs'];
const FIRST_ENTRY = "  '001-first'";

/**
 * This program with a later version and one more migration, of every kind that a release may have: a column with a
 * default and one without on the table of runs, an index on it, and a table.
 *
 * @returns its main file
 */
export function makeNextVersion(): string {
  const folder = temporaryDirectory();
  for (const name of FOLDERS) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as object;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...packageJson, version: NEXT_VERSION }));
  const file = join(folder, 'src/store/migrations.ts');
  const source = readFileSync(file, 'utf8');
  const at = source.indexOf(FIRST_ENTRY);
  if (at === -1) throw new Error(`${file} has no line that begins with ${FIRST_ENTRY}`);
  writeFileSync(file, source.slice(0, at) + MIGRATION + source.slice(at));
  return join(folder, 'src/main.ts');
}

/** Kysely sorts migrations by name. */
const MIGRATION = `  '${NEXT_MIGRATION}': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('canary_execution').addColumn('of_next', 'text').execute();
      const notNull = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(7);
      await db.schema.alterTable('canary_execution').addColumn('counted_by_next', 'integer', notNull).execute();
      await db.schema.createIndex('canary_execution_of_next').on('canary_execution').column('of_next').execute();
      await db.schema.createTable('of_next').addColumn('id', 'text', (column) => column.primaryKey()).execute();
    },
  },
`;
