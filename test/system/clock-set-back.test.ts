import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PRELOAD = join(import.meta.dirname, '../support/torture/clock-set-back.ts');
const log = new EventTarget();
let metrics: SeriesStandIn;
let service: ServiceProcess;

beforeAll(async () => {
  metrics = await startSeriesStandIn(0);
  const directory = temporaryDirectory();
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl }, requestsPerSecond: 2 };
  writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ dataDir: directory, accounts: [account] }));
  const environment = { HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' };
  const onLog = (line: string) => line.includes('clock set back') && log.dispatchEvent(new Event('set back'));
  service = await startService(environment, onLog, { nodeOptions: [`--import=${PRELOAD}`] });
});
afterAll(async () => {
  await service?.stop('SIGKILL');
  await metrics?.stop();
});

it('a clock set back by an hour stops no account, no queue and no cache', async () => {
  expect(await statusOfRun('before')).toBe('succeeded');
  const set = once(log, 'set back');
  process.kill(service.pid, 'SIGUSR2');
  await set;
  for (const version of ['after', 'later']) expect(await statusOfRun(version)).toBe('succeeded');
});

/** A run of four queries, at two a second. */
async function statusOfRun(version: string): Promise<string | undefined> {
  const { scopes, ...request } = requestOf();
  const { controlScope, experimentScope } = scopes?.default ?? {};
  const pair = {
    controlScope: { ...controlScope, scope: `${version}-control` },
    experimentScope: { ...experimentScope, scope: `${version}-experiment` },
  };
  const answer = await fetch(`${service.baseUrl}/canary?wait=60s`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ canaryConfig: config, executionRequest: { ...request, scopes: { default: pair } } }),
  });
  return ((await answer.json()) as { status?: string }).status;
}

const config = configOf(0, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: ['latency', 'errors'].map((name) => ({
    name,
    query: { type: 'prometheus', serviceType: 'prometheus', customInlineTemplate: `PromQL:${name}{v="\${scope}"}` },
    groups: ['group'],
    scopeName: 'default',
  })),
});
