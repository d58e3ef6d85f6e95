import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServiceProcess, startService } from '../http/service-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { type Tortured, torture } from './torture.ts';
import { problemsOf, untilQuiet } from './torture-checks.ts';
import { type Job, startOf } from './torture-jobs.ts';
import { startTortureMetrics } from './torture-metrics.ts';

/** Another seed, another course: `TORTURE_SEED=7 npx vitest run --config vitest.system.config.ts …` */
const SEED = Number(process.env.TORTURE_SEED ?? 1);
const QUIET_WITHIN_MILLIS = 60_000;

export interface TorturedStore {
  readonly name: string;
  readonly jobs: number;
  readonly kills: number;
  newPlace(): Promise<TorturePlace>;
}

/** Where an empty store is. */
export interface TorturePlace {
  /** what the configuration file says of it */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Counts rows, `from …`, once no service uses the store. */
  count(from: string): Promise<number>;
  /** Whatever is damaged, once no service uses the store; absent where only clients are killed. */
  damage?(): Promise<string[]>;
}

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

/** What must be true of the service on every store, whatever happens to its process. */
export function describeTorture({ name, jobs, kills, newPlace }: TorturedStore): void {
  const opened: (() => Promise<unknown>)[] = [];

  describe(`the service on ${name}`, () => {
    afterEach(async () => {
      for (const close of opened.splice(0)) await close();
    });

    it(`keeps ${jobs} accepted jobs through ${kills} SIGKILLs: each ends, once, and tells of it`, async () => {
      const place = await newPlace();
      const begin = Date.now();
      const tortured = await torture({ seed: SEED, jobs, kills, settings: place.settings });
      opened.push(tortured.stop);
      await untilQuiet(tortured, QUIET_WITHIN_MILLIS);
      const { runs, analyses, interrupted, ...left } = await leftAtLast(place, tortured);
      expect(await problemsOf(tortured)).toEqual([]);
      expect(tortured.accepted).toHaveLength(jobs);
      expect(await tortured.service.stop('SIGTERM')).toBe(0);
      expect(left).toEqual({ unfinished: 0, leased: 0, pendingCallbacks: 0, seriesOfNoRun: 0, runsWithoutSeries: 0 });
      expect((await place.damage?.()) ?? []).toEqual([]);
      // Killing has interrupted some, or this would prove nothing.
      expect(interrupted).toBeGreaterThan(0);
      expect(tortured.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
      const [seconds, told] = [(Date.now() - begin) / 1000, tortured.receiver.received.length];
      console.info({ store: name, seed: SEED, seconds, runs, analyses, interrupted, told });
    }, 900_000);

    it('stops on SIGTERM within ten seconds, and has what it accepted until then after the next start', async () => {
      const environment = await slowService(await newPlace(), opened);
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
      expect(await service.stop('SIGTERM')).toBe(0);
      expect(Date.now() - begin).toBeLessThan(10_000);
      stopping = true;
      await Promise.all(clients);
      const next = await startService(environment);
      opened.push(() => next.stop());
      for (const id of ids) {
        await expect.poll(() => statusOf(next, id), { timeout: 30_000, interval: 20 }).toBe('succeeded');
      }
    });
  });
}

/** @returns the environment of a service whose metrics store takes its time; it is not yet started */
export async function slowService(
  { settings }: Pick<TorturePlace, 'settings'>,
  opened: (() => Promise<unknown>)[],
): Promise<Record<string, string>> {
  const metrics = await startTortureMetrics();
  opened.push(metrics.stop);
  const file = join(temporaryDirectory(), 'haldane.yml');
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
  writeFileSync(file, JSON.stringify({ ...settings, accounts: [account] }));
  return { HALDANE_CONFIG: file, HALDANE_PORT: '0' };
}

/** @returns the id of a run that takes some tenths of a second */
export async function startRun({ baseUrl }: ServiceProcess): Promise<string> {
  const { path, body } = startOf(SLOW_RUN, {});
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { canaryExecutionId: string }).canaryExecutionId;
}

export async function statusOf({ baseUrl }: ServiceProcess, id: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/canary/${id}`);
  return ((await answer.json()) as { status: string }).status;
}

/**
 * What the store holds once all has ended that no client knows of: its start was stored, and the process killed before
 * it could answer. Nobody can ask for it, so the service is stopped to look.
 */
async function leftAtLast(place: TorturePlace, tortured: Tortured) {
  const deadline = Date.now() + QUIET_WITHIN_MILLIS;
  for (;;) {
    await tortured.service.stop('SIGTERM');
    const left = await leftBy(place);
    await tortured.startAgain();
    if ((left.unfinished === 0 && left.pendingCallbacks === 0) || Date.now() > deadline) return left;
    await sleep(1000);
  }
}

async function leftBy({ count }: TorturePlace) {
  const unended = "status in ('not_started', 'running')";
  const [noted, kept] = ['select metric_set_pair_list_id from canary_execution', 'select id from metric_set_pair_list'];
  return {
    runs: await count('from canary_execution'),
    analyses: await count('from standalone_analysis'),
    interrupted: await count('from canary_execution where attempt > 1'),
    unfinished:
      (await count(`from canary_execution where ${unended}`)) +
      (await count(`from standalone_analysis where ${unended}`)),
    leased: await count(`from canary_execution where lease_until is not null and ${unended}`),
    pendingCallbacks: await count("from callback_delivery where status = 'pending'"),
    seriesOfNoRun: await count(
      `from metric_set_pair_list where id not in (${noted} where metric_set_pair_list_id is not null)`,
    ),
    runsWithoutSeries: await count(`from canary_execution where metric_set_pair_list_id not in (${kept})`),
  };
}
