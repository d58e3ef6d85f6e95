import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PostgresServer, requiredPostgres } from '../support/servers/postgres-server.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import {
  newRun,
  type Replica,
  type ReplicaOptions,
  type RunRow,
  runRows,
  startReplica,
  untilRuns,
} from '../support/torture/replicas.ts';

const MINUTES = 60_000;
const LEASE_SECONDS = 2;

const postgres = await requiredPostgres();

describe.skipIf(postgres === undefined)('several replicas on one PostgreSQL', () => {
  let metrics: SeriesStandIn;
  let url: string;
  const started: Replica[] = [];

  const start = async (options: Partial<ReplicaOptions> = {}) => {
    const replica = await startReplica({ url, metricsUrl: metrics.baseUrl, leaseSeconds: LEASE_SECONDS, ...options });
    started.push(replica);
    return replica;
  };
  const ended = (run: RunRow) => run.status === 'succeeded';

  beforeAll(async () => {
    metrics = await startSeriesStandIn(5);
  });
  beforeEach(async () => {
    const address = await (postgres as PostgresServer).createDatabase();
    url = address.replace('haldane@', 'haldane:replica-test-secret@');
  });
  afterEach(async () => {
    const replicas = started.splice(0);
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
    expect(JSON.stringify(replicas.map(({ log }) => log))).not.toContain('replica-test-secret');
  });
  afterAll(async () => {
    await metrics?.stop();
    await postgres?.stop();
  });

  it('end 500 runs, each once, although one of them is killed every few seconds', async () => {
    metrics.delayMillis = 300;
    const replicas = await Promise.all([start(), start(), start()]);
    const ids: string[] = [];
    // Who is told nothing starts it again; a run that was stored all the same is one too many.
    const accept = async (replica: number) => {
      while (ids.length < 500)
        await replicas[replica]?.startRun().then(
          (id) => ids.push(id),
          () => sleep(20),
        );
    };
    const accepting = Promise.all([accept(0), accept(1), accept(2)]);
    let kills = 0;
    const complete = () =>
      untilRuns(url, (runs) => ids.length >= 500 && runs.every(ended), 1).then(
        () => true,
        () => false,
      );
    while (!(await complete()) && kills < 25) {
      await sleep(2000);
      await replicas[kills % 3]?.stop('SIGKILL');
      replicas[kills % 3] = await start();
      kills += 1;
    }
    await accepting;
    const runs = await untilRuns(url, (rows) => rows.every(ended), 30_000);
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(runs.length - ids.length).toBeLessThanOrEqual(3 * kills);
    expect(runs.filter(({ result, end_time }) => result === null || end_time === null)).toEqual([]);
    expect(runs.filter(({ attempt }) => attempt < 1)).toEqual([]);
    // Killing has interrupted some, or this would prove nothing.
    expect(runs.filter(({ attempt }) => attempt > 1).length).toBeGreaterThan(0);
    const judged = started.flatMap(({ log }) => log.filter(({ msg }) => msg === 'run judged').map(({ id }) => id));
    expect(new Set(judged).size).toBe(judged.length);
    for (const id of ids.slice(0, 3)) {
      const answers = await Promise.all(replicas.map((replica) => replica.get(id)));
      expect(answers.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
    }
    console.info({ kills, runs: runs.length, interrupted: runs.filter(({ attempt }) => attempt > 1).length });
  });

  it('let a frozen one change nothing in a run that another has ended meanwhile', async () => {
    metrics.delayMillis = 1500;
    const frozen = await start();
    const id = await frozen.startRun();
    const asked = metrics.asked;
    await expect.poll(() => metrics.asked, { timeout: 10_000 }).toBeGreaterThan(asked);
    process.kill(frozen.pid, 'SIGSTOP');
    const other = await start();
    const [before] = await untilRuns(url, (runs) => runs.every(ended), 20_000);
    expect(before).toMatchObject({ id, attempt: 2 });
    process.kill(frozen.pid, 'SIGCONT');
    const left = () => frozen.log.find(({ msg, attempt }) => msg === 'run left' && attempt === 1);
    await expect.poll(left, { timeout: 10_000 }).toBeDefined();
    expect((await runRows(url))[0]).toEqual(before);
    expect(frozen.log.filter(({ msg }) => msg === 'run judged')).toEqual([]);
    expect(await frozen.get(id)).toEqual(await other.get(id));
  });

  it('let a frozen one that wakes up change nothing in a run that another works on', async () => {
    const beingAsked = async (asked: number) =>
      expect.poll(() => metrics.asked, { timeout: 15_000 }).toBeGreaterThanOrEqual(asked);
    metrics.delayMillis = 1000;
    const before = metrics.asked;
    const frozen = await start();
    await frozen.startRun();
    await beingAsked(before + 2);
    process.kill(frozen.pid, 'SIGSTOP');
    metrics.delayMillis = 6000;
    const other = await start();
    await beingAsked(before + 4);
    process.kill(frozen.pid, 'SIGCONT');
    await expect.poll(() => frozen.log.some(({ msg }) => msg === 'run left'), { timeout: 5000 }).toBe(true);
    expect(await runRows(url)).toMatchObject([{ status: 'running', attempt: 2, result: null, end_time: null }]);
    await untilRuns(url, (runs) => runs.every(ended), 20_000);
    const judged = [frozen, other].map(({ log }) => log.filter(({ msg }) => msg === 'run judged').length);
    expect(judged).toEqual([0, 1]);
  });

  it('stop at SIGTERM in the middle of runs, which the others go on with at once', async () => {
    metrics.delayMillis = 1000;
    const [leaving, staying] = await Promise.all([start(), start()]);
    await Promise.all([1, 2, 3, 4].map(() => leaving.startRun()));
    await expect
      .poll(async () => (await runRows(url)).every(({ attempt }) => attempt === 1), { timeout: 10_000 })
      .toBe(true);
    expect(await leaving.stop('SIGTERM')).toBe(0);
    await untilRuns(url, (rows) => rows.every(ended), 15_000);
    const credentials = await (await fetch(`${staying.baseUrl}/credentials`)).json();
    expect(credentials).toContainEqual(expect.objectContaining({ name: 'haldane', type: 'postgres' }));
    expect(JSON.stringify(credentials)).not.toContain('replica-test-secret');
  });

  it('answer ?wait soon after the run has ended in another one', async () => {
    metrics.delayMillis = 200;
    const [asked, working] = await Promise.all([start(), start()]);
    await asked.send('POST', '/admin/orca/instance/enabled', { enabled: false });
    const begin = Date.now();
    expect(await asked.send('POST', '/canary?wait=30s', newRun())).toMatchObject({ status: 'succeeded' });
    expect(Date.now() - begin).toBeLessThan(10_000);
    expect(working.log.filter(({ msg }) => msg === 'run judged')).toHaveLength(1);
  });

  it('leave a run to who works on it, although their clocks are minutes apart', async () => {
    metrics.delayMillis = LEASE_SECONDS * 2000;
    const replicas = await Promise.all([-5, 0, 5].map((minutes) => start({ skewMillis: minutes * MINUTES })));
    await Promise.all(replicas.flatMap((replica) => [1, 2, 3, 4].map(() => replica.startRun())));
    const runs = await untilRuns(url, (rows) => rows.length === 12 && rows.every(ended), 30_000);
    expect(runs.map(({ attempt }) => attempt)).toEqual(Array(12).fill(1));
    const took = replicas.map(({ log }) => log.filter(({ msg }) => msg === 'run judged').length);
    expect(took.every((count) => count > 0)).toBe(true);
    const [early = 0, right = 0, late = 0] = await Promise.all(replicas.map(async ({ log }) => Number(log[0]?.time)));
    expect([right - early, late - right].every((apart) => apart > 4 * MINUTES)).toBe(true);
  });
});
