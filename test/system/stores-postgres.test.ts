import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { MIGRATION_LOCK } from '../../src/store/migrate.ts';
import { openPostgres } from '../../src/store/postgres-database.ts';
import { openStore } from '../../src/store/store.ts';
import { configOf } from '../support/http/requests.ts';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { describeStore, run, STORE_TIME } from '../support/store-suite.ts';

const postgres = await requiredPostgres();

describe.skipIf(postgres === undefined)('on PostgreSQL', () => {
  const createDatabase = () => (postgres as PostgresServer).createDatabase();
  afterAll(() => postgres?.stop());
  const open = async (url: string) => openStore(await openPostgres(url), () => STORE_TIME);

  describeStore({ name: 'postgres', newPlace: createDatabase, open });

  it('lets three replicas start at once on an empty database', async () => {
    const url = await createDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    await stores[0]?.runs.create(run('01A'));
    const seen = await Promise.all(stores.map((store) => store.runs.unfinished()));
    expect(seen).toEqual([['01A'], ['01A'], ['01A']]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('waits for another that migrates, however long, and migrates itself beyond the time of a query', async () => {
    const url = await createDatabase();
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
    const opening = openStore(await openPostgres(url, { queryTimeoutMillis: 100 }), () => STORE_TIME);
    const first = await Promise.race([opening.catch((error: unknown) => error), sleep(2000, 'it waits')]);
    expect(first).toBe('it waits');
    await other.end();
    const store = await opening;
    expect(await store.runs.unfinished()).toEqual([]);
    await store.close();
  });

  it('keeps a name unique although three replicas write it at once, again and again', async () => {
    const url = await createDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    for (let round = 0; round < 20; round++) {
      const config = configOf(1, { name: `round ${round}`, applications: ['b', 'a'] });
      const writes = stores.flatMap(({ canaryConfigs }, replica) => [
        canaryConfigs.create({ ...config, id: `${round}-${replica}` }),
        canaryConfigs.create({ ...config, id: `${round}-same`, applications: ['c', 'a'] }),
      ]);
      const outcomes = await Promise.allSettled(writes);
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refused.map(({ code }) => code)).toEqual(Array(5).fill('CANARY_CONFIG_EXISTS'));
    }
    expect(await stores[0]?.canaryConfigs.list([])).toHaveLength(20);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('refuses names it cannot keep as the mistake of who sent them', async () => {
    const store = await open(await createDatabase());
    await expect(store.runs.get('a\u0000b')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const application = Array.from({ length: 9000 }, (_, index) =>
      String.fromCharCode(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    await expect(store.runs.create({ ...run('01A'), application })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await store.close();
  });

  it('says which database it cannot use, and not with which password', async () => {
    const failure = openPostgres('postgres://haldane:hunter2@127.0.0.1:1/canaries');
    await expect(failure).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message: expect.stringMatching(
        /^the PostgreSQL database 'canaries' at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/,
      ),
    });
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });

  it('answers STORE_UNUSABLE while the database is away, and goes on when it is back', async () => {
    const url = await createDatabase();
    const store = await open(url);
    const name = new URL(url).pathname.slice(1);
    const server = url.replace(name, 'postgres');
    await query(server, `alter database "${name}" allow_connections false`);
    await query(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    await expect(store.check()).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    await query(server, `alter database "${name}" allow_connections true`);
    await expect
      .poll(() =>
        store.check().then(
          () => 'back',
          () => 'away',
        ),
      )
      .toBe('back');
    await store.close();
  });
});
