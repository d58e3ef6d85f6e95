import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '../temporary-directory.ts';
import { findPostgres, isPostgresReady, query, unprivileged } from './postgres-server.ts';
import { freePort } from './prometheus-server.ts';

/** Two real PostgreSQL servers behind one address: the second follows the first, synchronously. */
export interface PostgresPair {
  /** of the address, for `store.url` */
  readonly url: string;
  /** of the second server itself */
  readonly standbyUrl: string;
  /** The first dies at once, as in a power failure; its connections break. */
  killPrimary(): Promise<void>;
  /** The address leads to the second one from now on. */
  switchAddress(): void;
  /** The second one takes writes from now on. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** @returns undefined where Debian's package is not there */
export async function startPostgresPair(): Promise<PostgresPair | undefined> {
  const programs = ['initdb', 'postgres', 'pg_basebackup'].map(findPostgres);
  const [initdb = '', postgres = '', basebackup = ''] = programs;
  if (programs.includes(undefined)) return undefined;
  const owner = unprivileged();
  const folder = temporaryDirectory();
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  for (const one of [folder, first, second]) {
    mkdirSync(one, { recursive: true, mode: 0o700 });
    if (owner.uid !== undefined) chownSync(one, owner.uid, owner.gid ?? owner.uid);
  }
  const options = { cwd: folder, ...owner, stdio: 'pipe' as const };
  const start = async (data: string): Promise<{ child: ChildProcess; port: number; url: string }> => {
    const port = await freePort();
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${data}`, 'fsync=off'];
    const child = spawn(postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], options);
    child.stderr?.resume();
    const url = `postgres://haldane@127.0.0.1:${port}/postgres`;
    if (await isPostgresReady(url, () => child.exitCode === null)) return { child, port, url };
    throw new Error(`PostgreSQL in ${data} did not get ready`);
  };
  execFileSync(initdb, ['-D', first, '-U', 'haldane', '--auth=trust', '--encoding=UTF8', '--no-sync'], options);
  const primary = await start(first);
  const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'haldane'];
  execFileSync(basebackup, [...from, '-D', second, '-R', '--checkpoint=fast', '--no-sync'], options);
  const standby = await start(second);
  await followSynchronously(primary.url);
  const address = await startAddress(primary.port);
  const kill = async ({ child }: { child: ChildProcess }) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGQUIT');
    await exited;
  };
  return {
    url: `postgres://haldane@127.0.0.1:${address.port}/postgres`,
    standbyUrl: standby.url,
    killPrimary: () => kill(primary),
    switchAddress: () => address.lead(standby.port),
    promote: async () => {
      await query(standby.url, 'select pg_promote()');
    },
    async stop() {
      await address.stop();
      await Promise.all([kill(primary), kill(standby)]);
    },
  };
}

/** Nothing is acknowledged any more before the other server has it. */
async function followSynchronously(url: string): Promise<void> {
  await query(url, "alter system set synchronous_standby_names = '*'");
  await query(url, 'select pg_reload_conf()');
  for (;;) {
    const followers = await query<{ sync_state: string }>(url, 'select sync_state from pg_stat_replication');
    if (followers.some(({ sync_state }) => sync_state === 'sync')) return;
  }
}

/** As a virtual address or a load balancer: it leads to one server at a time. */
async function startAddress(initialPort: number) {
  let to = initialPort;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(to, '127.0.0.1');
    for (const [one, other] of [[client, target] as const, [target, client] as const]) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    lead: (next: number) => {
      to = next;
      for (const socket of open) socket.destroy();
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
