import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { requiredPostgres } from '../support/servers/postgres-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Long enough for a slow machine to start twice in it, and then some. */
const WAIT_MILLIS = 20_000;
const postgres = await requiredPostgres();
const services: ServiceProcess[] = [];

const values = (scale: number) => Array.from({ length: 20 }, (_, index) => 100 + ((index * 7) % 5) * scale);
const canaryConfig = {
  name: 'waits',
  metrics: [
    {
      name: 'latency',
      query: { type: 'inline', control: values(1), experiment: values(1.1) },
      groups: ['latency'],
      scopeName: 'default',
    },
  ],
  classifier: { groupWeights: { latency: 100 } },
};

const start = async (configFile: string, directory: string) => {
  const environment = { HALDANE_CONFIG: configFile, HALDANE_DATA_DIR: directory, HALDANE_PORT: '0' };
  const service = await startService(environment);
  services.push(service);
  return service;
};
const begin = async (service: ServiceProcess) => {
  const end = Date.now() + WAIT_MILLIS;
  const window = { start: new Date(end - 20_000).toISOString(), end: new Date(end).toISOString(), step: 1 };
  const scopes = { default: { controlScope: { scope: 'v1', ...window }, experimentScope: { scope: 'v2', ...window } } };
  const answer = await fetch(`${service.baseUrl}/canary`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ canaryConfig, executionRequest: { scopes, thresholds: { pass: 95, marginal: 75 } } }),
  });
  const { canaryExecutionId, waiting } = (await answer.json()) as { canaryExecutionId: string; waiting?: string };
  expect(waiting).toMatch(/^The run waits until /);
  return { id: canaryExecutionId, end };
};
const read = async (service: ServiceProcess, id: string) =>
  (await (await fetch(`${service.baseUrl}/canary/${id}`)).json()) as CanaryExecutionStatusResponse;
const untilComplete = async (service: ServiceProcess, id: string) => {
  for (let look = 0; look < 1200; look++) {
    const run = await read(service, id);
    if (run.complete) return run;
    await sleep(50);
  }
  throw new Error(`${id} did not end`);
};

afterEach(async () => {
  for (const service of services.splice(0)) await service.stop('SIGKILL');
});
afterAll(() => postgres?.stop());

describe('a run that waits for the end of its window', () => {
  it('is judged after that end, although the process was killed and started again meanwhile', async () => {
    const directory = temporaryDirectory();
    const configFile = join(directory, 'haldane.yml');
    writeFileSync(configFile, '{}\n');
    const first = await start(configFile, directory);
    const { id, end } = await begin(first);
    await first.stop('SIGKILL');
    const second = await start(configFile, directory);
    expect(await read(second, id)).toMatchObject({ status: 'not_started', waitsUntilMillis: end });
    // A shutdown does not wait for it.
    expect(await second.stop('SIGTERM')).toBe(0);
    const third = await start(configFile, directory);
    const run = await untilComplete(third, id);
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(run.startTimeMillis).toBeGreaterThanOrEqual(end);
    expect(run.result?.judgeResult.score.classification).toBe('Pass');
  });

  it.skipIf(postgres === undefined)('is judged by another replica, and by none before', async () => {
    const directory = temporaryDirectory();
    const configFile = join(directory, 'haldane.yml');
    const url = await postgres?.createDatabase();
    writeFileSync(configFile, JSON.stringify({ store: { type: 'postgres', url }, engine: { leaseSeconds: 1 } }));
    const [first, second] = await Promise.all([start(configFile, directory), start(configFile, directory)]);
    const { id, end } = await begin(first as ServiceProcess);
    await first?.stop('SIGKILL');
    const run = await untilComplete(second as ServiceProcess, id);
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(run.startTimeMillis).toBeGreaterThanOrEqual(end);
  });
});
