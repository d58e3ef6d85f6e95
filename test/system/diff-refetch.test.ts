import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type RangeStandIn, startRangeStandIn } from '../support/servers/range-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const valueAt = (_query: string, seconds: number) => 100 + (((seconds - START) / 60) % 7);
const CONFIG = configOf(0, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: [
    {
      name: 'errors',
      query: {
        type: 'prometheus',
        serviceType: 'prometheus',
        customInlineTemplate: 'PromQL:errors{version="$\\{scope}"}',
      },
      groups: ['group'],
      scopeName: 'default',
      analysisConfigurations: { canary: { direction: 'increase' } },
    },
  ],
});

let prometheus: RangeStandIn;
let haldane: ServiceProcess;
const directory = temporaryDirectory();
const bucket = join(directory, 'bucket');

beforeAll(async () => {
  prometheus = await startRangeStandIn(valueAt);
  const accounts = `accounts: [{ name: prom, type: prometheus, endpoint: { baseUrl: "${prometheus.baseUrl}" } }]`;
  writeFileSync(join(directory, 'haldane.yml'), accounts);
  haldane = await startService({
    HALDANE_CONFIG: join(directory, 'haldane.yml'),
    HALDANE_DATA_DIR: directory,
    HALDANE_PORT: '0',
  });
});
afterAll(async () => {
  await haldane.stop();
  await prometheus.stop();
});

function write(group: string, id: string, file: string, value: object): void {
  mkdirSync(join(bucket, group, id), { recursive: true });
  writeFileSync(join(bucket, group, id, file), JSON.stringify(value));
}

/** A run in a copy of Kayenta's bucket, which judged so many points a side. */
function archive(id: string, points: number, classification: string, score: number): void {
  const values = Array.from({ length: points }, (_, minute) => valueAt('', START + 60 * minute));
  const stats = { count: points, mean: 103, min: 100, max: 106, std: 2 };
  const result = { name: 'errors', id: `pair-${id}`, tags: {}, classification, groups: ['group'] };
  const sides = { experimentMetadata: { stats }, controlMetadata: { stats }, critical: false, muted: false };
  const verdict = score > 95 ? 'Pass' : 'Fail';
  const judgeResult = {
    judgeName: 'NetflixACAJudge-v1.0',
    results: [{ ...result, ...sides, resultMetadata: { ratio: 1 } }],
    groupScores: [{ name: 'group', score, classification: '', classificationReason: '' }],
    score: { score, classification: verdict, classificationReason: '' },
  };
  write('metric_pairs', `of-${id}`, 'metric_set_pairs.json', [
    { name: 'errors', id: `pair-${id}`, tags: {}, values: { control: values, experiment: values } },
  ]);
  write('canary_archive', id, 'canary_archive.json', {
    application: 'shop',
    pipelineId: id,
    status: 'succeeded',
    complete: true,
    stageStatus: { judge: 'succeeded' },
    result: { judgeResult, canaryDuration: 'PT1H' },
    config: CONFIG,
    canaryConfigId: 'ad-hoc',
    canaryExecutionRequest: requestOf(),
    metricSetPairListId: `of-${id}`,
    buildTimeMillis: 1_700_000_000_000,
    storageAccountName: 'kayenta-store',
    metricsAccountName: 'prom',
  });
}

const haldaneCommand = (...args: string[]) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, ['src/cli/haldane.ts', ...args], (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), out });
    });
  });

it('diff kayenta --refetch compares a bucket with what a real Haldane fetches and judges anew', async () => {
  archive('01HFGA', 61, 'Pass', 100);
  const same = await haldaneCommand('diff', 'kayenta', bucket, '--to', haldane.baseUrl, '--refetch');
  expect(same.out).toMatch(/^= +shop +checkout +01HFGA +errors +Pass +Pass +1 +1 +61\/61 +61\/61 +as recorded$/m);
  expect(same.code).toBe(0);

  archive('01HFGB', 60, 'High', 0);
  const differs = await haldaneCommand('diff', 'kayenta', bucket, '--to', haldane.baseUrl, '--refetch', '--json');
  expect(JSON.parse(differs.out)).toMatchObject({
    runs: [
      { runId: '01HFGB', comparison: { equal: false, metrics: [{ series: { difference: 'points' } }] } },
      { runId: '01HFGA', comparison: { equal: true, metrics: [{ series: { difference: 'none' } }] } },
    ],
    summary: { runs: { equal: 1, different: 1, unjudgeable: 0 }, series: { none: 1, points: 1 } },
  });
  expect(differs.code).toBe(1);

  for (const path of ['/canary/executions?application=*', '/metricSetPairList']) {
    expect(await (await fetch(haldane.baseUrl + path)).json()).toEqual([]);
  }
});
