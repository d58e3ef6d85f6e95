import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { configOf } from '../support/http/requests.ts';
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { watchHealth } from './health-watch.ts';

// A run of many metrics with many points, and every form of its report: how long each takes, how long the service kept
// `GET /health` waiting meanwhile, and how much its memory grew.
const { values: options } = parseArgs({
  options: {
    metrics: { type: 'string', default: '500' },
    points: { type: 'string', default: '10080' },
    judge: { type: 'string', default: 'NetflixACAJudge-v1.0' },
  },
});
const [metrics, points] = [Number(options.metrics), Number(options.points)];

const standIn = spawn(process.execPath, [new URL('./prometheus-stand-in.ts', import.meta.url).pathname, '0']);
const [port] = await once(createInterface(standIn.stdout), 'line');
const folder = temporaryDirectory();
const file = join(folder, 'haldane.yml');
writeFileSync(
  file,
  JSON.stringify({
    accounts: [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: `http://127.0.0.1:${port}` } }],
  }),
);
const service = await startService({ HALDANE_CONFIG: file, HALDANE_DATA_DIR: folder, HALDANE_PORT: '0' });

const health = watchHealth(service.baseUrl);

try {
  await sleep(1000);
  const idle = rss();
  const rows: object[] = [];
  let id = '';
  rows.push(await measure('run', async () => (id = await run())));
  for (const form of ['md', 'junit.xml', 'json', 'html', '']) {
    const path = form === '' ? `/reports/${id}` : `/reports/${id}.${form}`;
    rows.push(await measure(path.replace(id, '{id}'), () => download(path)));
  }
  console.log(`${metrics} metrics x ${points} points, idle at ${idle} MB`);
  console.table(rows);

  async function measure(what: string, work: () => Promise<unknown>): Promise<object> {
    await health.longest();
    let most = rss();
    const timer = setInterval(() => {
      most = Math.max(most, rss());
    }, 100);
    const start = performance.now();
    await work();
    const seconds = round((performance.now() - start) / 1000);
    clearInterval(timer);
    return { what, seconds, healthMillis: Math.round(await health.longest()), megabytesAboveIdle: most - idle };
  }
} finally {
  await health.stop();
  await service.stop();
  standIn.kill();
}

async function run(): Promise<string> {
  const end = Date.parse('2026-01-01T00:00:00Z');
  const [from, to] = [end - points * 60_000, end].map((millis) => new Date(millis).toISOString());
  const scope = (name: string) => ({ scope: name, start: from, end: to, step: 60 });
  const config = configOf(metrics, { judge: { name: options.judge } });
  const canaryConfig = {
    ...config,
    metrics: config.metrics?.map((metric, index) => {
      return { ...metric, query: { type: 'prometheus', expr: `sum(rate(metric_${index}{version="\${scope}"}[1m]))` } };
    }),
  };
  const executionRequest = {
    scopes: { default: { controlScope: scope('v1'), experimentScope: scope('v2') } },
    thresholds: { pass: 95, marginal: 75 },
  };
  const response = await fetch(`${service.baseUrl}/canary?wait=60s`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ canaryConfig, executionRequest }),
  });
  let answer = (await response.json()) as { canaryExecutionId: string; complete: boolean; status: string };
  while (!answer.complete) {
    await sleep(200);
    answer = (await (await fetch(`${service.baseUrl}/canary/${answer.canaryExecutionId}`)).json()) as typeof answer;
  }
  if (answer.status !== 'succeeded') throw new Error(JSON.stringify(answer).slice(0, 2000));
  return answer.canaryExecutionId;
}

async function download(path: string): Promise<number> {
  const response = await fetch(service.baseUrl + path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  return bytes;
}

function rss(): number {
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
