import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { configOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { startPostgres } from '../support/servers/postgres-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// A service, in one process on SQLite or several on PostgreSQL, and one Prometheus stand-in: runs per second, and the
// duration of each.
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '1,8,64' },
    metrics: { type: 'string', default: '20' },
    points: { type: 'string', default: '60' },
    'delay-millis': { type: 'string', default: '5' },
    'max-concurrent': { type: 'string', default: '16' },
    main: { type: 'string', default: new URL('../../src/main.ts', import.meta.url).pathname },
    'cpu-profile': { type: 'string' },
    store: { type: 'string', default: 'sqlite' },
    replicas: { type: 'string', default: '1' },
  },
});
const number = (name: 'runs' | 'seconds' | 'metrics' | 'points' | 'delay-millis' | 'max-concurrent' | 'replicas') =>
  Number(options[name]);

const agent = new Agent({ keepAlive: true });
const standIn = spawn(process.execPath, [
  new URL('./prometheus-stand-in.ts', import.meta.url).pathname,
  options['delay-millis'],
]);
const [port] = await once(createInterface(standIn.stdout), 'line');
const postgres = options.store === 'postgres' ? await startPostgres({ fsync: true }) : undefined;
if (options.store === 'postgres' && postgres === undefined) throw new Error('no postgres on PATH');
const postgresUrl = await postgres?.createDatabase();
const services: ServiceProcess[] = [];
for (let replica = 0; replica < number('replicas'); replica++) {
  const nodeOptions =
    options['cpu-profile'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options['cpu-profile']}`];
  services.push(await startService(environment(), undefined, { main: options.main, nodeOptions }));
}
let [windows, questions] = [0, 0];
try {
  const idle = await idleCpu(5);
  await load(8, 2);
  const loads: Awaited<ReturnType<typeof load>>[] = [];
  for (const clients of options.clients.split(',').map(Number)) loads.push(await load(clients, number('seconds')));
  while (windows < number('runs')) await load(16, 2);
  const memory = { afterRuns: windows, rssMegabytes: rss(), afterIdleMegabytes: await sleep(3000).then(rss) };
  const size = `${number('metrics')} metrics x ${number('points')} points`;
  console.log(
    `${options.replicas} process on ${options.store}, ${size}; a metrics store that answers in ${options['delay-millis']} ms; latencies in milliseconds`,
  );
  console.table(loads);
  console.table([{ idleCpuPercent: idle, ...memory }]);
  console.log(JSON.stringify({ node: process.version, size, loads, idleCpuPercent: idle, ...memory }));
} finally {
  await Promise.all(services.map((service) => service.stop()));
  await postgres?.stop();
  standIn.kill();
}

function environment(): Record<string, string> {
  const folder = temporaryDirectory();
  const account = {
    ...{ name: 'prom', type: 'prometheus', maxConcurrent: number('max-concurrent') },
    endpoint: { baseUrl: `http://127.0.0.1:${port}` },
  };
  const file = join(folder, 'haldane.yml');
  const store = postgresUrl === undefined ? {} : { store: { type: 'postgres', url: postgresUrl } };
  writeFileSync(file, JSON.stringify({ ...store, accounts: [account] }));
  return { HALDANE_CONFIG: file, HALDANE_DATA_DIR: folder, HALDANE_PORT: '0', HALDANE_LOG_LEVEL: 'info' };
}

/** Each client starts a run, waits for its end, and starts the next; one more client reads a run now and then. */
async function load(clients: number, seconds: number) {
  const latencies: number[] = [];
  const reads: number[] = [];
  // A busy server accepts one connection per turn of its loop, so connect before the clock starts.
  await Promise.all(Array.from({ length: clients + 1 }, () => ask('GET', '/credentials')));
  const began = performance.now();
  const goesOn = () => performance.now() - began < seconds * 1000;
  const cpuBefore = cpuSeconds();
  let last = '';
  const client = async () => {
    while (goesOn()) {
      const start = performance.now();
      last = await run();
      latencies.push(performance.now() - start);
    }
  };
  const reader = async () => {
    while (goesOn()) {
      await sleep(10);
      if (last === '') continue;
      const start = performance.now();
      await ask('GET', `/canary/${last}`);
      reads.push(performance.now() - start);
    }
  };
  await Promise.all([reader(), ...Array.from({ length: clients }, client)]);
  const elapsed = (performance.now() - began) / 1000;
  return {
    clients,
    runs: latencies.length,
    runsPerSecond: round(latencies.length / elapsed),
    p50: round(quantile(latencies, 0.5)),
    p99: round(quantile(latencies, 0.99)),
    getP50: round(quantile(reads, 0.5)),
    getP99: round(quantile(reads, 0.99)),
    cpuMillisPerRun: round(((cpuSeconds() - cpuBefore) * 1000) / latencies.length),
  };
}

/** Starts a run and waits for its end. Each has its own window, so that none is answered from the cache. */
async function run(): Promise<string> {
  const start = Date.parse('2025-01-01T00:00:00Z') + windows++ * 60_000;
  const [from, to] = [start, start + number('points') * 60_000].map((millis) => new Date(millis).toISOString());
  const scope = (name: string) => ({ scope: name, start: from, end: to, step: 60 });
  const body = {
    canaryConfig: config(),
    executionRequest: {
      scopes: { default: { controlScope: scope('v1'), experimentScope: scope('v2') } },
      thresholds: { pass: 95, marginal: 75 },
    },
  };
  const { pipelineId, status } = await ask('POST', '/canary?wait=60s', body);
  if (status !== 'succeeded') throw new Error(`run ${pipelineId} is ${status}`);
  return pipelineId as string;
}

function config() {
  const { metrics, ...rest } = configOf(number('metrics'), { judge: { name: 'NetflixACAJudge-v1.0' } });
  const expr = (index: number) => `sum(rate(metric_${index}{version="\${scope}"}[1m]))`;
  return {
    ...rest,
    metrics: metrics?.map((metric, index) => ({ ...metric, query: { type: 'prometheus', expr: expr(index) } })),
  };
}

function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const replica = services[questions++ % services.length];
    const request = send(`${replica?.baseUrl}${path}`, { method, agent, headers }, async (response) => {
      const answer = await text(response);
      if (response.statusCode === 200) resolve(JSON.parse(answer));
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
    });
    request.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function idleCpu(seconds: number): Promise<number> {
  await sleep(1000);
  const before = cpuSeconds();
  await sleep(seconds * 1000);
  return round(((cpuSeconds() - before) / seconds) * 100);
}

/** CPU time of all replicas, from Linux, whose clock ticks 100 times a second. */
function cpuSeconds(): number {
  const ticks = services.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return sum(ticks) / 100;
}

/** Of all replicas. */
function rss(): number {
  const kilobytes = services.map(({ pid }) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  );
  return Math.round(sum(kilobytes) / 1024);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
