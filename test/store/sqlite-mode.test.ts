import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

async function open(folder: string) {
  const db = new Kysely<Record<string, never>>({ dialect: openSqlite(folder).dialect });
  await sql`create table if not exists t (a text)`.execute(db);
  return db;
}
const modesIn = (folder: string) =>
  readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]);

describe('the files of the embedded store', () => {
  it('are for their owner only, whatever the process gives to new files', async () => {
    const folder = join(temporaryDirectory(), 'data');
    const before = process.umask(0);
    try {
      const db = await open(folder);
      const modes = modesIn(folder);
      expect(modes.map(([name]) => name)).toContain('haldane.sqlite');
      expect(modes.filter(([, mode]) => mode !== '600')).toEqual([]);
      await db.destroy();
    } finally {
      process.umask(before);
    }
  });

  it('become so when an earlier version left them readable', async () => {
    const folder = temporaryDirectory();
    await (await open(folder)).destroy();
    chmodSync(join(folder, 'haldane.sqlite'), 0o644);
    const db = await open(folder);
    expect(modesIn(folder).filter(([, mode]) => mode !== '600')).toEqual([]);
    await db.destroy();
  });
});
