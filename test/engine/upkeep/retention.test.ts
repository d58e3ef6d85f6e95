import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { Retention } from '../../../src/engine/upkeep/retention.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-01T00:00:00Z');
const opened: TestService[] = [];
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

async function withRuns(count: number, changes: { maxRuns?: number } = {}) {
  const service = await createTestService();
  opened.push(service);
  const { store } = service;
  for (let index = 0; index < count; index++) {
    const age = index * DAY;
    const pairs = `pairs-${index}`;
    await store.metricSetPairLists.put(pairs, []);
    await store.runs.create({
      id: `run-${String(index).padStart(4, '0')}`,
      application: 'shop',
      canaryConfigId: 'ad-hoc',
      config: configOf(1),
      request: requestOf(),
      storageAccountName: 'haldane',
      metricsAccountName: 'fake',
      status: index === count - 1 ? 'running' : 'terminal',
      stageStatus: {},
      metricSetPairListId: pairs,
      buildTime: NOW - age,
      endTime: index === count - 1 ? undefined : NOW - age,
    });
  }
  const retention = new Retention({
    store,
    maxAgeDays: 90,
    auditDays: 365,
    everyMinutes: 60,
    now: () => NOW,
    monotonic: () => 0,
    log: pino({ level: 'silent' }),
    ...changes,
  });
  return { service, store, retention };
}

it('forgets runs that ended more than 90 days ago, with their series, however many there are, and no other', {
  timeout: 30_000,
}, async () => {
  const { store, retention } = await withRuns(230);
  expect(await retention.prune()).toBe(138);
  await retention.stop();
  const ids = await store.runs.ids();
  expect(ids).toHaveLength(92);
  expect(ids).toContain('run-0229');
  expect(await store.metricSetPairLists.keys()).toHaveLength(92);
});

it('keeps the newest of a number of runs, and those that have not ended', async () => {
  const { store, retention } = await withRuns(20, { maxRuns: 5 });
  expect(await retention.prune()).toBe(14);
  await retention.stop();
  expect(await store.runs.ids()).toEqual(['run-0019', 'run-0004', 'run-0003', 'run-0002', 'run-0001', 'run-0000']);
});

it.each([
  ['imported under its id', 'POST', {}],
  ['without an end', 'POST', { endTimeMillis: undefined, endTimeIso: undefined }],
  ['a failed one', 'POST', { status: 'terminal', result: undefined }],
  ['replaced', 'PUT', { application: 'another' }],
] as const)('keeps an old run that was just imported: %s', async (_, method, changes) => {
  const service = await createTestService();
  opened.push(service);
  const { http, store } = service;
  const series = await http.inject({ method: 'POST', url: '/metricSetPairList', payload: [] });
  const payload = {
    status: 'canceled',
    canaryConfigId: 'ad-hoc',
    config: configOf(1),
    buildTimeMillis: 1_500_000_000_000,
    endTimeMillis: 1_500_000_009_000,
    ...series.json(),
    ...changes,
  };
  await http.inject({ method: 'POST', url: '/canaryResultArchive?pipelineId=old', payload });
  if (method === 'PUT') await http.inject({ method, url: '/canaryResultArchive/old', payload });
  const prune = async (now: number) => {
    const settings = {
      maxAgeDays: 90,
      auditDays: 365,
      everyMinutes: 60,
      now: () => now,
      monotonic: () => 0,
      log: pino({ level: 'silent' }),
    };
    const retention = new Retention({ store, ...settings });
    await retention.prune();
    await retention.stop();
    return [await store.runs.ids(), (await store.metricSetPairLists.keys()).length];
  };
  expect(await prune(Date.now() + 89 * DAY)).toEqual([['old'], 1]);
  expect(await prune(Date.now() + 91 * DAY)).toEqual([[], 0]);
});

it('forgets nothing because the clock was set a year ahead, for as long as between two looks', async () => {
  let [wall, steady] = [NOW, 0];
  const warnings: object[] = [];
  const log = { ...pino({ level: 'silent' }), info: () => {}, warn: (fields: object) => warnings.push(fields) };
  const { store } = await withRuns(3);
  const retention = new Retention({
    ...{ store, maxAgeDays: 90, auditDays: 365, everyMinutes: 60, log: log as never },
    ...{ now: () => wall, monotonic: () => steady },
  });
  const pass = (wallMillis: number, millis: number) => {
    wall += wallMillis;
    steady += millis;
    return retention.prune();
  };
  expect(await pass(365 * DAY, 3_600_000)).toBe(0);
  expect(warnings).toEqual([{ aheadMinutes: 365 * 24 * 60 - 60 }]);
  // A time server puts it right again.
  expect(await pass(-365 * DAY, 3_600_000)).toBe(0);
  expect(await store.runs.ids()).toHaveLength(3);
  // Where it stays so, it was right.
  expect(await pass(365 * DAY, 3_600_000)).toBe(0);
  expect(await pass(3_600_000, 3_600_000)).toBeGreaterThan(0);
  await retention.stop();
});

