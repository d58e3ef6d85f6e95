import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CanaryExecutionStatusResponse } from '../../src/domain/canary-execution.ts';
import { type PageOptions, requiredChromium, watchedPage } from './browser.ts';
import { sampleConfig, sampleRequest } from './report-samples.ts';
import { startSampleStore } from './sample-store.ts';
import { startService } from './service-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

// Draws the pictures of the documents anew, so that they stay true: `npm run screenshots`.
const FOLDER = new URL('../../docs/images/', import.meta.url).pathname;
const METRICS = 20;
const POINTS = 240;

const browser = await requiredChromium();
if (browser === undefined) process.exit(1);
const store = await startSampleStore();
const dataDir = temporaryDirectory();
const file = join(dataDir, 'haldane.yml');
const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: store.baseUrl } };
writeFileSync(file, JSON.stringify({ dataDir, accounts: [account] }));
const service = await startService({ HALDANE_CONFIG: file, HALDANE_PORT: '0' });
mkdirSync(FOLDER, { recursive: true });
try {
  const { canaryConfigId } = (await post('/canaryConfig', { ...sampleConfig(METRICS), name: 'every-release' })) as {
    canaryConfigId: string;
  };
  const run = await judge(sampleConfig(METRICS));
  const other = await judge(
    sampleConfig(METRICS, { judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} } }),
  );
  await draw('report', `/reports/${run}`, { height: 1150 });
  await draw('report-dark', `/reports/${run}`, { height: 1150, colorScheme: 'dark' });
  await draw('report-phone', `/reports/${run}`, { width: 390, height: 844 });
  await draw('runs', '/', { height: 560 });
  await draw('config', `/configs/${canaryConfigId}`, { height: 900 });
  await draw('compare', `/compare?a=${run}&b=${other}`, { height: 900 });
} finally {
  await browser.close();
  await service.stop();
  await store.stop();
}

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(service.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function judge(canaryConfig: unknown): Promise<string> {
  const body = { canaryConfig, executionRequest: sampleRequest(POINTS) };
  const run = (await post('/canary?wait=60s&application=shop', body)) as CanaryExecutionStatusResponse;
  return run.pipelineId;
}

async function draw(name: string, path: string, options: PageOptions): Promise<void> {
  if (browser === undefined) return;
  const { page, problems, close } = await watchedPage(browser, options);
  await page.goto(service.baseUrl + path);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  if (problems.length > 0) throw new Error(`${path}: ${problems.join('; ')}`);
  await close();
}
