import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BacktestAnswer, BacktestLine } from '../../src/domain/backtest.ts';
import { configOf } from '../support/http/requests.ts';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { type RangeStandIn, startRangeStandIn } from '../support/servers/range-stand-in.ts';
import { type Replica, startReplica } from '../support/torture/replicas.ts';

const LEASE_SECONDS = 2;
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const WINDOWS = 240;
const at = (hours: number) => new Date(START + hours * HOUR).toISOString().replace('.000Z', 'Z');
const postgres = await requiredPostgres();

const config = configOf(1, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: ['latency', 'errors'].map((name) => ({
    name,
    query: { type: 'prometheus', serviceType: 'prometheus', customInlineTemplate: `PromQL:${name}{v="\${scope}"}` },
    groups: ['group'],
    scopeName: 'default',
    analysisConfigurations: { canary: { direction: 'increase' } },
  })),
});
const asking = () => {
  const window = { start: at(0), end: at(WINDOWS), step: 60 };
  const scopes = { default: { controlScope: { scope: 'a', ...window }, experimentScope: { scope: 'b', ...window } } };
  const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 } };
  const backtest = { windowMinutes: 60, changes: ['25 %'], judgements: 2000 };
  return { canaryConfig: config, executionRequest, backtest };
};

describe.skipIf(postgres === undefined)('a backtest on replicas of one PostgreSQL', () => {
  let metrics: RangeStandIn;
  let url: string;
  const started: Replica[] = [];
  const replica = async () => {
    const one = await startReplica({ url, metricsUrl: metrics.baseUrl, leaseSeconds: LEASE_SECONDS });
    started.push(one);
    return one;
  };
  const begin = async (on: Replica) => String((await on.send('POST', '/canaryConfig/backtest', asking())).backtestId);
  const read = async (on: Replica, id: string) =>
    (await (await fetch(`${on.baseUrl}/backtests/${id}`)).json()) as BacktestAnswer;
  const until = async (on: Replica, id: string, isReached: (backtest: BacktestAnswer) => boolean) => {
    for (let look = 0; look < 1800; look++) {
      const found = await read(on, id);
      if (isReached(found)) return found;
      await sleep(50);
    }
    throw new Error(`it did not get there: ${JSON.stringify((await read(on, id)).windows)}`);
  };
  const rowOf = async (id: string) =>
    (
      await query<{ attempt: number; lost_attempts: number; worker: string | null }>(
        url,
        `select attempt, lost_attempts, worker from backtest where id = '${id}'`,
      )
    )[0];
  const whole = { planned: WINDOWS, done: WINDOWS };

  beforeAll(async () => {
    // Noise that is the same whoever asks for it: sums of sines whose periods share nothing.
    metrics = await startRangeStandIn((asked, second) => {
      const minute = second / 60 + (asked.includes('"b"') ? 7919 : 0) + (asked.includes('errors') ? 104_729 : 0);
      return 100 + 4 * Math.sin(minute * 1.7) + 3 * Math.sin(minute * 0.37) + 2 * Math.sin(minute * 4.1);
    });
  });
  beforeEach(async () => {
    url = await (postgres as PostgresServer).createDatabase();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop('SIGKILL')));
  });
  afterAll(async () => {
    await metrics?.stop();
    await postgres?.stop();
  });

  it('goes on at another one after kill -9, and says what an uninterrupted one says', {
    timeout: 120_000,
  }, async () => {
    const [first, second] = [await replica(), await replica()];
    const id = await begin(first);
    const before = await until(first, id, ({ windows }) => windows.done > 0);
    expect(before.windows.done).toBeLessThan(WINDOWS);
    await first.stop('SIGKILL');
    const ended = await until(second, id, ({ complete }) => complete);
    expect(ended).toMatchObject({ status: 'succeeded', windows: whole, report: { judged: WINDOWS } });
    expect(await rowOf(id)).toMatchObject({ attempt: 2, lost_attempts: 1 });
    const again = await begin(second);
    const alone = await until(second, again, ({ complete }) => complete);
    expect(ended.report).toEqual(alone.report);
  });

  it('is worked on by one at a time; who was frozen counts nothing when it wakes up', {
    timeout: 120_000,
  }, async () => {
    const [first, second] = [await replica(), await replica()];
    const id = await begin(first);
    await until(first, id, ({ windows }) => windows.done > 0);
    process.kill(first.pid, 'SIGSTOP');
    const taken = await until(second, id, ({ windows, complete }) => complete || windows.done > 170);
    process.kill(first.pid, 'SIGCONT');
    const ended = await until(second, id, ({ complete }) => complete);
    expect(taken.windows.done).toBeGreaterThan(0);
    expect(ended).toMatchObject({ status: 'succeeded', windows: whole, report: { windows: WINDOWS, judged: WINDOWS } });
    await sleep(3000);
    expect(await read(first, id)).toEqual(ended);
    const ends = started.flatMap(({ log }) => log.filter(({ msg }) => msg === 'backtest ended'));
    expect(ends).toHaveLength(1);
  });

  it('several at once are each worked on once', { timeout: 120_000 }, async () => {
    const replicas = [await replica(), await replica()];
    const ids = await Promise.all([0, 1, 0, 1].map((one) => begin(replicas[one] as Replica)));
    for (const id of ids) await until(replicas[0] as Replica, id, ({ complete }) => complete);
    for (const id of ids) expect(await rowOf(id)).toMatchObject({ attempt: 1, lost_attempts: 0 });
    const reports = await Promise.all(ids.map(async (id) => (await read(replicas[1] as Replica, id)).report));
    for (const report of reports) expect(report).toEqual(reports[0]);
    const listed = (await (await fetch(`${replicas[0]?.baseUrl}/backtests`)).json()) as BacktestLine[];
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('is canceled at another one than works on it', { timeout: 120_000 }, async () => {
    const [first, second] = [await replica(), await replica()];
    const id = await begin(first);
    await until(first, id, ({ windows }) => windows.done > 0);
    const answer = await fetch(`${second.baseUrl}/backtests/${id}/cancel`, { method: 'PUT' });
    expect(answer.status).toBe(202);
    const canceled = await read(second, id);
    expect(canceled).toMatchObject({ status: 'canceled', complete: true });
    // Who works on it hears of it when it stores what it has counted, or renews its lease.
    await sleep((LEASE_SECONDS * 1000) / 3 + 2500);
    let asked = 0;
    metrics.onQuery = () => {
      asked += 1;
    };
    await sleep(1500);
    expect(asked).toBe(0);
    expect(await read(first, id)).toEqual(canceled);
    const next = await begin(first);
    expect(await until(first, next, ({ complete }) => complete)).toMatchObject({ status: 'succeeded', windows: whole });
  });
});
