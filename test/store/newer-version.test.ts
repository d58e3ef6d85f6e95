import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { run } from '../support/store-suite.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const open = (folder: string) => openStore(openSqlite(folder), Date.now);

/** A store that this version has made, and then another has changed. */
async function changedStore(statements: readonly string[]): Promise<string> {
  const folder = temporaryDirectory();
  const store = await open(folder);
  await store.runs.create(run('01A'));
  await store.close();
  const file = new DatabaseSync(join(folder, 'haldane.sqlite'));
  for (const statement of statements) file.exec(statement);
  file.close();
  return folder;
}

const MIGRATED = "insert into kysely_migration (name, timestamp) values ('999-later', '2027-01-01T00:00:00.000Z')";
const VERSION = "insert into store_version (migration, version) values ('999-later', '2.5.0')";
const UNDONE = ['kysely_migration where name', 'store_version where migration'].map(
  (place) => `delete from ${place} = '999-later'`,
);

describe('a store that a newer version has changed', () => {
  it('is refused with the version, the time, and what to do', async () => {
    await expect(open(await changedStore([MIGRATED, VERSION]))).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message:
        'Haldane 2.5.0 has changed the tables of the store at 2027-01-01T00:00:00.000Z (999-later), and this is ' +
        `${packageJson.version}, which does not know them. Start 2.5.0 or a later one; to go back, restore the backup ` +
        'from before the upgrade: docs/operations/upgrades.md.',
    });
  });

  it('is refused where its version was not written, and nothing in it is changed', async () => {
    const folder = await changedStore([MIGRATED]);
    await expect(open(folder)).rejects.toThrow(
      /^A newer version of Haldane has changed .*Start that version; to go back/,
    );
    await expect(open(folder)).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    const file = new DatabaseSync(join(folder, 'haldane.sqlite'));
    for (const statement of UNDONE) file.exec(statement);
    file.close();
    const store = await open(folder);
    expect(await store.runs.unfinished()).toEqual(['01A']);
    await store.close();
  });

  it('says which version has made its tables', async () => {
    const folder = await changedStore([]);
    const file = new DatabaseSync(join(folder, 'haldane.sqlite'));
    const versions = file.prepare('select distinct version from store_version').all();
    const [{ count } = { count: 0 }] = file.prepare('select count(*) as count from kysely_migration').all();
    expect(versions).toEqual([{ version: packageJson.version }]);
    expect(file.prepare('select count(*) as count from store_version').all()).toEqual([{ count }]);
    file.close();
  });
});
