import { Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import type { Tables } from '../../src/store/tables.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('only writes that may be done again do not wait for the disk, also after a failure', async () => {
  const database = openSqlite(temporaryDirectory());
  const db = new Kysely<Tables>({ dialect: database.dialect });
  const synchronous = async (on: Kysely<Tables>) => (await sql`pragma synchronous`.execute(on)).rows;
  const [normal, full] = [[{ synchronous: 1 }], [{ synchronous: 2 }]];
  expect(await database.soon?.(db, synchronous)).toEqual(normal);
  expect(await synchronous(db)).toEqual(full);
  const failure = database.soon?.(db, () => Promise.reject(new Error('disk full')));
  await expect(failure).rejects.toThrow('disk full');
  expect(await synchronous(db)).toEqual(full);
  await db.destroy();
});
