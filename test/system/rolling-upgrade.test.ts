import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { makeNextVersion, NEXT_MIGRATION, NEXT_VERSION } from '../support/next-version.ts';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { type Replica, type RunRow, startReplica, untilRuns } from '../support/torture/replicas.ts';

const postgres = await requiredPostgres();

describe.skipIf(postgres === undefined)('a rolling upgrade', () => {
  let metrics: SeriesStandIn;
  let url: string;
  const nextVersion = makeNextVersion();
  const started: Replica[] = [];
  const start = async (main?: string) => {
    const version = main === undefined ? {} : { main };
    const replica = await startReplica({ url, metricsUrl: metrics.baseUrl, leaseSeconds: 2, ...version });
    started.push(replica);
    return replica;
  };
  const ended = ({ status }: RunRow) => status === 'succeeded';

  beforeAll(async () => {
    metrics = await startSeriesStandIn(100);
  });
  beforeEach(async () => {
    url = await (postgres as PostgresServer).createDatabase();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((replica) => replica.stop('SIGKILL')));
  });
  afterAll(async () => {
    await metrics?.stop();
    await postgres?.stop();
  });

  it('loses no run: old replicas go on with the new tables, and new ones take over what old ones leave', async () => {
    const old = [await start(), await start()];
    const ids: string[] = [];
    let upgrading = true;
    /** Clients of the old replicas, all the time. */
    const asking = old.map(async (replica) => {
      while (upgrading) {
        ids.push(await replica.startRun());
        await sleep(100);
      }
    });
    const next = await start(nextVersion);
    await Promise.all(Array.from({ length: 10 }, async () => ids.push(await next.startRun())));
    await sleep(500);
    upgrading = false;
    await Promise.all(asking);
    expect(await old[0]?.stop('SIGTERM')).toBe(0);
    await old[1]?.stop('SIGKILL');
    const runs = await untilRuns(url, (rows) => rows.every(ended), 60_000);
    expect(runs.map(({ id }) => id)).toEqual(ids.toSorted());
    const loud = started.flatMap(({ log }) => log.filter(({ level }) => Number(level) >= 50));
    expect(loud.map(({ msg, err, reason }) => [msg, err, reason])).toEqual([]);
    // Old replicas have judged runs after the migration, or this would prove nothing.
    const [{ at } = { at: '' }] = await query<{ at: string }>(
      url,
      `select timestamp as at from kysely_migration where name = '${NEXT_MIGRATION}'`,
    );
    const byOld = old.flatMap(({ log }) =>
      log.filter(({ msg, time }) => msg === 'run judged' && Number(time) > Date.parse(at)),
    );
    expect(byOld.length).toBeGreaterThan(0);
    for (const id of ids.slice(0, 2)) expect(await next.get(id)).toMatchObject({ status: 'succeeded' });
  });

  it('is not undone by a start of the old version, which says so and changes nothing', async () => {
    const next = await start(nextVersion);
    const id = await next.startRun();
    await untilRuns(url, (rows) => rows.every(ended), 30_000);
    await expect(start()).rejects.toThrow(
      new RegExp(
        `haldane: Haldane ${NEXT_VERSION} has changed the tables .*\\(${NEXT_MIGRATION}\\), and this is ${packageJson.version}`,
      ),
    );
    expect(await next.get(id)).toMatchObject({ status: 'succeeded' });
  });
});
