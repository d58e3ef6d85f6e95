import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/store/0.1.0.sqlite', import.meta.url));

/** Tables and indexes, and the migrations that are done. */
function stateOf(file: string): readonly unknown[] {
  const database = new DatabaseSync(file);
  const parts = database.prepare('select name from sqlite_master order by name').all();
  const migrations = database.prepare('select name from kysely_migration order by name').all();
  database.close();
  return [parts, migrations];
}

it('a migration that fails leaves the store as it was', async () => {
  const folder = temporaryDirectory();
  const file = join(folder, 'haldane.sqlite');
  copyFileSync(FIXTURE, file);
  const database = new DatabaseSync(file);
  database.exec('create table gate_release (key text)');
  database.close();
  const before = stateOf(file);
  await expect(openStore(openSqlite(folder), Date.now)).rejects.toThrow('gate_release');
  expect(stateOf(file)).toEqual(before);
});
