import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { HttpAccountFields } from '../../providers/shared/http/account.ts';
import { fetchJson, type JsonQuestion } from '../../providers/shared/http/http.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const Account = z.strictObject({ ...HttpAccountFields, type: z.literal('any') });
const Answer = z.object({ ok: z.literal(true) });
const NEVER = new AbortController().signal;

let server: LoopbackServer;
let answer: RequestListener;
let received: IncomingMessage[];

beforeEach(async () => {
  received = [];
  answer = (_, response) => response.end('{"ok":true}');
  server = await startLoopback((request, response) => {
    received.push(request);
    answer(request, response);
  });
});
afterEach(() => server.stop());

function question(account: Record<string, unknown> = {}): JsonQuestion<unknown> {
  const endpoint = { baseUrl: server.baseUrl };
  return { account: Account.parse({ name: 'a', type: 'any', endpoint, ...account }), path: '/ask', Answer };
}

function failure(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => 'no failure',
    (error) => error,
  );
}

test('says who asks and takes compressed answers', async () => {
  answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"ok":true}'));
  await expect(fetchJson(question(), NEVER)).resolves.toEqual({ ok: true });
  expect(received[0]).toMatchObject({
    method: 'GET',
    url: '/ask',
    headers: { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': `haldane/${manifest.version}` },
  });
});

test('a form is posted', async () => {
  let body = '';
  answer = (request, response) => {
    request.on('data', (chunk) => (body += chunk)).on('end', () => response.end('{"ok":true}'));
  };
  await fetchJson({ ...question(), form: new URLSearchParams({ q: 'a+b c', plus: '+02:00' }) }, NEVER);
  expect(received[0]).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(body).toBe('q=a%2Bb+c&plus=%2B02%3A00');
});

test('connections are used again', async () => {
  const asked = question();
  const ports = new Set<unknown>();
  answer = (request, response) => {
    ports.add(request.socket.remotePort);
    response.end('{"ok":true}');
  };
  await fetchJson(asked, NEVER);
  await fetchJson(asked, NEVER);
  expect(received).toHaveLength(2);
  expect(ports.size).toBe(1);
});

test('an answer that trickles in ends with the deadline', async () => {
  answer = async (_, response) => {
    while (!response.destroyed) {
      response.write(' ');
      await sleep(10);
    }
  };
  const error = await failure(fetchJson(question({ timeoutMillis: 100 }), NEVER));
  expect(error).toMatchObject({ code: 'METRICS_STORE_TIMEOUT' });
});

test('a question under way is given up when the signal aborts', async () => {
  const canceled = new AbortController();
  answer = () => canceled.abort();
  const error = await failure(fetchJson(question(), canceled.signal));
  expect(error).toMatchObject({ code: 'EXECUTION_CANCELED' });
  expect(String(error)).toContain("account 'a'");
});

test('nothing is asked once the signal has aborted', async () => {
  expect(await failure(fetchJson(question(), AbortSignal.abort()))).toMatchObject({ code: 'EXECUTION_CANCELED' });
  expect(received).toEqual([]);
});

test('an answer of more than 64 MiB is a limit', async () => {
  answer = (_, response) => {
    const chunk = Buffer.alloc(8 * 1024 * 1024, 0x20);
    for (let count = 0; count < 9; count++) response.write(chunk);
    response.end();
  };
  const error = await failure(fetchJson(question(), NEVER));
  expect(error).toMatchObject({ code: 'METRICS_LIMIT_EXCEEDED', message: expect.stringContaining('64 MiB') });
});

test('a connection that breaks within an answer is unavailable', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"ok":');
    setTimeout(() => response.destroy(), 20);
  };
  expect(await failure(fetchJson(question(), NEVER))).toMatchObject({ code: 'METRICS_STORE_UNAVAILABLE' });
});

test('a refused connection is unavailable and names the host', async () => {
  const closed = await startLoopback(() => undefined);
  await closed.stop();
  const error = await failure(fetchJson(question({ endpoint: { baseUrl: closed.baseUrl } }), NEVER));
  expect(error).toMatchObject({ code: 'METRICS_STORE_UNAVAILABLE' });
  expect(String(error)).toContain(`127.0.0.1:${closed.port}`);
});

test('what is not HTTP is unavailable', async () => {
  answer = (_, response) => response.socket?.end('SSH-2.0-OpenSSH\r\n');
  expect(await failure(fetchJson(question(), NEVER))).toMatchObject({ code: 'METRICS_STORE_UNAVAILABLE' });
});

test('Retry-After may be a date', async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  answer = (_, response) => response.writeHead(429, { 'retry-after': inAMinute }).end();
  const { retryAfterMillis } = (await failure(fetchJson(question(), NEVER))) as { retryAfterMillis: number };
  expect(retryAfterMillis).toBeGreaterThan(50_000);
  expect(retryAfterMillis).toBeLessThanOrEqual(60_000);
});

test.each([
  ['a date of yesterday', 'Wed, 15 Jan 2025 12:00:00 GMT', 0],
  ['nonsense', 'soon', undefined],
])('Retry-After: %s', async (_, header, millis) => {
  answer = (_request, response) => response.writeHead(503, { 'retry-after': header }).end();
  expect(await failure(fetchJson(question(), NEVER))).toMatchObject({ retryAfterMillis: millis });
});

test('the own text of the store is cut after 2 KiB, and never within a secret', async () => {
  const secret = 'hunter2-hunter2-hunter2';
  answer = (_, response) => response.writeHead(500).end(`${'x'.repeat(2040)}${secret}${'y'.repeat(9000)}`);
  const error = await failure(fetchJson(question({ bearerToken: secret }), NEVER));
  expect(inspect(error)).not.toContain('hunter2');
  expect(String(error).length).toBeLessThan(2300);
});

test('a token is read from its file for every question', async () => {
  const bearerTokenFile = join(temporaryDirectory(), 'token');
  const asked = question({ bearerTokenFile });
  for (const token of ['first', 'second']) {
    await writeFile(bearerTokenFile, `${token}\n`);
    await fetchJson(asked, NEVER);
  }
  expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
});

test('a token with a line break is refused without being told', async () => {
  const error = await failure(fetchJson(question({ bearerToken: 'one\ntwo-secret' }), NEVER));
  expect(error).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  expect(inspect(error)).not.toContain('two-secret');
});

test('goes through the proxy of the account, with its password', async () => {
  const proxyUrl = server.baseUrl.replace('//', '//me:p%40ss@');
  await fetchJson(question({ endpoint: { baseUrl: 'http://127.0.0.1:9/base' }, proxyUrl }), NEVER);
  expect(received[0]).toMatchObject({
    url: 'http://127.0.0.1:9/base/ask',
    headers: { host: '127.0.0.1:9', 'proxy-authorization': `Basic ${btoa('me:p@ss')}` },
  });
});
