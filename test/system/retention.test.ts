import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type RangeStandIn, startRangeStandIn } from '../support/servers/range-stand-in.ts';
import { run } from '../support/store-suite.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let haldane: ServiceProcess;
let prometheus: RangeStandIn;
afterEach(async () => {
  await haldane.stop();
  await prometheus.stop();
});

const SECONDS = 1 / 60;

/** Retention looks every two seconds. @param settings of `retention` */
async function start(settings: string, directory = temporaryDirectory()): Promise<void> {
  prometheus = await startRangeStandIn((_, seconds) => seconds % 7);
  const config = join(directory, 'haldane.yml');
  writeFileSync(
    config,
    `accounts: [{ name: prom, type: prometheus, endpoint: { baseUrl: "${prometheus.baseUrl}" } }]\n` +
      `retention: { everyMinutes: ${2 * SECONDS}, ${settings} }\n`,
  );
  haldane = await startService({ HALDANE_CONFIG: config, HALDANE_DATA_DIR: directory, HALDANE_PORT: '0' });
}

const headers = { 'content-type': 'application/json' };
async function send(path: string, method = 'GET', body?: object) {
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(haldane.baseUrl + path, init);
  const text = await answer.text();
  expect([answer.status, text], `${method} ${path}`).toEqual([expect.toSatisfy((code) => code < 300), text]);
  return text === '' ? undefined : JSON.parse(text);
}

async function until(isSo: (storage: { usedMegabytes: number; counts: Record<string, number> }) => boolean) {
  for (;;) {
    const storage = await send('/storage');
    if (isSo(storage)) return storage;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

it('forgets everything that grows once it is old: fetched and stored lists, comparisons, runs, series of deleted ones', async () => {
  await start(`maxAgeDays: ${20 / 86_400}`);
  const query = { type: 'prometheus', customInlineTemplate: 'PromQL:sum(x{v="${scope}"})' };
  const metrics = [{ name: 'm', query, scopeName: 'default', groups: ['group'] }];
  const canaryConfig = { ...configOf(0, { judge: { name: 'NetflixACAJudge-v1.0' } }), metrics };
  const body = { canaryConfig, executionRequest: requestOf() };
  const judged = await send('/canary?wait=60s', 'POST', body);
  const deleted = await send('/canary?wait=60s', 'POST', body);
  await send(`/canary/${deleted.pipelineId}`, 'DELETE');
  const id = await send('/canaryConfig', 'POST', canaryConfig);
  const judges = 'judge1Name=NetflixACAJudge-v1.0&judge2Name=WelchTJudge-v1.0&passThreshold=95&marginalThreshold=75';
  const stored = `canaryConfigId=${id.canaryConfigId}&metricSetPairListId=${judged.metricSetPairListId}`;
  await send(`/judges/comparison?${stored}&${judges}`, 'POST');
  await send('/metricSetPairList', 'POST', []);
  const window = 'start=2026-01-01T00:00:00Z&end=2026-01-01T00:03:00Z';
  await send(
    `/fetch/prometheus/query?metricSetName=cpu&metricName=node_cpu&customFilter=job%3D%22x%22&step=60&${window}`,
    'POST',
  );
  const { counts } = await send('/storage');
  expect(counts).toMatchObject({ canaryConfigs: 1 });
  const { counts: left } = await until(({ counts: now }) => {
    const { canaryConfigs: _, ...others } = now;
    return Object.values(others).every((count) => count === 0);
  });
  expect(left.canaryConfigs).toBe(1);
});

it('forgets the oldest until the rest fits its budget, and keeps what was stored just now', async () => {
  const directory = temporaryDirectory();
  const yesterday = Date.now() - 86_400_000;
  const store = await openStore(openSqlite(directory), () => yesterday);
  const values = () => Array.from({ length: 5000 }, Math.random);
  const pairs = () => [{ name: 'm', id: 'm', tags: {}, values: { control: values(), experiment: [] } }];
  for (let index = 0; index < 40; index++) {
    const id = String(index).padStart(2, '0');
    await store.metricSetPairLists.put(`of-${id}`, pairs());
    const endTime = yesterday + index;
    await store.runs.create(
      run(id, { status: 'canceled', buildTime: endTime, endTime, metricSetPairListId: `of-${id}` }),
    );
  }
  const before = await store.upkeep.usedBytes();
  await store.close();
  const budget = before / 1e6 / 2;
  await start(`maxMegabytes: ${budget}`, directory);
  const young = await send('/metricSetPairList', 'POST', pairs());
  await until(({ usedMegabytes }) => usedMegabytes <= budget);
  expect(await send(`/metricSetPairList/${young.metricSetPairListId}`)).toHaveLength(1);
  expect((await send('/storage')).retention).toEqual({ maxAgeDays: 90, maxMegabytes: budget });
});
