import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { shopConfig, shopRequest } from '../support/http/page-service.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const METRICS = 120;
const POINTS = 10_080;

let service: ServiceProcess | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await service?.stop();
  service = undefined;
});

interface Start {
  readonly log?: string[];
  /** of a metrics store */
  readonly baseUrl?: string;
  /** whether a week of 120 metrics (about 45 MB of JSON) is stored as `week` */
  readonly week?: boolean;
}

/** The real process. */
async function start(server: object, { log = [], baseUrl, week = false }: Start = {}): Promise<ServiceProcess> {
  const directory = temporaryDirectory();
  if (week) await storeWeek(directory);
  const file = join(directory, 'haldane.yml');
  const accounts = baseUrl === undefined ? [] : [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl } }];
  writeFileSync(file, JSON.stringify({ dataDir: directory, server: { port: 0, ...server }, accounts }));
  service = await startService({ HALDANE_CONFIG: file }, (line) => log.push(line));
  return service;
}

async function storeWeek(directory: string): Promise<void> {
  const store = await openStore(openSqlite(directory), Date.now);
  const values = () => Array.from({ length: POINTS }, Math.random);
  const list = Array.from({ length: METRICS }, (_, index) => {
    return { name: `m${index}`, id: `p${index}`, tags: {}, values: { control: values(), experiment: values() } };
  });
  await store.metricSetPairLists.put('week', list);
  await store.close();
}

/** Sends a request and reads no byte of the answer. */
function ask(path: string): Socket {
  const { hostname, port } = new URL(service?.baseUrl ?? '');
  const socket = connect(Number(port), hostname).on('error', () => {});
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  sockets.push(socket);
  return socket;
}

const memoryOf = ({ pid }: ServiceProcess) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

