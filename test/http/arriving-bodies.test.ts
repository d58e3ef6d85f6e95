import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const MEGABYTE = 1024 * 1024;

let service: TestService;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await service.close();
});

async function open(maxArrivingMegabytes: number) {
  service = await createTestService({ server: { maxArrivingMegabytes } });
  const baseUrl = await service.http.listen({ host: '127.0.0.1', port: 0 });
  const store = async (name: string) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${baseUrl}/canaryConfig`, { method: 'POST', headers, body: JSON.stringify(configOf(1, { name })) });
  };
  /** Begins a request and sends no more than its first byte. */
  const begin = async (length: string) => {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname).on('error', () => {});
    sockets.push(socket);
    const type = 'content-type: application/json';
    socket.write(`POST /canaryConfig HTTP/1.1\r\nhost: localhost\r\n${type}\r\n${length}\r\n\r\n`);
    const chunked = length.startsWith('transfer');
    await new Promise<void>((resolve) => socket.write(chunked ? '1\r\n{\r\n' : '{', () => resolve()));
    return socket;
  };
  return { store, begin };
}

it('requests that stop before their end are kept up to server.maxArrivingMegabytes; further ones are a 503', async () => {
  const { store, begin } = await open(4);
  const stopped = [await begin(`content-length: ${2 * MEGABYTE}`), await begin(`content-length: ${2 * MEGABYTE - 10}`)];
  await expect.poll(async () => (await store('refused')).status, { timeout: 10_000 }).toBe(503);
  const body = (await (await store('refused')).json()) as { errorCode: string; message: string };
  expect([body.errorCode, body.message]).toEqual(['LIMIT_REACHED', expect.stringContaining('maxArrivingMegabytes')]);
  expect((await service.http.inject('/health')).statusCode).toBe(200);
  stopped[0]?.destroy();
  let number = 0;
  const status = async () => (await store(`taken-${number++}`)).status;
  await expect.poll(status, { timeout: 10_000 }).toBe(200);
});

it('a body of unknown length counts as the largest; one request alone always fits', async () => {
  const { store, begin } = await open(1);
  expect((await store('alone')).status).toBe(200);
  const stopped = await begin('transfer-encoding: chunked');
  await expect.poll(async () => (await store('refused')).status, { timeout: 10_000 }).toBe(503);
  stopped.destroy();
  let number = 0;
  await expect.poll(async () => (await store(`next-${number++}`)).status, { timeout: 10_000 }).toBe(200);
});
