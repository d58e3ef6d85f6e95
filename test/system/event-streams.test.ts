import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeProvider } from '../support/fake-provider.ts';
import { shopConfig, shopRequest } from '../support/http/page-service.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { createTestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const RUNS = 25;
const STREAMS = 500;

let silent: LoopbackServer;
let service: ServiceProcess;
const sockets: Socket[] = [];
beforeAll(async () => {
  silent = await startLoopback(() => {});
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  const accounts = [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: silent.baseUrl } }];
  writeFileSync(file, JSON.stringify({ dataDir, server: { port: 0, maxEventStreams: STREAMS }, accounts }));
  service = await startService({ HALDANE_CONFIG: file });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await service.stop();
  await silent.stop();
});

/** Seconds of a CPU that the process has used. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function startRun(): Promise<string> {
  const body = JSON.stringify({ canaryConfig: shopConfig(), executionRequest: shopRequest() });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${service.baseUrl}/canary`, { method: 'POST', headers, body });
  return ((await answer.json()) as { canaryExecutionId: string }).canaryExecutionId;
}

interface Stream {
  text: string;
}

function follow(id: string): Stream {
  const { hostname, port } = new URL(service.baseUrl);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  const stream = { text: '' };
  socket.on('data', (chunk) => {
    stream.text += chunk;
  });
  socket.write(`GET /canary/${id}/events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  return stream;
}

it('500 streams in which nothing happens take hardly any CPU, and all tell the end', async () => {
  const ids = await Promise.all(Array.from({ length: RUNS }, startRun));
  const streams = Array.from({ length: STREAMS }, (_, index) => follow(ids[index % RUNS] ?? ''));
  const count = (text: string) => streams.filter((stream) => stream.text.includes(text)).length;
  await expect.poll(() => count('event: status'), { timeout: 120_000 }).toBe(STREAMS);
  const before = cpuSeconds();
  await sleep(6000);
  // A read of its run for every stream, three times a second, took 1.8 s.
  expect(cpuSeconds() - before).toBeLessThan(0.9);
  const refused = await fetch(`${service.baseUrl}/canary/${ids[0]}/events`);
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('server.maxEventStreams')]);
  for (const id of ids) await fetch(`${service.baseUrl}/canary/${id}/cancel`, { method: 'PUT' });
  await expect.poll(() => count('event: end'), { timeout: 120_000 }).toBe(STREAMS);
});

it('a stream ends soon after its token is revoked, and those of others go on', async () => {
  const admin = 'an-admin-token-of-at-least-32-letters';
  const closed = await createTestService({
    auth: { adminToken: admin },
    providers: [fakeProvider(() => new Promise(() => {}))],
  });
  const address = await closed.http.listen({ port: 0, host: '127.0.0.1' });
  const ask = (path: string, token: string, method = 'GET', body?: object) =>
    fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const started = await ask('/canary', admin, 'POST', { canaryConfig: configOf(), executionRequest: requestOf() });
  const { canaryExecutionId: id } = (await started.json()) as { canaryExecutionId: string };
  const made = await ask('/tokens', admin, 'POST', { name: 'leaked', role: 'viewer' });
  const { token } = (await made.json()) as { token: string };
  const [leaked, other] = [await ask(`/canary/${id}/events`, token), await ask(`/canary/${id}/events`, admin)];
  expect([leaked.status, other.status]).toEqual([200, 200]);
  let otherEnded = false;
  void other.text().then(
    () => {
      otherEnded = true;
    },
    () => {},
  );
  await ask('/tokens/leaked', admin, 'DELETE');
  const begun = performance.now();
  expect(await leaked.text()).toContain('event: status');
  expect(performance.now() - begun).toBeLessThan(40_000);
  await sleep(2000);
  expect(otherEnded).toBe(false);
  await closed.close();
});
