import { afterAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/stores.ts';
import { openPostgres } from '../../src/store/postgres-database.ts';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { runHaldane } from '../cli/run-haldane.ts';
import { configOf } from '../support/http/requests.ts';
import { type PostgresServer, requiredPostgres } from '../support/servers/postgres-server.ts';
import { run } from '../support/store-suite.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const postgres = await requiredPostgres();

describe.skipIf(postgres === undefined)('haldane store copy', () => {
  afterAll(() => postgres?.stop());
  const RUNS = Array.from({ length: 120 }, (_, index) => `01${String(index).padStart(4, '0')}`);
  const pair = { name: 'm', id: 'p', tags: {}, values: { control: [1, Number.NaN], experiment: [2, 3] } };

  const openSource = (directory: string) => openStore(openSqlite(directory), () => 1000);
  const openTarget = async (url: string) => openStore(await openPostgres(url), () => 2000);
  const filled = async () => {
    const directory = temporaryDirectory();
    const store = await openSource(directory);
    await store.canaryConfigs.create({ ...configOf(1), id: 'config' });
    await store.metricSetPairLists.put('pairs', [pair]);
    for (const id of RUNS) await store.runs.create(run(id));
    await store.runs.update(RUNS[0] ?? '', { status: 'canceled', endTime: 5, metricSetPairListId: 'pairs' });
    await store.runs.claim(RUNS[1] ?? '', 60_000);
    await store.close();
    return directory;
  };
  const contents = async (store: Store) => ({
    configs: await store.canaryConfigs.list([]),
    config: await store.canaryConfigs.get('config'),
    pairs: await store.metricSetPairLists.get('pairs'),
    runs: await Promise.all(RUNS.map((id) => store.runs.get(id))),
  });
  const copy = (from: string, to: string) => runHaldane(['store', 'copy', '--from', from, '--to', to]);

  it('brings all there is to PostgreSQL, and nothing twice', async () => {
    const directory = await filled();
    const url = await (postgres as PostgresServer).createDatabase();
    const first = await copy(`sqlite:${directory}`, url);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(
      /canary_config +1 copied, 0 already there\n.*canary_execution +120 copied, 0 already there\n/s,
    );
    const [source, target] = [await openSource(directory), await openTarget(url)];
    expect(await contents(target)).toEqual(await contents(source));
    expect(await target.runs.claim(RUNS[1] ?? '', 60_000)).toMatchObject({ attempt: 2 });
    await expect(target.canaryConfigs.create({ ...configOf(1), id: 'other' })).rejects.toThrow(/already exists/);
    await source.runs.create(run('02NEW'));
    await target.runs.update(RUNS[2] ?? '', { status: 'terminal' });
    await Promise.all([source.close(), target.close()]);
    const second = await copy(`sqlite:${directory}`, url);
    expect(second.out).toMatch(/canary_execution +1 copied, 120 already there\n/);
    const after = await openTarget(url);
    expect((await after.runs.get(RUNS[2] ?? ''))?.status).toBe('terminal');
    await after.close();
  });

  it('leaves out a config whose name another one has there', async () => {
    const directory = await filled();
    const url = await (postgres as PostgresServer).createDatabase();
    const target = await openTarget(url);
    await target.canaryConfigs.create({ ...configOf(1), id: 'theirs' });
    await target.close();
    const { code, out } = await copy(`sqlite:${directory}`, url);
    expect(code).toBe(1);
    expect(out).toMatch(/canary_config +0 copied, 0 already there, left out: config\n/);
  });

  it('refuses stores that are in use, and does not make the one it is to read', async () => {
    const directory = await filled();
    const url = await (postgres as PostgresServer).createDatabase();
    const target = await openTarget(url);
    expect(await copy(`sqlite:${directory}`, url)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/the database is in use by a Haldane; stop all replicas first/),
    });
    await target.close();
    const source = await openSource(directory);
    expect(await copy(`sqlite:${directory}`, url)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/haldane\.sqlite is in use by another Haldane/),
    });
    await source.close();
    expect(await copy(`sqlite:${temporaryDirectory()}`, url)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/holds no haldane\.sqlite/),
    });
    expect(await copy(`sqlite:${directory}`, 'postgres://a:copy-secret@127.0.0.1:1/none')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^haldane: the PostgreSQL database 'none' at 127\.0\.0\.1:1 cannot be used: [^@]*$/),
    });
    expect(await copy('mysql://a', url)).toMatchObject({
      code: 64,
      err: expect.stringMatching(/--from: must be sqlite/),
    });
  });
});
