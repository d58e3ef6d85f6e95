import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServiceProcess, startService } from '../support/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { torture } from '../support/torture.ts';
import { problemsOf, untilQuiet } from '../support/torture-checks.ts';
import { type Job, startOf } from '../support/torture-jobs.ts';
import { startTortureMetrics } from '../support/torture-metrics.ts';

/** Another seed, another course: `TORTURE_SEED=7 npx vitest run --config vitest.system.config.ts …` */
const SEED = Number(process.env.TORTURE_SEED ?? 1);
const JOBS = 300;
const KILLS = 30;

const MAIN = 'src/main.ts';
const SLOW_RUN: Job = {
  kind: 'run',
  number: 0,
  storedConfig: false,
  metric: 'slow',
  intervals: 1,
  callback: false,
  canceled: false,
  idempotent: false,
  endings: ['succeeded'],
};

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

describe('the embedded store', () => {
  it(`keeps ${JOBS} accepted jobs through ${KILLS} SIGKILLs: each ends, once, and tells of it`, async () => {
    const dataDir = temporaryDirectory();
    const begin = Date.now();
    const tortured = await torture({ seed: SEED, jobs: JOBS, kills: KILLS, settings: { dataDir } });
    opened.push(tortured.stop);
    await untilQuiet(tortured, 30_000);
    expect(await problemsOf(tortured)).toEqual([]);
    expect(tortured.accepted).toHaveLength(JOBS);
    expect(await tortured.service.stop('SIGTERM')).toBe(0);
    const found = inspect(dataDir);
    expect(found).toMatchObject({
      integrity: 'ok',
      brokenReferences: 0,
      unfinished: 0,
      leased: 0,
      pendingCallbacks: 0,
    });
    // Killing has interrupted some, or this would prove nothing.
    expect(found.interrupted).toBeGreaterThan(0);
    expect(tortured.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    const told = tortured.receiver.received.length;
    console.info({ seed: SEED, seconds: (Date.now() - begin) / 1000, told, ...found });
  }, 300_000);

  it('stops on SIGTERM within ten seconds, and has what it accepted until then after the next start', async () => {
    const { environment } = await slowService();
    const service = await startService(environment);
    opened.push(() => service.stop('SIGKILL'));
    const ids: string[] = [];
    let stopping = false;
    const client = async () => {
      while (!stopping) {
        const id = await startRun(service).catch(() => undefined);
        if (id !== undefined) ids.push(id);
      }
    };
    const clients = Array.from({ length: 4 }, client);
    await expect.poll(() => ids.length, { timeout: 20_000 }).toBeGreaterThan(20);
    const begin = Date.now();
    const stopped = service.stop('SIGTERM');
    expect(await stopped).toBe(0);
    expect(Date.now() - begin).toBeLessThan(10_000);
    stopping = true;
    await Promise.all(clients);
    const next = await startService(environment);
    opened.push(() => next.stop());
    for (const id of ids) {
      await expect.poll(() => statusOf(next, id), { timeout: 30_000, interval: 20 }).toBe('succeeded');
    }
  });

  it('refuses a second process on its folder with exit code 1, says what to do, and goes on', async () => {
    const { environment } = await slowService();
    const service = await startService(environment);
    opened.push(() => service.stop());
    const options = { env: { ...process.env, ...environment }, encoding: 'utf8', timeout: 20_000 } as const;
    const second = spawnSync(process.execPath, [MAIN], options);
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(
      /haldane\.sqlite is in use by another Haldane; stop that one, or give this one its own/,
    );
    const id = await startRun(service);
    await expect.poll(() => statusOf(service, id), { timeout: 10_000 }).toBe('succeeded');
  });
});

/** A service whose metrics store takes its time, not yet started. */
async function slowService(): Promise<{ environment: Record<string, string> }> {
  const metrics = await startTortureMetrics();
  opened.push(metrics.stop);
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
  writeFileSync(file, JSON.stringify({ dataDir, accounts: [account] }));
  return { environment: { HALDANE_CONFIG: file, HALDANE_PORT: '0' } };
}

async function startRun({ baseUrl }: ServiceProcess): Promise<string> {
  const { path, body } = startOf(SLOW_RUN, {});
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { canaryExecutionId: string }).canaryExecutionId;
}

async function statusOf({ baseUrl }: ServiceProcess, id: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/canary/${id}`);
  return ((await answer.json()) as { status: string }).status;
}

/** What stands in the file, once no process uses it. */
function inspect(dataDir: string) {
  const db = new DatabaseSync(join(dataDir, 'haldane.sqlite'));
  const count = (sql: string) => Number(Object.values(db.prepare(`select count(*) ${sql}`).get() ?? {})[0]);
  const unended = "status in ('not_started', 'running')";
  const found = {
    integrity: Object.values(db.prepare('pragma integrity_check').get() ?? {})[0],
    brokenReferences: db.prepare('pragma foreign_key_check').all().length,
    runs: count('from canary_execution'),
    analyses: count('from standalone_analysis'),
    unfinished: count(`from canary_execution where ${unended}`) + count(`from standalone_analysis where ${unended}`),
    leased: count(`from canary_execution where lease_until is not null and ${unended}`),
    interrupted: count('from canary_execution where attempt > 1'),
    pendingCallbacks: count("from callback_delivery where status = 'pending'"),
    seriesOfNoRun: count(
      'from metric_set_pair_list where id not in (select metric_set_pair_list_id from canary_execution where metric_set_pair_list_id is not null)',
    ),
  };
  db.close();
  return found;
}
