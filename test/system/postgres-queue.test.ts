import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Job } from '../../src/domain/work-queue.ts';
import { PgBossQueue } from '../../src/queue/pg-boss.ts';
import { type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';

const postgres = await requiredPostgres();

/** A poll and a query later, on a busy machine. */
const SOON_MILLIS = 2000;

describe.skipIf(postgres === undefined)('the queue on PostgreSQL', () => {
  let url: string;
  const queues: PgBossQueue[] = [];
  const logged: string[] = [];

  const open = async (handler: (id: string, signal: AbortSignal) => Promise<void>, concurrency = 4) => {
    const line = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
    const log = { debug: line, info: line, warn: line, error: line };
    const each = { run: concurrency, analysis: concurrency, callback: concurrency };
    const queue = new PgBossQueue({ url, schema: 'pgboss', concurrency: each, leaseMillis: 1000, now: Date.now, log });
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
