import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Job } from '../../src/domain/work-queue.ts';
import { PgBossQueue } from '../../src/queue/pg-boss.ts';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';

const postgres = await requiredPostgres();

type Handler = (id: string, signal: AbortSignal) => Promise<void>;

/** A poll and a query later, on a busy machine. */
const SOON_MILLIS = 2000;

describe.skipIf(postgres === undefined)('the queue on PostgreSQL', () => {
  let url: string;
  const queues: PgBossQueue[] = [];
  const logged: string[] = [];

  const open = async (handler: Handler, concurrency = 4, perShare?: number) => {
    const line = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
    const log = { debug: line, info: line, warn: line, error: line };
    const each = { run: concurrency, analysis: concurrency, callback: concurrency, backtest: concurrency };
    const limits = { concurrency: each, perShare, leaseMillis: 1000 };
    const queue = new PgBossQueue({ url, schema: 'pgboss', ...limits, now: Date.now, log });
    for (const kind of ['run', 'callback'] as const) queue.handle(kind, handler);
    await queue.start();
    queues.push(queue);
    return queue;
  };
  const run = (id: string): Job => ({ kind: 'run', id });

  beforeEach(async () => {
    const address = await (postgres as PostgresServer).createDatabase();
    url = address.replace('haldane@', 'haldane:queue-test-secret@');
    logged.length = 0;
  });
  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.stop()));
    expect(logged.join('\n')).not.toContain('queue-test-secret');
  });
  afterAll(() => postgres?.stop());

  it('gives every job to one of several processes', async () => {
    const done: string[] = [];
    const worker = async (id: string) => {
      await sleep(5);
      done.push(id);
    };
    const [first] = await Promise.all([open(worker), open(worker), open(worker)]);
    const ids = Array.from({ length: 60 }, (_, index) => `run-${index}`);
    await Promise.all(ids.map((id) => first?.push(run(id))));
    await expect.poll(() => done.length, { timeout: 10_000 }).toBe(60);
    await sleep(SOON_MILLIS);
    expect(done.toSorted()).toEqual(ids.toSorted());
  });

  it('takes turns between shares, over processes, and is first come, first served within one', async () => {
    const done: string[] = [];
    const worker = async (id: string) => {
      done.push(id);
      await sleep(20);
    };
    const flood = await open(worker, 1);
    flood.setEnabled(false);
    const other = await open(worker, 1);
    other.setEnabled(false);
    for (let number = 0; number < 30; number++) await flood.push({ ...run(`a${number}`), share: 'a', group: 'prom' });
    for (const id of ['b0', 'b1']) await other.push({ ...run(id), share: 'b', group: 'prom' });
    await flood.push({ ...run('c0'), share: 'c', group: 'prom' });
    flood.setEnabled(true);
    await expect.poll(() => done.length, { timeout: 30_000 }).toBe(33);
    expect(done.slice(0, 5)).toEqual(expect.arrayContaining(['a0', 'b0', 'c0']));
    expect(done.indexOf('b1')).toBeLessThan(6);
    expect(done.filter((id) => id.startsWith('a'))).toEqual(Array.from({ length: 30 }, (_, number) => `a${number}`));
  });

  it('has no more of a share in work than the limit, over all groups, and the others meanwhile', async () => {
    const [busy, most, done] = [new Map<string, number>(), new Map<string, number>(), [] as string[]];
    const count = (share: string, change: number) => {
      busy.set(share, (busy.get(share) ?? 0) + change);
      most.set(share, Math.max(most.get(share) ?? 0, busy.get(share) ?? 0));
    };
    const worker = async (id: string) => {
      count(id.charAt(0), 1);
      await sleep(50);
      count(id.charAt(0), -1);
      done.push(id);
    };
    const queue = await open(worker, 4, 2);
    queue.setEnabled(false);
    for (let number = 0; number < 12; number++) {
      await queue.push({ ...run(`a${number}`), share: 'a', group: number % 2 === 0 ? 'prom' : 'datadog' });
    }
    for (const id of ['b0', 'b1']) await queue.push({ ...run(id), share: 'b', group: 'prom' });
    queue.setEnabled(true);
    await expect.poll(() => done.length, { timeout: 30_000 }).toBe(14);
    expect(Object.fromEntries(most)).toEqual({ a: 2, b: 2 });
    expect(new Set(done).size).toBe(14);
    expect(done.slice(0, 5)).toEqual(expect.arrayContaining(['b0', 'b1']));
  });

  it('does equal jobs that wait once, at the earliest time any of them asked for', async () => {
    const done: { id: string; at: number }[] = [];
    const queue = await open(async (id) => void done.push({ id, at: Date.now() }));
    const begin = Date.now();
    await queue.push(run('a'), 60_000);
    await queue.push(run('a'), 1500);
    await queue.push(run('a'), 30_000);
    await queue.push(run('b'), 60_000);
    await queue.push(run('b'));
    await sleep(1500 + SOON_MILLIS);
    expect(done.map(({ id }) => id)).toEqual(['b', 'a']);
    expect((done[1]?.at ?? 0) - begin).toBeGreaterThanOrEqual(1500);
  });

  it('does a job again that was pushed while it was worked on', async () => {
    let count = 0;
    const queue: PgBossQueue = await open(async (id) => {
      count += 1;
      if (count === 1) await queue.push(run(id));
    });
    await queue.push(run('a'));
    await expect.poll(() => count, { timeout: SOON_MILLIS }).toBe(2);
  });

  it('does a job again that failed', async () => {
    let count = 0;
    const queue = await open(async () => {
      count += 1;
      if (count < 3) throw new Error('not yet');
    });
    await queue.push(run('a'));
    await expect.poll(() => count, { timeout: 3 * SOON_MILLIS }).toBe(3);
  });

  it('works on no more at once than it may', async () => {
    let [atOnce, most, done] = [0, 0, 0];
    const queue = await open(async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(20);
      atOnce -= 1;
      done += 1;
    }, 3);
    await Promise.all(Array.from({ length: 20 }, (_, index) => queue.push(run(String(index)))));
    await expect.poll(() => done, { timeout: 10_000 }).toBe(20);
    expect(most).toBe(3);
  });

  it('lets no group of jobs hold up another', async () => {
    const done: string[] = [];
    const { promise: slow, resolve: end } = Promise.withResolvers<void>();
    const queue = await open(async (id) => {
      if (id.startsWith('slow')) await slow;
      done.push(id);
    }, 2);
    for (let index = 0; index < 20; index++) await queue.push({ kind: 'callback', id: `slow-${index}`, group: 'slow' });
    await queue.push({ kind: 'callback', id: 'quick', group: 'other' });
    await expect.poll(() => done, { timeout: SOON_MILLIS }).toEqual(['quick']);
    end();
    await expect.poll(() => done.length, { timeout: 10_000 }).toBe(21);
  });

  it('says what it lacks when it may not make its tables', async () => {
    await query(url, 'create role reader login');
    const name = new URL(url).pathname.slice(1);
    await query(url, `revoke all on database "${name}" from public; grant connect on database "${name}" to reader`);
    url = url.replace('//haldane:', '//reader:');
    await expect(open(async () => {})).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message: expect.stringMatching(
        /schema 'pgboss': permission denied .*; allow the user in store\.url to create it/,
      ),
    });
  });

  it('takes nothing up while it is disabled', async () => {
    const done: string[] = [];
    const queue = await open(async (id) => void done.push(id));
    queue.setEnabled(false);
    await sleep(500); // a look that has begun may still take a job
    await queue.push(run('a'));
    await sleep(1000);
    expect(done).toEqual([]);
    queue.setEnabled(true);
    await expect.poll(() => done, { timeout: SOON_MILLIS }).toEqual(['a']);
  });

  it('leaves what it was stopped in to another, at once', async () => {
    const aborted: string[] = [];
    const first = await open((id, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => {
        aborted.push(id);
        resolve();
      });
      return promise;
    });
    await first.push(run('a'));
    await sleep(1000);
    const done: string[] = [];
    await open(async (id) => void done.push(id));
    await first.stop();
    expect(aborted).toEqual(['a']);
    await expect.poll(() => done, { timeout: SOON_MILLIS }).toEqual(['a']);
  });

  it('gives the job of a killed process to another', async () => {
    const worker = spawn(process.execPath, ['test/support/torture/hanging-worker.ts', url], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void worker.kill('SIGKILL'));
    worker.stderr.setEncoding('utf8').on('data', (text: string) => logged.push(text));
    const took = once(worker.stdout, 'data');
    const done: string[] = [];
    const queue = await open(async (id) => void done.push(id));
    queue.setEnabled(false);
    await sleep(500); // a look that has begun may still take a job
    await queue.push({ kind: 'callback', id: 'a' });
    expect(String((await took)[0])).toBe('took a\n');
    worker.kill('SIGKILL');
    queue.setEnabled(true);
    await expect.poll(() => done, { timeout: 30_000 }).toEqual(['a']);
  });

  it('goes on after the database has closed its connections', async () => {
    const done: string[] = [];
    const queue = await open(async (id) => void done.push(id));
    await query(
      url,
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = ' +
        'current_database()',
    );
    await sleep(100);
    await queue.push(run('a'));
    await expect.poll(() => done, { timeout: 10_000 }).toEqual(['a']);
  });
});
