import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { configOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { roomToWrite } from '../support/servers/room-to-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// A window of more steps than Prometheus answers at once is asked in chunks, each here an answer of 55 MB. The service
// has 512 MB of heap.

const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const STEP = 60;
const A_CHUNK = 10_000;
const SERIES = 98;

let metrics: LoopbackServer;
let service: ServiceProcess;
let sent = 0;

beforeAll(async () => {
  metrics = await startLoopback(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    response.writeHead(200, { 'content-type': 'application/json' });
    if (!form.get('query')?.includes('latency')) return response.end(NOTHING);
    const [from = 0, to = 0] = ['start', 'end'].map((name) => Number(form.get(name)));
    const times = Array.from({ length: Math.floor((to - from) / STEP) + 1 }, (_, slot) => from + STEP * slot);
    const values = times
      .map((time, slot) => `[${time}.000,"${100 + (slot % 7)}.123456789012345678901234567890123"]`)
      .join();
    response.write('{"status":"success","data":{"resultType":"matrix","result":[');
    for (let series = 0; series < SERIES; series++) {
      const part = `${series === 0 ? '' : ','}{"metric":{"pod":"${series}"},"values":[${values}]}`;
      sent += part.length;
      if (!response.write(part)) await roomToWrite(response);
    }
    response.end(']}}');
  });
});
afterEach(async () => {
  await service?.stop('SIGKILL');
});
afterAll(() => metrics?.stop());

const NOTHING = '{"status":"success","data":{"resultType":"vector","result":[]}}';

async function start(settings: object = {}): Promise<void> {
  const directory = temporaryDirectory();
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
  const file = join(directory, 'haldane.yml');
  writeFileSync(file, JSON.stringify({ dataDir: directory, accounts: [account], ...settings }));
  const environment = { HALDANE_CONFIG: file, HALDANE_PORT: '0' };
  service = await startService(environment, () => {}, { nodeOptions: ['--max-old-space-size=512'] });
}

/** @returns the run when it has ended @throws Error when the process has */
async function judged(chunks: number): Promise<CanaryExecutionStatusResponse> {
  const end = START + STEP * A_CHUNK * chunks;
  const [from, to] = [START, end].map((seconds) => new Date(seconds * 1000).toISOString());
  const side = (scope: string) => ({ scope, location: 'l', start: from, end: to, step: STEP });
  const answer = await fetch(`${service.baseUrl}/canary`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      canaryConfig: config,
      executionRequest: {
        scopes: { default: { controlScope: side('baseline'), experimentScope: side('canary') } },
        thresholds: { pass: 95, marginal: 75 },
      },
    }),
  });
  const { canaryExecutionId: id, ...refusal } = (await answer.json()) as { canaryExecutionId?: string };
  if (id === undefined) throw new Error(JSON.stringify(refusal));
  const exit = service.exited.then((code) => {
    throw new Error(`the service exited with ${code}`);
  });
  for (;;) {
    const asked = fetch(`${service.baseUrl}/canary/${id}`).then(
      (one) => one.json() as Promise<CanaryExecutionStatusResponse>,
    );
    const status = await Promise.race([exit, asked]);
    if (status.complete) return status;
    await sleep(200);
  }
}

it('six million points, in chunks of 55 MB, fit into 512 MB of heap', async () => {
  await start();
  sent = 0;
  const run = await judged(3);
  expect([run.status, run.exception?.details.errors]).toEqual(['succeeded', undefined]);
  expect(sent).toBeGreaterThan(6 * 50_000_000);
});

it('a run with more points than the limit ends terminal, with the reason, while it is fetched', async () => {
  await start({ limits: { pointsPerRun: 500_000 } });
  const run = await judged(1);
  expect(run.status).toBe('terminal');
  expect(run.exception?.details.errors).toEqual([
    expect.stringMatching(/^The queries answered \d+ points so far, more than the 500000 of a run/),
  ]);
});

const config = configOf(1, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: [
    {
      name: 'latency',
      query: { type: 'prometheus', serviceType: 'prometheus', customInlineTemplate: 'PromQL:latency{v="${scope}"}' },
      groups: ['group'],
      scopeName: 'default',
    },
  ],
});
