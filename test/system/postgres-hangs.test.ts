import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { newRun, type Replica, startReplica, untilRuns } from '../support/torture/replicas.ts';

const MOST_CONNECTIONS = 12;
const postgres = await requiredPostgres({
  settings: [`max_connections=${MOST_CONNECTIONS}`, 'superuser_reserved_connections=2', 'max_wal_senders=0'],
});

describe.skipIf(postgres === undefined)('a PostgreSQL', () => {
  const server = postgres as PostgresServer;
  let metrics: SeriesStandIn;
  let replica: Replica;
  let url: string;

  const health = async () => {
    const answer = await fetch(`${replica.baseUrl}/health`);
    const found = (await answer.json()) as Record<string, unknown>;
    return { ...found, httpStatus: answer.status } as Record<string, unknown>;
  };
  const allEnded = (count: number) =>
    untilRuns(url, (runs) => runs.length === count && runs.every(({ status }) => status === 'succeeded'), 90_000);

  beforeAll(async () => {
    metrics = await startSeriesStandIn(0);
    url = await server.createDatabase();
    // The test itself uses the connections that are kept for the superuser.
    await query(url, 'create role service login');
    await query(url, `alter database "${new URL(url).pathname.slice(1)}" owner to service`);
    const store = { queryTimeoutMillis: 2000 };
    const ofService = url.replace('haldane@', 'service@');
    replica = await startReplica({
      url: ofService,
      metricsUrl: metrics.baseUrl,
      leaseSeconds: 2,
      concurrentRuns: 16,
      store,
    });
  });
  afterAll(async () => {
    server?.goOn();
    await replica?.stop('SIGKILL');
    await metrics?.stop();
    await server?.stop();
  });

  it('with few connections makes requests wait, and refuses none', async () => {
    const started = await Promise.allSettled(Array.from({ length: 60 }, () => replica.startRun()));
    expect(started.filter(({ status }) => status === 'rejected')).toEqual([]);
    await allEnded(60);
  });

  it('that hangs is a 503 for whoever needs it, also for probes, and goes on where it was', async () => {
    metrics.delayMillis = 500;
    const under = await replica.startRun();
    await untilRuns(url, (runs) => runs.some(({ id, status }) => id === under && status === 'running'), 30_000);
    server.hang();
    metrics.delayMillis = 0;
    const down = await health();
    const refused = await replica.send('POST', '/canary', newRun());
    server.goOn();
    expect(down).toMatchObject({
      httpStatus: 503,
      status: 'DOWN',
      components: { store: { status: 'DOWN', error: 'no answer within 2 s' } },
    });
    expect(refused).toMatchObject({ status: 503, errorCode: 'STORE_UNUSABLE' });
    await expect.poll(async () => (await health()).status, { timeout: 30_000 }).toBe('UP');
    expect(
      (await untilRuns(url, (runs) => runs.some(({ id, status }) => id === under && status === 'succeeded'), 60_000))
        .length,
    ).toBeGreaterThan(60);
  });

  it('that takes a run but not its job is no error to who started it: a sweep finds the run', async () => {
    await query(url, 'alter schema pgboss rename to pgboss_away');
    const accepted = await replica.startRun();
    await query(url, 'alter schema pgboss_away rename to pgboss');
    await untilRuns(url, (runs) => runs.some(({ id, status }) => id === accepted && status === 'succeeded'), 60_000);
    expect(replica.log.some(({ msg }) => msg === 'job not queued, a sweep queues it later')).toBe(true);
  });
});
