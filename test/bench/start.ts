import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildPackage } from '../../build/build-package.ts';

// `npm run bench:start`: how long it takes until the built package, and the repository, answer. A busy machine makes
// all of it slower alike, so compare the ratios to `node -e 0`; the medians are what a quiet machine needs.

const ROUNDS = Number(process.argv[2] ?? 5);
/** Until a service is idle; its memory is looked at once. */
const SETTLE_MILLIS = 2500;

const folder = mkdtempSync(join(tmpdir(), 'haldane-bench-start-'));
const compiled = join(folder, 'compiled');
const bin = join(folder, 'dist/bin/haldane.cjs');

interface Measured {
  readonly millis: number;
  readonly megabytes?: number;
}

interface Case {
  readonly name: string;
  readonly goal?: string;
  readonly prepare?: () => void;
  readonly measure: (isFirst: boolean) => Promise<Measured>;
}

const CASES: readonly Case[] = [
  { name: 'node -e 0', measure: () => untilEnd(['-e', '0']) },
  { name: 'haldane --help', goal: '200 ms', measure: () => untilEnd([bin, '--help']) },
  { name: 'haldane judge', goal: '200 ms', measure: () => untilEnd([bin, 'judge', '-'], PAIRS) },
  { name: 'serve, warm', goal: '400 ms, 110 MB', measure: (isFirst) => untilAnswer([bin, 'serve'], isFirst) },
  {
    name: 'serve, cold',
    goal: '700 ms',
    prepare: () => rmSync(compiled, { recursive: true, force: true }),
    measure: (isFirst) => untilAnswer([bin, 'serve'], isFirst),
  },
  { name: 'node src/main.ts', measure: (isFirst) => untilAnswer(['src/main.ts'], isFirst) },
];

const PAIRS = `${Array.from({ length: 30 }, (_, index) => `${10 + (index % 3)} ${10 + (index % 4)}`).join('\n')}\n`;

await buildPackage(join(folder, 'dist'));
try {
  const results = new Map(CASES.map(({ name }) => [name, [] as Measured[]]));
  // In turns, so that a busy moment falls on all alike; the first round fills the caches.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, prepare, measure } of CASES) {
      prepare?.();
      const measured = await measure(round === 1);
      if (round > 0) results.get(name)?.push(measured);
      if (prepare !== undefined) await untilEnd([bin, 'judge', '-'], PAIRS);
    }
  }
  print(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(results: ReadonlyMap<string, readonly Measured[]>): void {
  const load = loadavg().map((value) => value.toFixed(1));
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} cores, load ${load.join(' ')}, ${ROUNDS} rounds\n`,
  );
  const base = medianOf((results.get('node -e 0') ?? []).map(({ millis }) => millis));
  for (const { name, goal = '' } of CASES) {
    const all = results.get(name) ?? [];
    const millis = all.map((one) => one.millis);
    const memory = all.flatMap((one) => one.megabytes ?? []);
    const [median, least] = [medianOf(millis), Math.min(...millis)];
    const columns = [
      name.padEnd(18),
      `median ${median.toFixed(0).padStart(5)} ms`,
      `least ${least.toFixed(0).padStart(5)} ms`,
      `${(median / base).toFixed(1).padStart(5)} × node -e 0`,
      memory.length === 0 ? '' : `idle ${medianOf(memory).toFixed(0)} MB`,
      goal === '' ? '' : `goal ${goal}`,
    ];
    process.stdout.write(`${columns.join('  ').trimEnd()}\n`);
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function untilEnd(args: readonly string[], input = ''): Promise<Measured> {
  const started = performance.now();
  const child = start(args);
  child.stdin?.end(input);
  child.stdout?.resume();
  await once(child, 'close');
  return { millis: performance.now() - started };
}

async function untilAnswer(args: readonly string[], untilIdle: boolean): Promise<Measured> {
  const dataDir = mkdtempSync(join(folder, 'data-'));
  const started = performance.now();
  const child = start(args, { HALDANE_DATA_DIR: dataDir, HALDANE_PORT: '0' });
  const answer = await fetch(`${await addressOf(child)}/health`);
  await answer.arrayBuffer();
  const millis = performance.now() - started;
  const megabytes = untilIdle ? await idleMegabytes(child) : undefined;
  child.kill();
  await once(child, 'close');
  return { millis, ...(megabytes === undefined ? {} : { megabytes }) };
}

async function idleMegabytes({ pid }: ChildProcess): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLIS));
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled, ...environment };
  return spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output');
  for await (const line of createInterface(stdout)) {
    const address = /"address":"([^"]+)"/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the service did not start');
}
