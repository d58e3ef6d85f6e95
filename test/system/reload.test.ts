import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type RangeStandIn, startRangeStandIn } from '../support/servers/range-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const folder = temporaryDirectory();
const file = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFileSync(file(name), text);
const secret = (name: string) => `\${file:${file(name)}}`;
const token = (letter: string) => letter.repeat(40);

describe('a service that is sent SIGHUP', () => {
  let first: RangeStandIn;
  let second: RangeStandIn;
  let service: ServiceProcess;
  const log: string[] = [];
  const lines = new PassThrough();

  const settings = (baseUrl: string, more: object = {}) => ({
    dataDir: folder,
    auth: { adminToken: secret('admin') },
    accounts: [
      {
        ...{ name: 'prom', type: 'prometheus', endpoint: { baseUrl }, maxConcurrent: 1 },
        ...{ username: 'reader', password: secret('password') },
      },
    ],
    ...more,
  });
  const configure = (baseUrl: string, more?: object) => write('haldane.yml', JSON.stringify(settings(baseUrl, more)));
  /** @returns the line of the log that says how it went */
  const reload = async () => {
    const from = log.length;
    process.kill(service.pid, 'SIGHUP');
    for (;;) {
      const said = log.slice(from).find((line) => /configuration (not )?reloaded/.test(line));
      if (said !== undefined) return JSON.parse(said);
      await once(lines, 'line');
    }
  };
  const ask = async (method: string, path: string, admin: string, body?: object) => {
    const headers = { authorization: `Bearer ${token(admin)}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(service.baseUrl + path, { method, headers, ...sent });
    return { httpStatus: answer.status, ...((await answer.json()) as Record<string, unknown>) };
  };
  const judge = (admin: string) =>
    ask('POST', '/canary?wait=30s', admin, { canaryConfig: twoMetrics(), executionRequest: requestOf() });

  beforeAll(async () => {
    [first, second] = await Promise.all([startRangeStandIn(() => 1), startRangeStandIn(() => 2)]);
    write('password', 'old-secret\n');
    write('admin', token('a'));
    configure(first.baseUrl);
    const environment = { HALDANE_CONFIG: file('haldane.yml'), HALDANE_PORT: '0' };
    service = await startService(environment, (line) => {
      log.push(line);
      lines.emit('line');
    });
  });
  afterAll(async () => {
    await service?.stop();
    await Promise.all([first?.stop(), second?.stop()]);
  });

  it('goes on with the run under way, whose next queries bring the new secret', async () => {
    const passwords: string[] = [];
    first.onQuery = async ({ headers: { authorization = '' } }) => {
      passwords.push(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString());
      if (passwords.length > 1) return;
      write('password', 'new-secret\n');
      expect(await reload()).toMatchObject({ level: 30, reloaded: ['accounts'], needRestart: [] });
    };
    expect(await judge('a')).toMatchObject({ httpStatus: 200, status: 'succeeded' });
    expect(passwords).toEqual(['reader:old-secret', ...Array(3).fill('reader:new-secret')]);
    first.onQuery = () => {};
  });

  it('asks the new address for new runs only: no run has one side from each', async () => {
    let [atFirst, atSecond] = [0, 0];
    first.onQuery = async () => {
      atFirst += 1;
      if (atFirst > 1) return;
      configure(second.baseUrl);
      expect(await reload()).toMatchObject({ reloaded: ['accounts'], needRestart: [] });
    };
    second.onQuery = () => {
      atSecond += 1;
    };
    expect(await judge('a')).toMatchObject({ status: 'succeeded' });
    expect([atFirst, atSecond]).toEqual([4, 0]);
    expect(await judge('a')).toMatchObject({ status: 'succeeded' });
    expect([atFirst, atSecond]).toEqual([4, 4]);
  });

  it('lets in who knows the new token, and no more who knows the old one', async () => {
    expect((await ask('GET', '/tokens', 'b')).httpStatus).toBe(401);
    write('admin', token('b'));
    expect(await reload()).toMatchObject({ reloaded: ['auth'], needRestart: [] });
    expect((await ask('GET', '/tokens', 'a')).httpStatus).toBe(401);
    expect((await ask('GET', '/tokens', 'b')).httpStatus).toBe(200);
  });

  it.each([
    ['a secret file that is empty', () => write('password', '\n'), /password: the file '.*password' is empty/],
    ['a wrong setting', () => configure(second.baseUrl, { limit: {} }), /limit: not known; did you mean 'limits'/],
    ['a file that is no YAML', () => write('haldane.yml', 'accounts: ['), /not YAML/],
    [
      'an account called like the store',
      () =>
        configure(second.baseUrl, { store: { accountNames: ['other'] }, accounts: [{ ...INLINE, name: 'haldane' }] }),
      /'haldane' is a name of the store until the next start/,
    ],
    [
      'rules for certificates that no client is asked for',
      () => configure(second.baseUrl, { auth: { certificates: { rules: [{ claims: { cn: 'a' }, role: 'viewer' }] } } }),
      /auth\.certificates: clients are asked for none/,
    ],
  ])('keeps what it has, and says so, after %s', async (_, damage, reason) => {
    damage();
    expect(await reload()).toMatchObject({
      level: 50,
      msg: 'configuration not reloaded, the one in use stays',
      reason: expect.stringMatching(reason),
    });
    expect(await judge('b')).toMatchObject({ httpStatus: 200, status: 'succeeded' });
    write('password', 'new-secret\n');
    configure(second.baseUrl);
    expect(await reload()).toMatchObject({ level: 30, reloaded: [], needRestart: [] });
  });

  it('names what only a restart changes, and takes the rest', async () => {
    const more = { server: { port: 1 }, limits: { metricsPerRun: 1 }, log: { level: 'debug' }, auth: { mode: 'open' } };
    configure(second.baseUrl, more);
    const needRestart = ['auth', 'limits.metricsPerRun'];
    expect(await reload()).toMatchObject({ reloaded: ['log.level'], needRestart });
    const warned = () => log.find((line) => line.includes('settings changed that need a restart'));
    await expect.poll(warned).toBeDefined();
    expect(JSON.parse(warned() ?? '{}')).toMatchObject({ level: 40, needRestart });
    expect(await judge('b')).toMatchObject({ httpStatus: 200, status: 'succeeded' });
    expect((await ask('GET', '/tokens', 'c')).httpStatus).toBe(401);
  });

  it('writes no secret into the log', () => {
    expect(log.filter((line) => /(old|new)-secret|a{40}|b{40}/.test(line))).toEqual([]);
  });
});

const INLINE = { type: 'inline' };

function twoMetrics() {
  const metrics = configOf(2).metrics?.map((metric, index) => ({
    ...metric,
    query: {
      ...{ type: 'prometheus', serviceType: 'prometheus' },
      customInlineTemplate: `PromQL:m${index}{v="\${scope}", at="${Math.random()}"}`,
    },
  }));
  return configOf(0, { judge: { name: 'NetflixACAJudge-v1.0' }, metrics: metrics ?? [] });
}
