import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openMetricsText } from './samples.ts';

export interface RunningServer {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MILLIS = 20_000;

/**
 * A real Prometheus on a free loopback port, with the history of `samples.ts`. Looked for on PATH, in
 * `HALDANE_TEST_BIN`, and where `install-debian.sh` puts it; undefined when it is in none of them.
 */
export async function startPrometheus(): Promise<RunningServer | undefined> {
  const [prometheus, promtool] = [findProgram('prometheus'), findProgram('promtool')];
  if (prometheus === undefined || promtool === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'haldane-prometheus-'));
  await writeFile(join(folder, 'samples.om'), openMetricsText());
  await writeFile(join(folder, 'prometheus.yml'), 'global: {}\n');
  const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'samples.om'), join(folder, 'data')];
  await promisify(execFile)(promtool, blocks, { maxBuffer: 16 * 1024 * 1024 });
  return startServer(prometheus, folder);
}

/** A real Prometheus that scrapes what the configuration says, without history. @throws Error when there is none */
export async function startPrometheusWith(configuration: string): Promise<RunningServer> {
  const program = findProgram('prometheus');
  if (program === undefined) throw new Error('no prometheus on PATH; test/support/install-debian.sh gets one');
  const folder = await mkdtemp(join(tmpdir(), 'haldane-prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), configuration);
  return startServer(program, folder);
}

async function startServer(program: string, folder: string): Promise<RunningServer> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const exited = once(child, 'exit');

  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  }

  const baseUrl = `http://${address}`;
  if (await isReady(baseUrl, () => child.exitCode === null)) return { baseUrl, stop };
  await stop();
  throw new Error(`Prometheus did not get ready:\n${log.join('')}`);
}

async function isReady(baseUrl: string, alive: () => boolean): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MILLIS;
  while (alive() && Date.now() < deadline) {
    const ready = await fetch(`${baseUrl}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return true;
    await sleep(50);
  }
  return false;
}

/** Where a program of the system tests is; `others` are folders to look in at last. Undefined when there is none. */
export function findProgram(name: string, others: readonly string[] = []): string | undefined {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/debian/root/usr/bin');
  const folders = [...(process.env.PATH ?? '').split(delimiter), process.env.HALDANE_TEST_BIN ?? '', cache, ...others];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
