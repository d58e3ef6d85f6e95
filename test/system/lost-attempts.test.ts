import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import type { CanaryAnalysisExecutionStatusResponse } from '../../src/domain/standalone-analysis.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Of the query that the process dies of. */
const DEADLY = 'deadly';
const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const values = Array.from({ length: 61 }, (_, minute) => [START + 60 * minute, String(100 + (minute % 7))]);
const ANSWER = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } });

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
const requestFor = (scope: string) => {
  const { scopes, ...request } = requestOf();
  const { controlScope, experimentScope } = scopes?.default ?? {};
  const pair = { controlScope: { ...controlScope, scope }, experimentScope: { ...experimentScope, scope } };
  return { ...request, scopes: { default: pair } };
};

describe('a run that ends the process', () => {
  const directory = temporaryDirectory();
  let metrics: LoopbackServer;
  let service: ServiceProcess;
  let starting: Promise<ServiceProcess>;
  /** is killed when it sends the deadly query; the test starts it again */
  let died = Promise.withResolvers<void>();

  const start = async () => {
    starting = startService({ HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' });
    service = await starting;
  };
  const get = async <T>(path: string) => (await fetch(service.baseUrl + path)).json() as Promise<T>;
  const post = async (path: string, sent: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(service.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(sent) });
    const body = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(body));
    return body as Record<string, string>;
  };
  const untilComplete = async <T extends { complete: boolean }>(path: string) => {
    for (let look = 0; look < 600; look++) {
      const found = await get<T>(path);
      if (found.complete) return found;
      await sleep(50);
    }
    throw new Error(`${path} did not end`);
  };
  const startAfterDeath = async () => {
    await died.promise;
    died = Promise.withResolvers();
    await start();
  };

  beforeAll(async () => {
    metrics = await startLoopback(async (request, response) => {
      const query = new URLSearchParams(await text(request)).get('query') ?? '';
      if (query.includes(DEADLY)) {
        await (await starting).stop('SIGKILL');
        return died.resolve();
      }
      // Others are under way when the process dies, too.
      await sleep(query.includes('slow') ? 300 : 0);
      response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    });
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
    writeFileSync(
      join(directory, 'haldane.yml'),
      JSON.stringify({ dataDir: directory, engine: { attempts: 3 }, accounts: [account] }),
    );
    await start();
  });
  afterAll(async () => {
    await service?.stop('SIGKILL');
    await metrics?.stop();
  });

  it('is given up after three attempts, with the reason, and takes no other run with it', async () => {
    const start = { canaryConfig: config };
    const others: string[] = [];
    for (let other = 0; other < 4; other++) {
      const answer = await post('/canary', { ...start, executionRequest: requestFor(`slow-${other}`) });
      others.push(answer.canaryExecutionId ?? '');
    }
    const { canaryExecutionId: deadly } = await post('/canary', { ...start, executionRequest: requestFor(DEADLY) });
    for (let life = 0; life < 3; life++) await startAfterDeath();
    const run = await untilComplete<CanaryExecutionStatusResponse>(`/canary/${deadly}`);
    expect(run).toMatchObject({ status: 'terminal', exception: { exceptionType: 'EXECUTION_ABANDONED' } });
    expect(run.exception?.details.errors[0]).toMatch(
      /started 3 times and each time the process ended.*engine\.attempts/,
    );
    expect(Object.values(run.stageStatus)).not.toContain('running');
    for (const id of others) {
      expect((await untilComplete<CanaryExecutionStatusResponse>(`/canary/${id}`)).status).toBe('succeeded');
    }
  });

  it('ends its analysis with the same reason', async () => {
    const scope = { controlScope: DEADLY, experimentScope: DEADLY, step: 60 };
    const times = { startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T01:00:00Z' };
    const { canaryAnalysisExecutionId: id } = await post('/standalone_canary_analysis', {
      canaryConfig: config,
      executionRequest: { scopes: [{ ...scope, ...times }], thresholds: { pass: 95, marginal: 75 } },
    });
    for (let life = 0; life < 3; life++) await startAfterDeath();
    const path = `/standalone_canary_analysis/${id}`;
    const analysis = await untilComplete<CanaryAnalysisExecutionStatusResponse>(path);
    expect(analysis).toMatchObject({ status: 'terminal', exception: { exceptionType: 'EXECUTION_ABANDONED' } });
  });

  it('has as many attempts as before when the process is stopped by its operator', async () => {
    const { canaryExecutionId: id } = await post('/canary', {
      canaryConfig: config,
      executionRequest: requestFor('slow-stop'),
    });
    for (let deploy = 0; deploy < 4; deploy++) {
      expect(await service.stop('SIGTERM')).toBe(0);
      await start();
    }
    expect((await untilComplete<CanaryExecutionStatusResponse>(`/canary/${id}`)).status).toBe('succeeded');
  });
});
