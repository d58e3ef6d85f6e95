import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../src/store/postgres-database.ts';
import { type PgBouncer, startPgBouncer } from '../support/servers/pgbouncer-server.ts';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { type Replica, startReplica, untilRuns } from '../support/torture/replicas.ts';

const LEASE_SECONDS = 2;
/** Fewer than one replica opens, so that each transaction gets whatever connection is free. */
const POOL_SIZE = 3;

const postgres = await requiredPostgres();

describe.skipIf(postgres === undefined)('behind PgBouncer in transaction mode', () => {
  let metrics: SeriesStandIn;
  let database: string;
  let bouncer: PgBouncer;
  const replicas: Replica[] = [];

  const start = async () => {
    const replica = await startReplica({ url: bouncer.url, metricsUrl: metrics.baseUrl, leaseSeconds: LEASE_SECONDS });
    replicas.push(replica);
    return replica;
  };
  const bounce = async (ignoredParameters: readonly string[]) => {
    database = await (postgres as PostgresServer).createDatabase();
    bouncer = await startPgBouncer({ url: database, poolSize: POOL_SIZE, ignoredParameters });
  };

  beforeAll(async () => {
    metrics = await startSeriesStandIn(5);
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.stop('SIGKILL')));
    await bouncer?.stop();
  });
  afterAll(async () => {
    await metrics?.stop();
    await postgres?.stop();
  });

  it('three replicas start at once, and end each of 60 runs once although one of them is killed', async () => {
    await bounce(['statement_timeout']);
    metrics.delayMillis = 100;
    const [first, second] = await Promise.all([start(), start(), start()]);
    const ids = await Promise.all(Array.from({ length: 60 }, () => first?.startRun()));
    await second?.stop('SIGKILL');
    const runs = await untilRuns(database, (rows) => rows.every(({ status }) => status === 'succeeded'), 40_000);
    expect(runs.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(runs.filter(({ result, end_time }) => result === null || end_time === null)).toEqual([]);
    const warned = replicas.flatMap(({ log }) => log).filter(({ level }) => Number(level) >= 50);
    expect(warned.map(({ msg, err, reason }) => [msg, err, reason])).toEqual([]);
    const backends = await query<{ count: number }>(
      database,
      "select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'",
    );
    expect(backends[0]?.count).toBeLessThanOrEqual(POOL_SIZE);
  });

  it('that refuses the statement timeout is told as such, with both remedies', async () => {
    await bounce([]);
    await expect(openPostgres(bouncer.url, { queryTimeoutMillis: 1000 })).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message: expect.stringMatching(
        /unsupported startup parameter: statement_timeout; .*store\.queryTimeoutMillis to 0.*ignore_startup_parameters = statement_timeout/,
      ),
    });
    const opened = await openPostgres(bouncer.url, { queryTimeoutMillis: 0 });
    expect(opened.exclusive).toBe(false);
  });
});
