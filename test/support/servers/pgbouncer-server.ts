import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../temporary-directory.ts';
import { isPostgresReady, unprivileged } from './postgres-server.ts';
import { findProgram, freePort, LIBRARY_PATH } from './prometheus-server.ts';

export interface PgBouncer {
  /** the database behind it, for `store.url` */
  readonly url: string;
  stop(): Promise<void>;
}

interface PgBouncerOptions {
  /** of the database */
  readonly url: string;
  /** connections to the server, of all clients together */
  readonly poolSize: number;
  /** parameters of clients that it takes and does not hand on */
  readonly ignoredParameters?: readonly string[];
}

/** A real PgBouncer in transaction mode in front of a PostgreSQL, from Debian's package. @throws Error without one */
export async function startPgBouncer({ url, poolSize, ignoredParameters = [] }: PgBouncerOptions): Promise<PgBouncer> {
  const program = findProgram('pgbouncer');
  if (program === undefined) throw new Error('no pgbouncer on PATH; test/tools/install-debian.sh gets one');
  const { hostname, port: serverPort, username, pathname } = new URL(url);
  const port = await freePort();
  const folder = temporaryDirectory();
  const file = join(folder, 'pgbouncer.ini');
  const settings = [
    '[databases]',
    `haldane = host=${hostname} port=${serverPort} dbname=${pathname.slice(1)} user=${username}`,
    '[pgbouncer]',
    ...[`listen_port = ${port}`, 'listen_addr = 127.0.0.1', 'unix_socket_dir =', 'auth_type = any'],
    ...['pool_mode = transaction', `default_pool_size = ${poolSize}`, 'max_client_conn = 500'],
    `ignore_startup_parameters = ${ignoredParameters.join(',')}`,
  ];
  writeFileSync(file, `${settings.join('\n')}\n`);
  const owner = unprivileged();
  for (const path of [folder, file]) if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid ?? owner.uid);
  const environment = { ...process.env, LD_LIBRARY_PATH: LIBRARY_PATH };
  const child = spawn(program, [file], {
    cwd: folder,
    ...owner,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const exited = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) kill();
    await exited;
  };
  const address = `postgres://${username}@127.0.0.1:${port}/haldane`;
  if (!(await isPostgresReady(address, () => child.exitCode === null))) {
    await stop();
    throw new Error(`PgBouncer did not get ready:\n${log.join('')}`);
  }
  return { url: address, stop };
}
