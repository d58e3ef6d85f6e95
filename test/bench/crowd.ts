import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { configOf } from '../support/http/requests.ts';
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { watchHealth } from './health-watch.ts';

// Many clients at once: lists of a thousand runs, and clients that wait for a verdict. How long the service kept
// `GET /health` waiting meanwhile, and what it cost.
const { values: options } = parseArgs({
  options: {
    lists: { type: 'string', default: '20' },
    runs: { type: 'string', default: '1000' },
    metrics: { type: 'string', default: '20' },
    waiters: { type: 'string', default: '500' },
    'node-options': { type: 'string', default: '' },
  },
});
const WAIT_SECONDS = 10;
const WINDOW = { start: '2025-01-01T00:00:00Z', end: '2025-01-01T01:00:00Z', step: 60 };

const standIn = spawn(process.execPath, [new URL('./prometheus-stand-in.ts', import.meta.url).pathname, '0']);
const [port] = await once(createInterface(standIn.stdout), 'line');
const folder = temporaryDirectory();
const file = join(folder, 'haldane.yml');
writeFileSync(
  file,
  JSON.stringify({
    // The waiters' runs stay in the queue.
    engine: { concurrentRuns: 1 },
    accounts: [
      { name: 'prom', type: 'prometheus', endpoint: { baseUrl: `http://127.0.0.1:${port}` } },
      { name: 'silent', type: 'prometheus', endpoint: { baseUrl: 'http://127.0.0.1:9' } },
    ],
  }),
);
const environment = { HALDANE_CONFIG: file, HALDANE_DATA_DIR: folder, HALDANE_PORT: '0' };

await storeRuns();
const nodeOptions = options['node-options'].split(' ').filter(Boolean);
const service = await startService(environment, undefined, { nodeOptions });
const health = watchHealth(service.baseUrl);
try {
  await sleep(1000);
  const lists = await measure(`${options.lists} lists of ${options.runs} runs`, () =>
    Promise.all(
      Array.from({ length: Number(options.lists) }, () => download(`/canary/executions?limit=${options.runs}`)),
    ),
  );
  const pages = await measure(`${options.lists} pages of runs`, () =>
    Promise.all(Array.from({ length: Number(options.lists) }, () => download('/'))),
  );
  const waiters = await measure(`${options.waiters} clients wait ${WAIT_SECONDS} s`, () =>
    Promise.all(Array.from({ length: Number(options.waiters) }, waitInVain)),
  );
  console.table([lists, pages, waiters]);
} finally {
  await health.stop();
  await service.stop();
  standIn.kill();
}

/** One run as a service judges it, and copies of it. */
async function storeRuns(): Promise<void> {
  const once = await startService(environment);
  await ask(once.baseUrl, 'prom', 60);
  await once.stop();
  const database = new DatabaseSync(join(folder, 'haldane.sqlite'));
  const names = database
    .prepare("select name from pragma_table_info('canary_execution')")
    .all()
    .map(({ name }) => String(name));
  const columns = names.map((name) => (name === 'id' ? "substr(id, 1, 16) || printf('%010d', ?)" : name)).join(', ');
  const copy = database.prepare(
    `insert into canary_execution (${names.join(', ')}) select ${columns} from canary_execution limit 1`,
  );
  for (let run = 1; run < Number(options.runs); run++) copy.run(run);
  database.close();
}

async function measure(what: string, work: () => Promise<unknown>): Promise<object> {
  await health.longest();
  const [begun, cpu] = [performance.now(), cpuSeconds()];
  await work();
  const seconds = (performance.now() - begun) / 1000;
  return {
    what,
    seconds: round(seconds),
    cpuSeconds: round(cpuSeconds() - cpu),
    healthMillis: Math.round(await health.longest()),
  };
}

async function download(path: string): Promise<void> {
  const answer = await fetch(service.baseUrl + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function waitInVain(): Promise<void> {
  await ask(service.baseUrl, 'silent', WAIT_SECONDS);
}

async function ask(baseUrl: string, account: string, waitSeconds: number): Promise<void> {
  const side = (scope: string) => ({ scope, ...WINDOW });
  const answer = await fetch(`${baseUrl}/canary?wait=${waitSeconds}s&metricsAccountName=${account}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      canaryConfig: config(),
      executionRequest: {
        scopes: { default: { controlScope: side('v1'), experimentScope: side('v2') } },
        thresholds: { pass: 95, marginal: 75 },
      },
    }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

function config() {
  const { metrics, ...rest } = configOf(Number(options.metrics), { judge: { name: 'NetflixACAJudge-v1.0' } });
  const query = (index: number) => ({ type: 'prometheus', expr: `rate(metric_${index}{version="\${scope}"}[1m])` });
  return { ...rest, metrics: metrics?.map((metric, index) => ({ ...metric, query: query(index) })) };
}

/** CPU time of the service, from Linux, whose clock ticks 100 times a second. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
