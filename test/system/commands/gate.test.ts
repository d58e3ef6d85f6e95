import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { haldane, startHaldane } from '../../support/haldane-process.ts';
import { type ServiceProcess, startService } from '../../support/http/service-process.ts';
import { type ShopStandIn, startShopStandIn } from '../../support/servers/shop-stand-in.ts';
import { SHOP_CONFIG } from '../../support/shop-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const folder = temporaryDirectory();
let shop: ShopStandIn;
let service: ServiceProcess;

beforeAll(async () => {
  shop = await startShopStandIn();
  const accounts = [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: shop.baseUrl } }];
  writeFileSync(join(folder, 'haldane.yml'), stringify({ accounts, dataDir: join(folder, 'data') }));
  writeFileSync(join(folder, 'checkout.yml'), stringify(SHOP_CONFIG));
  service = await startService({ HALDANE_PORT: '0', HALDANE_CONFIG: join(folder, 'haldane.yml') });
});
afterAll(async () => {
  await service.stop();
  await shop.stop();
});

const args = (canary: string, ...more: string[]) => [
  ...['gate', 'checkout.yml', '--baseline', 'v1', '--canary', canary, '--last', '30m'],
  ...more,
];
const options = (env = {}) => ({ cwd: folder, env: { HALDANE_URL: service.baseUrl, ...env } });
const idIn = (text: string) => /^run (\S+?):?( |$)/m.exec(text)?.[1];

/** Answers wait until the hold is let go. */
function hold(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  shop.holds = promise;
  return () => {
    shop.holds = undefined;
    resolve();
  };
}

describe('haldane gate, as a process', () => {
  it.each([
    ['v3', [], 0, /^pass 100 /],
    ['v2', [], 1, /^fail 50 /],
    ['empty', [], 2, /^nodata: /],
    ['broken', [], 3, /^error: /],
  ])('exits for %s %j with %i, with and without a service', async (canary, more, code, out) => {
    const [remote, local] = await Promise.all([
      haldane(args(canary, ...more), options()),
      haldane(args(canary, '--local', ...more), options()),
    ]);
    for (const ended of [remote, local]) expect(ended).toMatchObject({ code, out: expect.stringMatching(out) });
    expect(remote.out).toMatch(/^report: http/m);
    expect(local.out).not.toContain('report:');
  });

  it('exits with 64 for what cannot be meant, without a stack', async () => {
    const { code, err } = await haldane(['gate', 'checkout.yml', '--basline', 'v1'], options());
    expect([code, err]).toEqual([64, expect.stringContaining('did you mean --baseline?')]);
    expect(err).not.toContain('    at ');
  });

  it('goes on with the same run after it was killed', { timeout: 120_000 }, async () => {
    const release = hold();
    const env = { GITHUB_RUN_ID: '4711', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'canary' };
    const killed = startHaldane(args('v2'), options(env));
    await killed.said(/^run /m);
    killed.kill('SIGKILL');
    const first = await killed.ended;
    expect(first.code).toBeNull();
    const again = startHaldane(args('v2'), options(env));
    await again.said(/had been started before/);
    release();
    const { code, err, out } = await again.ended;
    expect([code, idIn(err)]).toEqual([1, idIn(first.err)]);
    expect(out).toContain(`/reports/${idIn(first.err)}`);
  });

  it('leaves the run alone when somebody interrupts it, and says how to go on', { timeout: 120_000 }, async () => {
    const release = hold();
    const gate = startHaldane(args('v3', '--key', 'interrupted'), options());
    await gate.said(/^run /m);
    gate.kill('SIGINT');
    const { code, err, out } = await gate.ended;
    const id = idIn(err);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(
      `interrupted by SIGINT; the run goes on, and the same command waits for it; haldane run cancel ${id}`,
    );
    release();
    expect(await haldane(['run', 'wait', id ?? ''], options())).toMatchObject({ code: 0 });
  });

  it('alone, it leaves nothing behind when it is interrupted, and opens no port', { timeout: 120_000 }, async () => {
    const release = hold();
    const tmp = temporaryDirectory();
    const gate = startHaldane(args('v3', '--local'), options({ TMPDIR: tmp }));
    await gate.said(/^run /m);
    expect(listeningPorts(gate.pid)).toEqual([]);
    gate.kill('SIGTERM');
    const { code, err } = await gate.ended;
    release();
    expect([code, err]).toEqual([3, expect.stringContaining('interrupted by SIGTERM; the run is lost')]);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('alone, it needs no token where the service of that configuration asks for one', async () => {
    const closed = join(folder, 'closed.yml');
    const accounts = [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: shop.baseUrl } }];
    writeFileSync(closed, stringify({ accounts, auth: { mode: 'closed', adminToken: 'x'.repeat(32) } }));
    const ended = await haldane(args('v3', '--local'), options({ HALDANE_CONFIG: closed }));
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^pass 100 /) });
  });

  it('alone, it goes on with a run that was killed, where it was told to keep runs', { timeout: 120_000 }, async () => {
    const release = hold();
    const kept = ['--local', '--data-dir', join(folder, 'kept'), '--key', 'alone'];
    const killed = startHaldane(args('v2', ...kept), options());
    await killed.said(/^run /m);
    killed.kill('SIGKILL');
    const first = await killed.ended;
    release();
    const { code, err } = await haldane(args('v2', ...kept), options());
    expect([code, idIn(err)]).toEqual([1, idIn(first.err)]);
    expect(existsSync(join(folder, 'kept', 'haldane.sqlite'))).toBe(true);
  });

  it('waits for a service that restarts meanwhile', { timeout: 120_000 }, async () => {
    const release = hold();
    const port = new URL(service.baseUrl).port;
    const gate = startHaldane(args('v3'), options());
    await gate.said(/^run /m);
    await service.stop('SIGKILL');
    await gate.said(/no answer, asking again/);
    service = await startService({ HALDANE_PORT: port, HALDANE_CONFIG: join(folder, 'haldane.yml') });
    release();
    expect(await gate.ended).toMatchObject({ code: 0 });
  });

  it('writes colours only where they are wanted', async () => {
    const begins = '\u001b[';
    expect((await haldane(args('v3'), options())).out).not.toContain(begins);
    expect((await haldane(args('v3'), options({ FORCE_COLOR: '1' }))).out).toContain(`${begins}32m`);
    expect((await haldane(args('v3'), options({ FORCE_COLOR: '1', NO_COLOR: '1' }))).out).not.toContain(begins);
  });
});

/** TCP ports that a process listens on, from /proc. */
function listeningPorts(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    }),
  );
  const LISTEN = '0A';
  return ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && sockets.has(columns[9] ?? ''))
      .map((columns) => columns[1] ?? ''),
  );
}
