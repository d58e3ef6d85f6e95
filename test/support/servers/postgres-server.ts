import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { temporaryDirectory } from '../temporary-directory.ts';
import { findProgram, freePort } from './prometheus-server.ts';

const DEBIAN = '/usr/lib/postgresql';
const READY_WITHIN_MILLIS = 30_000;

export interface PostgresServer {
  /** Creates an empty database. @returns its address, for `store.url` */
  createDatabase(name?: string): Promise<string>;
  /** Stops every process of the server where it is: it answers nothing, and its connections stay open. */
  hang(): void;
  /** Lets it go on. */
  goOn(): void;
  stop(): Promise<void>;
}

/**
 * A separate real PostgreSQL on a free loopback port, from Debian's package; undefined without one. Never runs as root.
 * Writes are flushed to disk only with `fsync`: tests kill clients, not the server.
 */
export async function startPostgres({
  fsync = false,
  settings: further = [] as readonly string[],
} = {}): Promise<PostgresServer | undefined> {
  const [initdb, postgres] = [findPostgres('initdb'), findPostgres('postgres')];
  if (initdb === undefined || postgres === undefined) return undefined;
  const owner = unprivileged();
  const folder = temporaryDirectory();
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid ?? owner.uid);
  const data = join(folder, 'data');
  const options = { cwd: folder, ...owner, stdio: 'pipe' as const };
  execFileSync(initdb, ['-D', data, '-U', 'haldane', '--auth=trust', '--encoding=UTF8', '--no-sync'], options);
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    `fsync=${fsync ? 'on' : 'off'}`,
    ...further,
  ];
  const child = spawn(postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], options);
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGQUIT');
  process.once('exit', kill);

  const server = `postgres://haldane@127.0.0.1:${port}`;
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    signalAll(child.pid ?? 0, 'SIGCONT');
    kill();
    await exited;
  };
  if (!(await isPostgresReady(`${server}/postgres`, () => child.exitCode === null))) {
    await stop();
    throw new Error(`PostgreSQL did not get ready:\n${log.join('')}`);
  }
  let databases = 0;
  return {
    async createDatabase(name = `haldane_${++databases}`) {
      await query(`${server}/postgres`, `create database "${name}"`);
      return `${server}/${name}`;
    },
    hang: () => signalAll(child.pid ?? 0, 'SIGSTOP'),
    goOn: () => signalAll(child.pid ?? 0, 'SIGCONT'),
    stop,
  };
}

/** To the server's first process and those it started, which have groups of their own. */
function signalAll(pid: number, signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  for (const one of [pid, ...children]) {
    try {
      process.kill(one, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** As {@link startPostgres}. @throws Error on a build server (`CI`), which must have one */
export async function requiredPostgres(
  options: Parameters<typeof startPostgres>[0] = {},
): Promise<PostgresServer | undefined> {
  const server = await startPostgres(options);
  if (server !== undefined) return server;
  const message = 'no postgres on PATH; test/tools/install-debian.sh gets one';
  if (process.env.CI) throw new Error(message);
  console.warn(`skipped: ${message}`);
  return undefined;
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends object>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** A program of PostgreSQL, such as `pg_dump`. */
export function findPostgres(name: string): string | undefined {
  return findProgram(name, debianFolders());
}

/** Newest version first. */
function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one));
    return versions.map((version) => join(DEBIAN, version, 'bin'));
  } catch {
    return [];
  }
}

/** PostgreSQL refuses to run as root: `postgres` runs it then, or `nobody`. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (userInfo().uid !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // Try the next one.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody');
}

/** Whether a server answers there before long; false once it is not alive. */
export async function isPostgresReady(url: string, alive: () => boolean): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MILLIS;
  while (alive() && Date.now() < deadline) {
    const ready = await query(url, 'select 1').then(
      () => true,
      () => false,
    );
    if (ready) return true;
    await sleep(50);
  }
  return false;
}
