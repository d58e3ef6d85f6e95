import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/domain/stores.ts';
import { openSqlite } from '../../../src/store/sqlite-database.ts';
import { openStore } from '../../../src/store/store.ts';
import { configOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { run } from '../../support/store-suite.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

const folder = temporaryDirectory();
const dataDir = join(folder, 'data');
let service: TestService;
let baseUrl: string;

beforeAll(async () => {
  mkdirSync(dataDir);
  service = await createTestService({ dataDir });
  baseUrl = await service.http.listen({ host: '127.0.0.1', port: 0 });
  await fill(service.store);
});
afterAll(() => service.close());

async function fill(store: Store): Promise<void> {
  await store.canaryConfigs.create({ ...configOf(1), id: 'config' });
  for (let index = 0; index < 40; index++) await store.runs.create(run(`01${String(index).padStart(4, '0')}`));
}

describe('haldane store backup', () => {
  it('copies the store of a Haldane that works, and what it holds can be restored', async () => {
    const file = join(folder, 'copy.sqlite');
    const { code, out } = await runHaldane(['store', 'backup', file, '--url', baseUrl]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^canary_execution +40$/m)]);
    expect(out).toContain('every page was read and is sound');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('backup'))).toEqual([]);

    const restored = join(folder, 'restored');
    mkdirSync(restored);
    copyFileSync(file, join(restored, 'haldane.sqlite'));
    const store = await openStore(openSqlite(restored), Date.now);
    expect(await store.canaryConfigs.get('config')).toMatchObject({ name: configOf(1).name });
    expect(await store.runs.ids()).toHaveLength(40);
    await store.close();
  });

  it('copies the store of one that does not run, and none that is in use', async () => {
    const still = join(folder, 'still');
    mkdirSync(still);
    const store = await openStore(openSqlite(still), Date.now);
    await fill(store);
    const inUse = await runHaldane(['store', 'backup', join(folder, 'no.sqlite'), '--from', `sqlite:${still}`]);
    expect(inUse).toMatchObject({ code: 3, err: expect.stringContaining('a Haldane is using it; without --from') });
    await store.close();
    const file = join(folder, 'still.sqlite');
    const { code, out } = await runHaldane(['store', 'backup', file, '--from', `sqlite:${still}`]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^canary_config +1$/m)]);
  });

  it('keeps no copy that is damaged', async () => {
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    writeFileSync(
      join(damaged, 'haldane.sqlite'),
      'this is no database, but it is longer than a header of one. '.repeat(99),
    );
    const file = join(folder, 'damaged.sqlite');
    const { code, err } = await runHaldane(['store', 'backup', file, '--from', `sqlite:${damaged}`]);
    expect([code, err]).toEqual([3, expect.stringContaining('cannot be copied: file is not a database')]);
    expect([file, `${file}.part`].filter(existsSync)).toEqual([]);
  });

  it.each([
    [['--from', 'postgres://haldane@db/haldane'], 64, 'pg_dump --format=custom'],
    [['--from', 'sqlite:no/such'], 64, 'there is no no/such/haldane.sqlite'],
    [['--from', './data'], 64, '--from: must be sqlite:<dataDir>'],
    [['--url', 'http://127.0.0.1:1'], 3, 'cannot be reached'],
  ])('answers %j with %i and what to do', async (flags, code, message) => {
    const file = join(folder, 'none.sqlite');
    expect(await runHaldane(['store', 'backup', file, ...flags])).toMatchObject({
      code,
      err: expect.stringContaining(message),
    });
    rmSync(file, { force: true });
  });

  it('writes over no file', async () => {
    const file = join(folder, 'there.sqlite');
    writeFileSync(file, '');
    expect(await runHaldane(['store', 'backup', file, '--url', baseUrl])).toMatchObject({
      code: 64,
      err: expect.stringContaining('is there already'),
    });
  });
});