describe('clients that do not read', () => {
  it('cost no memory for what they do not read, and hold up nobody', async () => {
    const running = await start({ stalledClientSeconds: 60 }, { week: true });
    const whole = await (await fetch(`${running.baseUrl}/metricSetPairList/week`)).text();
    expect(JSON.parse(whole)).toHaveLength(METRICS);
    const before = memoryOf(running);
    for (let client = 0; client < 30; client++) ask('/metricSetPairList/week');
    // Thirty copies of this answer are more than a gigabyte.
    for (let look = 0; look < 10; look++) {
      expect((await fetch(`${running.baseUrl}/health`)).status).toBe(200);
      await sleep(200);
    }
    expect(memoryOf(running) - before).toBeLessThan(500);
  });

  it('are cut off after a while; one that reads slowly gets everything', async () => {
    const log: string[] = [];
    const running = await start({ stalledClientSeconds: 2 }, { log, week: true });
    const stalled = ask('/metricSetPairList/week');
    const slow = ask('/metricSetPairList/week');
    let bytes = 0;
    const ended = new Promise<void>((resolve) => {
      slow.on('data', (chunk) => {
        bytes += chunk.length;
        slow.pause();
        setTimeout(() => slow.resume(), 2);
        if (chunk.includes('\r\n0\r\n\r\n')) resolve();
      });
    });
    slow.resume();
    await expect.poll(() => log.join(' '), { timeout: 60_000, interval: 100 }).toContain('client reads nothing');
    await ended;
    const whole = (await (await fetch(`${running.baseUrl}/metricSetPairList/week`)).arrayBuffer()).byteLength;
    expect(bytes).toBeGreaterThan(whole);
    const closed = new Promise((resolve) => stalled.once('close', resolve));
    stalled.resume();
    await closed;
    expect(stalled.bytesRead).toBeLessThan(whole);
  });

  it('may leave only so much unread between them, of answers that are not streamed too', async () => {
    const log: string[] = [];
    const running = await start({ stalledClientSeconds: 600, maxUnreadMegabytes: 20 }, { log });
    const config = { ...shopConfig(), description: 'x'.repeat(9_000_000) };
    const headers = { 'content-type': 'application/json' };
    const stored = await fetch(`${running.baseUrl}/canaryConfig`, {
      method: 'POST',
      headers,
      body: JSON.stringify(config),
    });
    const { canaryConfigId } = (await stored.json()) as { canaryConfigId: string };
    const readers = Array.from({ length: 12 }, () => ask(`/canaryConfig/${canaryConfigId}`));
    const closings = () => log.filter((line) => line.includes('clients leave too much unread')).length;
    await expect.poll(closings, { timeout: 60_000, interval: 100 }).toBeGreaterThan(5);
    expect(readers.length - closings()).toBeGreaterThan(0);
    expect((await fetch(`${running.baseUrl}/health`)).status).toBe(200);
  });

  it('are not taken for those that wait: for a verdict, or for a stream that has nothing to say', async () => {
    const silent = await startLoopback(() => {});
    const running = await start({ stalledClientSeconds: 1 }, { baseUrl: silent.baseUrl });
    const run = async (query: string) => {
      const body = JSON.stringify({ canaryConfig: shopConfig(), executionRequest: shopRequest() });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${running.baseUrl}/canary${query}`, { method: 'POST', headers, body })).json();
    };
    const { canaryExecutionId: id } = (await run('')) as { canaryExecutionId: string };
    const followed = fetch(`${running.baseUrl}/canary/${id}/events`).then((answer) => answer.text());
    expect(await run('?wait=4s')).toMatchObject({ complete: false });
    expect((await fetch(`${running.baseUrl}/canary/${id}/cancel`, { method: 'PUT' })).status).toBe(202);
    expect(await followed).toContain('event: end');
    await silent.stop();
  });
});

describe('server.maxConnections', () => {
  it('answers 503 naming itself beyond it, health always, and everybody again once others have gone', async () => {
    const running = await start({ maxConnections: 5 });
    const { hostname, port } = new URL(running.baseUrl);
    const answerOf = async (path: string) => {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      await expect.poll(() => text, { timeout: 20_000 }).toContain('\r\n\r\n{');
      return text;
    };
    const idle = Array.from({ length: 5 }, () => connect(Number(port), hostname));
    sockets.push(...idle);
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const refused = await answerOf('/canaryConfig');
    expect(refused).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n.*"errorCode":"LIMIT_REACHED"/is);
    expect(refused).toContain('server.maxConnections');
    expect(await answerOf('/health')).toContain('"status":"UP"');
    for (const socket of sockets.splice(0)) socket.destroy();
    await expect
      .poll(async () => (await fetch(`${running.baseUrl}/canaryConfig`)).status, { timeout: 20_000 })
      .toBe(200);
  });

  it('does not keep connections that bring their request byte by byte: headers, or a body', async () => {
    const running = await start({ headersTimeoutSeconds: 1, requestTimeoutSeconds: 2 });
    const { hostname, port } = new URL(running.baseUrl);
    const head = 'POST /canaryConfig HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const begun = performance.now();
    const trickled = [head, `${head}content-length: 100000\r\n\r\n{`, `${head}transfer-encoding: chunked\r\n\r\n`];
    const closed = trickled.map((beginning, index) => {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.resume().on('error', () => {});
      socket.write(beginning);
      const timer = setInterval(() => socket.write(index === 2 ? '1\r\n \r\n' : 'x'), 100);
      return new Promise((resolve) => socket.once('close', resolve)).then(() => clearInterval(timer));
    });
    await sleep(300);
    expect((await fetch(`${running.baseUrl}/canaryConfig`)).status).toBe(200);
    await Promise.all(closed);
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('does not keep connections whose request never comes: server.headersTimeoutSeconds', async () => {
    const running = await start({ headersTimeoutSeconds: 1 });
    const { hostname, port } = new URL(running.baseUrl);
    for (const begun of ['', 'GET / HTTP/1.1\r\nhost: loc']) {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.resume();
      if (begun !== '') socket.write(begun);
      await new Promise((resolve) => socket.once('close', resolve));
    }
  });
});
