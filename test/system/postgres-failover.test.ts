import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgresPair } from '../support/servers/postgres-pair.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { newRun, type Replica, startReplica, untilRuns } from '../support/torture/replicas.ts';

const pair = await startPostgresPair();
if (pair === undefined && process.env.CI) throw new Error('no postgres; test/tools/install-debian.sh gets one');
if (pair === undefined) console.warn('skipped: no postgres; test/tools/install-debian.sh gets one');

describe.skipIf(pair === undefined)('a PostgreSQL that fails over to another server', () => {
  const servers = pair as NonNullable<typeof pair>;
  let metrics: SeriesStandIn;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    metrics = await startSeriesStandIn(200);
    const store = { connectTimeoutMillis: 1000 };
    for (let replica = 0; replica < 2; replica++) {
      replicas.push(await startReplica({ url: servers.url, metricsUrl: metrics.baseUrl, leaseSeconds: 2, store }));
    }
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
    await metrics?.stop();
    await pair?.stop();
  });

  it('under load loses no acknowledged run; refusals say why, and everything goes on alone', async () => {
    const acknowledged: string[] = [];
    const refusals: { status: number; body: Record<string, unknown> }[] = [];
    let asking = true;
    const clients = replicas.map(async ({ baseUrl }) => {
      while (asking) {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${baseUrl}/canary`, { method: 'POST', headers, body: JSON.stringify(newRun()) });
        const body = (await answer.json()) as Record<string, unknown>;
        if (answer.ok) acknowledged.push(String(body.canaryExecutionId));
        else refusals.push({ status: answer.status, body });
        await sleep(100);
      }
    });
    const until = (isSo: () => boolean) => expect.poll(isSo, { timeout: 60_000 }).toBe(true);
    await until(() => acknowledged.length >= 20);
    await servers.killPrimary();
    const refusedBefore = refusals.length;
    await until(() => refusals.length > refusedBefore + 2);
    // The address already leads to the other server, which takes no writes yet.
    servers.switchAddress();
    const refusedByFirst = refusals.length;
    await until(() => refusals.length > refusedByFirst + 2);
    const health = await fetch(`${replicas[0]?.baseUrl}/health`);
    expect([health.status, await health.text()]).toEqual([503, expect.stringContaining('read-only transaction')]);
    const acknowledgedBefore = acknowledged.length;
    await servers.promote();
    await until(() => acknowledged.length >= acknowledgedBefore + 20);
    asking = false;
    await Promise.all(clients);
    const rows = await untilRuns(
      servers.standbyUrl,
      (runs) => runs.every(({ status }) => status === 'succeeded'),
      90_000,
    );
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    for (const { status, body } of refusals) expect([status, body.errorCode]).toEqual([503, 'STORE_UNUSABLE']);
    expect(JSON.stringify(refusals)).toMatch(/the PostgreSQL database .* cannot be used/);
    for (const { baseUrl } of replicas) expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
    // Twice the same verdict would be a run that two have ended.
    const judged = replicas.flatMap(({ log }) => log.filter(({ msg }) => msg === 'run judged').map(({ id }) => id));
    expect(new Set(judged).size).toBe(judged.length);
    console.info({ acknowledged: acknowledged.length, refused: refusals.length, stored: rows.length });
  });
});
