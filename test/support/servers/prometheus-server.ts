import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openMetricsText } from '../samples/samples.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

export interface RunningServer {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MILLIS = 20_000;
/** Where `install-debian.sh` unpacks packages. */
export const DEBIAN_ROOT = join(import.meta.dirname, '../../../node_modules/.cache/debian/root');

/**
 * A real Prometheus on a free loopback port, with the history of `samples.ts`. Looked for on PATH, in
 * `HALDANE_TEST_BIN`, and where `install-debian.sh` puts it; undefined when it is in none of them.
 *
 * @param samples another history, in the OpenMetrics text format
 */
export async function startPrometheus(samples = openMetricsText()): Promise<RunningServer | undefined> {
  const [prometheus, promtool] = [findProgram('prometheus'), findProgram('promtool')];
  if (prometheus === undefined || promtool === undefined) return undefined;
  const folder = temporaryDirectory();
  await writeFile(join(folder, 'samples.om'), samples);
  await writeFile(join(folder, 'prometheus.yml'), 'global: {}\n');
  const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'samples.om'), join(folder, 'data')];
  await promisify(execFile)(promtool, blocks, { maxBuffer: 16 * 1024 * 1024 });
  return startServer(prometheus, folder);
}

/**
 * A real Prometheus that scrapes what the configuration says, without history.
 *
 * @param args further ones, such as `--enable-feature=native-histograms`
 * @throws Error when there is none
 */
export async function startPrometheusWith(configuration: string, ...args: string[]): Promise<RunningServer> {
  const program = findProgram('prometheus');
  if (program === undefined) throw new Error('no prometheus on PATH; test/tools/install-debian.sh gets one');
  const folder = temporaryDirectory();
  await writeFile(join(folder, 'prometheus.yml'), configuration);
  return startServer(program, folder, undefined, args);
}

/** A real Prometheus without history that scrapes itself once a second; undefined when it is not installed. */
export async function startSelfScrapingPrometheus(): Promise<RunningServer | undefined> {
  const program = findProgram('prometheus');
  const jobs = (address: string) => [{ job_name: 'prometheus', static_configs: [{ targets: [address] }] }];
  const configuration = (address: string) =>
    JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: jobs(address) });
  return program === undefined ? undefined : startServer(program, temporaryDirectory(), configuration);
}

/** @param configuration absent: the file is there */
function startServer(
  program: string,
  folder: string,
  configuration?: (address: string) => string,
  args: readonly string[] = [],
): Promise<RunningServer> {
  const file = join(folder, 'prometheus.yml');
  return startProgram({
    name: 'Prometheus',
    folder,
    readyPath: '/-/ready',
    prepare: (address) => configuration && writeFileSync(file, configuration(address)),
    command: (address) => [
      program,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      '--log.level=warn',
      ...args,
    ],
  });
}

interface ServerProgram {
  /** for people */
  readonly name: string;
  /** its data folder, deleted when it stops */
  readonly folder: string;
  /** answers with a success once the server is ready */
  readonly readyPath: string;
  /** work to do before it starts, given `host:port` to listen on */
  readonly prepare?: (address: string) => void;
  /** program and arguments, given `host:port` to listen on */
  readonly command: (address: string) => readonly [string, ...string[]];
  /** besides the environment of the tests */
  readonly environment?: (address: string) => Readonly<Record<string, string>>;
  /** for its standard input */
  readonly input?: string;
  /** work to do once it is ready */
  readonly fill?: (baseUrl: string) => Promise<unknown>;
}

/** Starts a server on a free loopback port. @throws Error with its output when it does not get ready */
export async function startProgram(server: ServerProgram): Promise<RunningServer> {
  const { name, folder, readyPath, command, environment, input = '', fill } = server;
  const address = `127.0.0.1:${await freePort()}`;
  server.prepare?.(address);
  const [program, ...args] = command(address);
  const env = { ...process.env, ...environment?.(address) };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => {}).end(input);
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  async function stop(): Promise<void> {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await exited;
  }

  const baseUrl = `http://${address}`;
  try {
    const ready = await isReady(baseUrl + readyPath, () => child.exitCode === null);
    if (!ready) throw new Error(`${name} did not get ready:\n${log.join('')}`);
    await fill?.(baseUrl);
    return { baseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function isReady(url: string, alive: () => boolean): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MILLIS;
  while (alive() && Date.now() < deadline) {
    const ready = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return true;
    await sleep(50);
  }
  return false;
}

const MACHINE = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
/** Libraries of unpacked programs, besides the system's. */
export const LIBRARY_PATH = ['usr/lib', 'lib'].map((folder) => join(DEBIAN_ROOT, folder, MACHINE)).join(delimiter);

/** Where a program of the system tests is; `others` are folders to look in at last. Undefined when there is none. */
export function findProgram(name: string, others: readonly string[] = []): string | undefined {
  const cache = ['usr/bin', 'usr/sbin'].map((folder) => join(DEBIAN_ROOT, folder));
  const path = (process.env.PATH ?? '').split(delimiter);
  const folders = [...path, process.env.HALDANE_TEST_BIN ?? '', ...cache, ...others];
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
