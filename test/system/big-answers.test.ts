import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { configOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { roomToWrite } from '../support/servers/room-to-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const STEP = 60;
const POINTS = 9_900;
const SERIES = 99;
/** of one answer, about 55 MB */
const SERIES_TEXT = Array.from(
  { length: POINTS },
  (_, slot) => `[${START + STEP * slot}.781,"${100 + (slot % 7)}.123456789012345678901234567890123"]`,
).join(',');

let metrics: LoopbackServer;
let service: ServiceProcess;
let sent = 0;
let ended = 'running';
const log: string[] = [];

beforeAll(async () => {
  metrics = await startLoopback(async (request, response) => {
    const query = new URLSearchParams(await text(request)).get('query') ?? '';
    response.writeHead(200, { 'content-type': 'application/json' });
    if (!query.includes('latency'))
      return response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    response.write('{"status":"success","data":{"resultType":"matrix","result":[');
    for (let series = 0; series < SERIES; series++) {
      const part = `${series === 0 ? '' : ','}{"metric":{"pod":"${series}"},"values":[${SERIES_TEXT}]}`;
      sent += part.length;
      if (!response.write(part)) await roomToWrite(response);
    }
    response.end(']}}');
  });
  const directory = temporaryDirectory();
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
  writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ dataDir: directory, accounts: [account] }));
  const environment = { HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' };
  service = await startService(environment, (line) => log.push(line), { nodeOptions: ['--max-old-space-size=512'] });
  void service.exited.then((code) => {
    ended = `exited with ${code}: ${log.slice(-20).join('\n')}`;
  });
});
afterAll(async () => {
  await service?.stop('SIGKILL');
  await metrics?.stop();
});

it('six answers of 55 MB at once fit into 512 MB of heap', async () => {
  const window = {
    start: new Date(START * 1000).toISOString(),
    end: new Date((START + STEP * POINTS) * 1000).toISOString(),
    step: STEP,
  };
  const side = (scope: string) => ({ scope, location: 'l', extendedScopeParams: {}, ...window });
  const ids: string[] = [];
  for (let run = 0; run < 3; run++) {
    const pair = { controlScope: side(`baseline-${run}`), experimentScope: side(`canary-${run}`) };
    const answer = await fetch(`${service.baseUrl}/canary`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        canaryConfig: config,
        executionRequest: { scopes: { default: pair }, thresholds: { pass: 95, marginal: 75 } },
      }),
    });
    const body = (await answer.json()) as { canaryExecutionId?: string };
    if (body.canaryExecutionId === undefined) throw new Error(JSON.stringify(body));
    ids.push(body.canaryExecutionId);
  }
  for (const id of ids) {
    const run = await untilEnded(id);
    expect([run.status, run.exception?.details.errors]).toEqual(['succeeded', undefined]);
  }
  expect(sent).toBeGreaterThan(6 * 55_000_000);
});

async function untilEnded(id: string): Promise<CanaryExecutionStatusResponse> {
  for (;;) {
    if (ended !== 'running') throw new Error(ended);
    const status = await fetch(`${service.baseUrl}/canary/${id}`).then(
      (answer) => answer.json() as Promise<CanaryExecutionStatusResponse>,
      () => undefined,
    );
    if (status?.complete) return status;
    await sleep(200);
  }
}

const config = configOf(1, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: [
    {
      name: 'latency',
      query: {
        type: 'prometheus',
        serviceType: 'prometheus',
        customInlineTemplate: 'PromQL:latency{v="${scope}"}',
      },
      groups: ['group'],
      scopeName: 'default',
    },
  ],
});
