import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/**
 * Written by 0.1.0 as of commit 6f901ae: 2 configs, 13 runs (with a weight of "NaN", imported, with a callback), their
 * series, 3 analyses (one waits, one has a score of NaN), a posted list, a comparison, an idempotency key. Every later
 * version reads it.
 */
const FIXTURE = fileURLToPath(new URL('../fixtures/store/0.1.0.sqlite', import.meta.url));

const dataDir = temporaryDirectory();
let service: TestService;
beforeAll(async () => {
  copyFileSync(FIXTURE, join(dataDir, 'haldane.sqlite'));
  service = await createTestService({ dataDir });
});
afterAll(() => service.close());

const ask = async (url: string) => {
  const { statusCode, body } = await service.http.inject(url);
  return { status: statusCode, body };
};
const list = async (url: string): Promise<{ id: string; pipelineId: string }[]> => JSON.parse((await ask(url)).body);

it('the store of 0.1.0 is read whole: nothing in it is unreadable', async () => {
  const unreadable: unknown[] = [];
  const copy = temporaryDirectory();
  copyFileSync(FIXTURE, join(copy, 'haldane.sqlite'));
  const store = await openStore(openSqlite(copy), Date.now, { onUnreadable: (row) => unreadable.push(row) });
  expect((await store.canaryConfigs.list([])).map(({ id }) => id)).toEqual(['cmp-1', 'config-1']);
  for (const id of ['cmp-1', 'config-1']) expect(await store.canaryConfigs.get(id)).toMatchObject({ id });
  expect(await store.runs.list({ limit: 99 })).toHaveLength(13);
  expect(await store.runs.lines({ limit: 99 })).toHaveLength(13);
  expect(await store.analyses.list({ limit: 99 })).toHaveLength(3);
  for (const objects of [store.metricSetLists, store.metricSetPairLists, store.judgeComparisons]) {
    const keys = await objects.keys();
    expect(keys).not.toEqual([]);
    for (const { id } of keys) expect(await objects.get(id)).toBeDefined();
  }
  expect(await store.callbacks.pending()).toHaveLength(1);
  await store.close();
  expect(unreadable).toEqual([]);
});

it('its runs, analyses and reports are answered in every form', async () => {
  const runs = (await list('/canary/executions?application=*&limit=99')).map(({ pipelineId }) => pipelineId);
  expect(runs).toHaveLength(13);
  const { lines } = { lines: (await ask('/?show=analyses')).body };
  const analyses = [...new Set([...lines.matchAll(/\/reports\/(\w{26})/g)].map(([, id]) => id ?? ''))];
  expect(analyses).toHaveLength(3);
  for (const id of [...runs, ...analyses]) {
    for (const ending of ['', '.html', '.md', '.junit.xml', '.json']) {
      expect(await ask(`/reports/${id}${ending}`), `${id}${ending}`).toMatchObject({ status: 200 });
    }
  }
  for (const id of runs) expect(await ask(`/canaryResultArchive/${id}`)).toMatchObject({ status: 200 });
  for (const id of analyses) expect(await ask(`/standalone_canary_analysis/${id}`)).toMatchObject({ status: 200 });
  expect((await ask('/')).status).toBe(200);
});