it('forgets what clients stored, comparisons, and the series of deleted runs', async () => {
  const { service, store, retention } = await withRuns(3);
  const { http } = service;
  await retention.stop();
  await http.inject({ method: 'POST', url: '/metricSetList', payload: [] });
  await http.inject({ method: 'POST', url: '/metricSetPairList', payload: [] });
  await store.judgeComparisons.put('compared', {});
  await http.inject({ method: 'DELETE', url: '/canary/run-0001' });
  const settings = { maxAgeDays: 90, auditDays: 365, everyMinutes: 60, log: pino({ level: 'silent' }), store };
  const later = new Retention({ ...settings, now: () => Date.now() + 91 * DAY, monotonic: Date.now });
  await later.prune();
  await later.stop();
  expect(await store.upkeep.counts()).toMatchObject({
    runs: 1,
    metricSetPairLists: 1,
    metricSetLists: 0,
    judgeComparisons: 0,
  });
});

describe('with a budget', () => {
  const HOUR = 3_600_000;
  const values = () => ({ control: Array.from({ length: 2500 }, Math.random), experiment: [] });

  /** Runs of about 20 kilobytes each that ended so many hours ago, and one that has not. */
  async function prunedTo(maxMegabytes: number, hours: readonly number[]) {
    const service = await createTestService();
    opened.push(service);
    const { store } = service;
    const kept = {
      application: 'shop',
      canaryConfigId: 'ad-hoc',
      config: configOf(1),
      request: requestOf(),
      storageAccountName: 'haldane',
      metricsAccountName: 'fake',
      stageStatus: {},
    };
    for (const age of hours) {
      const time = NOW - age * HOUR;
      await store.metricSetPairLists.put(`of-${age}`, [{ name: 'm', id: 'm', tags: {}, values: values() }]);
      const times = { buildTime: time, endTime: time, metricSetPairListId: `of-${age}` };
      await store.runs.create({ ...kept, id: `${age} h`, status: 'succeeded', ...times });
    }
    await store.runs.create({ ...kept, id: 'unfinished', status: 'running', buildTime: NOW - 99 * DAY });
    const warnings: object[] = [];
    const log = { ...pino({ level: 'silent' }), info: () => {}, warn: (fields: object) => warnings.push(fields) };
    const retention = new Retention({
      store,
      maxAgeDays: 90,
      auditDays: 365,
      everyMinutes: 60,
      maxMegabytes,
      now: () => NOW,
      monotonic: () => 0,
      log: log as never,
    });
    await retention.prune();
    await retention.stop();
    return { ids: (await store.runs.ids()).toSorted(), store, warnings };
  }

  it('forgets the oldest until the rest fits, and no more', async () => {
    const hours = Array.from({ length: 130 }, (_, index) => 2 + index);
    const { ids, store, warnings } = await prunedTo(1.5, hours);
    expect(await store.upkeep.usedBytes()).toBeLessThanOrEqual(1.5e6);
    expect(ids.length).toBeGreaterThan(10);
    const oldest = Math.max(...ids.flatMap((id) => (id === 'unfinished' ? [] : [Number.parseInt(id, 10)])));
    expect(ids).toHaveLength(oldest);
    expect(ids).toContain('unfinished');
    expect((await store.metricSetPairLists.keys()).length).toBe(ids.length - 1);
    expect(warnings).toEqual([]);
  });

  it('keeps what ended within the hour, and says that it takes too much', async () => {
    const { ids, warnings } = await prunedTo(0.05, [0.2, 0.5, 3]);
    expect(ids).toEqual(['0.2 h', '0.5 h', 'unfinished']);
    expect(warnings).toEqual([{ usedMegabytes: expect.any(Number), maxMegabytes: 0.05 }]);
  });

  it('forgets nothing that fits', async () => {
    expect((await prunedTo(100, [3, 2000])).ids).toEqual(['2000 h', '3 h', 'unfinished']);
  });
});

it('GET /storage shows how much there is, and the limits', async () => {
  const { service } = await withRuns(4);
  const { statusCode, body } = await service.http.inject('/storage');
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toEqual({
    usedMegabytes: expect.any(Number),
    counts: {
      canaryConfigs: 0,
      runs: 4,
      standaloneAnalyses: 0,
      metricSetPairLists: 4,
      metricSetLists: 0,
      judgeComparisons: 0,
      callbacks: 0,
    },
    retention: { maxAgeDays: 90 },
  });
});

it('RUN-6: pages through all runs by cursor, while runs are added, with filters', async () => {
  const { service, store } = await withRuns(25);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const answer = await service.http.inject(
      `/canary/executions?application=*&limit=10${cursor ? `&cursor=${cursor}` : ''}`,
    );
    seen.push(...answer.json().map((run: { pipelineId: string }) => run.pipelineId));
    cursor = answer.headers['x-next-cursor'] as string | undefined;
    await service.http.inject({
      method: 'POST',
      url: '/canary',
      payload: { canaryConfig: configOf(1), executionRequest: requestOf() },
    });
  } while (cursor !== undefined);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
  const count = async (query: string) =>
    (await service.http.inject(`/canary/executions?limit=100&${query}`)).json().length;
  expect(await count('application=shop&from=2026-05-20T00:00:00Z&to=2026-05-25T00:00:00Z')).toBe(5);
  expect(await count('application=shop&statuses=running')).toBe(1);
  expect(await count('application=shop&canaryConfigId=other')).toBe(0);
  expect(await count('application=shop&verdicts=Fail')).toBe(0);
  expect((await service.http.inject('/canary/executions?verdicts=Great')).statusCode).toBe(400);
  expect((await service.http.inject('/canary/executions?cursor=abc')).statusCode).toBe(400);
  expect(await store.runs.ids()).toHaveLength(28);
});
