import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { isSignedWith, startReceiver } from '../support/http/callback-receiver.ts';
import { type PageService, shopConfig, shopRequest, startPageService } from '../support/http/page-service.ts';
import { requiredPostgres } from '../support/servers/postgres-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const README = readFileSync('src/engine/callbacks/README.md', 'utf8');

const opened: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});
const closing = <T extends { stop(): Promise<unknown> }>(one: T) => {
  opened.push(one);
  return one;
};

const postgres = await requiredPostgres();
afterAll(() => postgres?.stop());

async function open(callbacks: object, onLog?: (line: string) => void, store = {}): Promise<PageService> {
  const settings = { log: { level: 'debug' }, callbacks: { allowPrivate: true, ...callbacks }, ...store };
  return closing(await startPageService(settings, onLog));
}

async function startRuns(service: PageService, callbackUrl: string, count = 1): Promise<string[]> {
  const path = `/canary?callbackUrl=${encodeURIComponent(callbackUrl)}`;
  const body = { canaryConfig: shopConfig(), executionRequest: shopRequest() };
  const starts = Array.from({ length: count }, () => service.ask('POST', path, body));
  return (await Promise.all(starts)).map((one) => (one as { canaryExecutionId: string }).canaryExecutionId);
}

const callbackOf = async (service: PageService, id: string) =>
  ((await service.ask('GET', `/canary/${id}`)) as CanaryExecutionStatusResponse).callback;

describe('a receiver that never answers', () => {
  it.each(postgres === undefined ? ['sqlite'] : ['sqlite', 'postgres'])(
    'does not delay the others, however many deliveries it has, on %s',
    async (type) => {
      const store = type === 'postgres' ? { store: { type, url: await postgres?.createDatabase() } } : {};
      const service = await open({ timeoutMillis: 60_000 }, undefined, store);
      const hanging = closing(await startReceiver(() => {}));
      const other = closing(await startReceiver());
      const stuck = await startRuns(service, hanging.baseUrl, 30);
      await hanging.until(1);
      await startRuns(service, other.baseUrl, 30);
      await other.until(30);
      // Not one attempt has ended: nobody waited for a timeout.
      for (const id of stuck)
        expect(await callbackOf(service, id)).toMatchObject({ status: 'pending', attemptCount: 0 });
    },
  );

  it('gets all of its deliveries once it answers, after few attempts', async () => {
    const service = await open({ timeoutMillis: 500, firstWaitMillis: 200 });
    let up = false;
    const receiver = closing(
      await startReceiver((_, response) => {
        if (up) response.writeHead(204).end();
      }),
    );
    const ids = await startRuns(service, receiver.baseUrl, 40);
    await receiver.until(12);
    const attempts = await Promise.all(ids.map(async (id) => (await callbackOf(service, id))?.attemptCount ?? 0));
    expect(attempts.filter((count) => count === 0).length).toBeGreaterThan(ids.length / 2);
    up = true;
    const states = async () =>
      new Set(await Promise.all(ids.map(async (id) => (await callbackOf(service, id))?.status)));
    await expect.poll(states, { timeout: 120_000, interval: 500 }).toEqual(new Set(['delivered']));
  });
});

describe('the URL of a callback', () => {
  it('is shown by its host only: in answers, pages, reports, logs and refusals', async () => {
    const log: string[] = [];
    const service = await open({ attempts: 1, timeoutMillis: 300 }, (line) => log.push(line));
    const receiver = closing(await startReceiver((_, response) => response.writeHead(500).end()));
    const { host } = new URL(receiver.baseUrl);
    const secret = 'hush-hush';
    const urls = [
      `${receiver.baseUrl}/services/${secret}`,
      `${receiver.baseUrl}/?token=${secret}`,
      `http://me:${secret}@${host}/`,
      `http://127.0.0.1:9/${secret}`,
    ];
    for (const url of urls) {
      const [id = ''] = await startRuns(service, url);
      await expect.poll(async () => (await callbackOf(service, id))?.status, { timeout: 30_000 }).toBe('failed');
      for (const path of [`/canary/${id}`, `/reports/${id}`, `/reports/${id}.html`, `/reports/${id}.json`, '/']) {
        const text = await (await fetch(service.baseUrl + path)).text();
        expect([path, text.includes(secret)]).toEqual([path, false]);
      }
      expect((await callbackOf(service, id))?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(\*\*\*)?$/);
    }
    for (const url of [`ftp://host/${secret}`, secret, `http://host/${secret}${'x'.repeat(2048)}`]) {
      await expect(startRuns(service, url)).rejects.toThrow(/answers 400 (?!.*hush-hush).*callbackUrl/s);
    }
    expect(log.join('\n')).toContain('callback failed');
    expect(log.join('\n')).toContain(host);
    expect(log.join('\n')).not.toContain(secret);
  });
});

describe('the receiver of the manual', () => {
  it('believes the service, and nobody else', async () => {
    const port = await freePort();
    const receiver = await startSample(port);
    const service = await open({ secret: SECRET });
    const [id = ''] = await startRuns(service, `http://127.0.0.1:${port}/`);
    await expect.poll(async () => (await callbackOf(service, id))?.status, { timeout: 30_000 }).toBe('delivered');
    const deliveryId = (await callbackOf(service, id))?.deliveryId;
    expect(receiver.output).toEqual([`${deliveryId} succeeded Fail`]);
    const headers = { 'webhook-id': 'x', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
    for (const signature of ['v1,AAAA', '']) {
      const forged = { method: 'POST', body: '{}', headers: { ...headers, 'webhook-signature': signature } };
      expect((await fetch(`http://127.0.0.1:${port}/`, forged)).status).toBe(400);
    }
  });

  it('is one of any server: a secret that is plain text works too', async () => {
    const service = await open({ secret: 'a passphrase' });
    const receiver = closing(await startReceiver());
    await startRuns(service, receiver.baseUrl);
    await receiver.until(1);
    expect(receiver.received.map((one) => isSignedWith('a passphrase', one))).toEqual([true]);
  });
});

/** Runs the sample of the manual as it stands there. */
async function startSample(port: number) {
  const folder = temporaryDirectory();
  const [, code = ''] = /```js\n(.*?)```/s.exec(README) ?? [];
  writeFileSync(join(folder, 'receiver.mjs'), code);
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const environment = { ...process.env, CALLBACK_SECRET: SECRET, PORT: String(port) };
  const child = spawn(process.execPath, [join(folder, 'receiver.mjs')], { env: environment });
  const output: string[] = [];
  createInterface(child.stdout).on('line', (line) => output.push(line));
  const ended = once(child, 'exit');
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => 'up',
          () => 'down',
        ),
      { timeout: 30_000 },
    )
    .toBe('up');
  return closing({
    output,
    stop: async () => {
      child.kill();
      await ended;
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
