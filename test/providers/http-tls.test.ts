import { copyFileSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { HttpAccountFields } from '../../providers/shared/http/account.ts';
import { fetchJson } from '../../providers/shared/http/http.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const Account = z.strictObject({ ...HttpAccountFields, type: z.literal('any') });
const NEVER = new AbortController().signal;
const FILES = 'test/fixtures/providers/tls';
const caFile = `${FILES}/server.crt`;

let server: LoopbackServer;

beforeAll(async () => {
  const [key, cert, ca] = ['server.key', 'server.crt', 'client.crt'].map((file) => readFileSync(`${FILES}/${file}`));
  const tls = { key, cert, ca, requestCert: true, rejectUnauthorized: false };
  server = await startLoopback((request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ client: subject?.CN ?? 'nobody' }));
  }, tls);
});
afterAll(() => server.stop());

function accountWith(fields: Record<string, unknown>) {
  return Account.parse({
    name: 'a',
    type: 'any',
    endpoint: { baseUrl: `https://localhost:${server.port}` },
    ...fields,
  });
}

function ask(account: z.infer<typeof Account>) {
  return fetchJson({ account, path: '/', Answer: z.object({ client: z.string() }) }, NEVER);
}

test('a certificate nobody vouches for is unavailable', async () => {
  await expect(ask(accountWith({}))).rejects.toMatchObject({
    code: 'METRICS_STORE_UNAVAILABLE',
    message: expect.stringMatching(/self-signed certificate/),
  });
});

test('caFile vouches for it, insecureSkipVerify does without', async () => {
  await expect(ask(accountWith({ tls: { caFile } }))).resolves.toEqual({ client: 'nobody' });
  await expect(ask(accountWith({ tls: { insecureSkipVerify: true } }))).resolves.toEqual({ client: 'nobody' });
});

test('certFile and keyFile authenticate the client', async () => {
  const tls = { caFile, certFile: `${FILES}/client.crt`, keyFile: `${FILES}/client.key` };
  await expect(ask(accountWith({ tls }))).resolves.toEqual({ client: 'client' });
});

test('a certificate that is changed on disk is used for the next question', async () => {
  const folder = temporaryDirectory();
  const place = (name: string) => {
    for (const kind of ['crt', 'key']) copyFileSync(`${FILES}/${name}.${kind}`, join(folder, `my.${kind}`));
  };
  place('client');
  const tls = { caFile, certFile: join(folder, 'my.crt'), keyFile: join(folder, 'my.key') };
  const account = accountWith({ tls });
  await expect(ask(account)).resolves.toEqual({ client: 'client' });
  place('server');
  await expect(ask(account)).resolves.toEqual({ client: 'localhost' });
});

test('a file that is missing is named', async () => {
  await expect(ask(accountWith({ tls: { caFile: '/no/such/ca.pem' } }))).rejects.toMatchObject({
    code: 'METRICS_ACCESS_DENIED',
    message: expect.stringMatching(/account 'a': tls.caFile cannot be read: .*\/no\/such\/ca.pem/),
  });
});

test('goes through a proxy by a tunnel', async () => {
  const asked: string[] = [];
  const tunnels: Duplex[] = [];
  const proxy = await startLoopback(() => undefined);
  proxy.server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
    tunnels.push(client);
    const target = connect(server.port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    target.pipe(client).pipe(target);
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
  });
  try {
    const proxyUrl = proxy.baseUrl.replace('//', '//me:secret@');
    await expect(ask(accountWith({ tls: { caFile }, proxyUrl }))).resolves.toEqual({ client: 'nobody' });
    expect(asked).toEqual([`localhost:${server.port} Basic ${btoa('me:secret')}`]);
  } finally {
    for (const tunnel of tunnels) tunnel.destroy();
    await proxy.stop();
  }
});

test('https spoken to a port of plain http is named in words, not in those of OpenSSL', async () => {
  const plain = await startLoopback((_, response) => response.end('{"client":"nobody"}'));
  const account = accountWith({ endpoint: { baseUrl: `https://localhost:${plain.port}` } });
  await expect(ask(account)).rejects.toMatchObject({
    code: 'METRICS_STORE_UNAVAILABLE',
    message: `account 'a': localhost:${plain.port} answers in plain HTTP, not HTTPS; begin endpoint.baseUrl with http://, or name the port that speaks TLS`,
  });
  await plain.stop();
});

test.each([
  'Client sent an HTTP request to an HTTPS server.\n',
  '<center>The plain HTTP request was sent to HTTPS port</center>',
  "You're speaking plain HTTP to an SSL-enabled server port.",
])('http spoken to a port of https is told to begin with https: %s', async (text) => {
  const answering = await startLoopback((_, response) => response.writeHead(400).end(text));
  const account = accountWith({ endpoint: { baseUrl: `http://localhost:${answering.port}` } });
  await expect(ask(account)).rejects.toThrow('begin endpoint.baseUrl with https://: this port speaks TLS');
  await answering.stop();
});
