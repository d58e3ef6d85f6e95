import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type SeriesStandIn, startSeriesStandIn } from '../support/servers/series-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
let metrics: SeriesStandIn;
let service: ServiceProcess;
const log: string[] = [];

const start = async (limits: object) => {
  const file = join(directory, 'haldane.yml');
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
  writeFileSync(file, JSON.stringify({ dataDir: directory, limits, accounts: [account] }));
  service = await startService({ HALDANE_CONFIG: file, HALDANE_PORT: '0' }, (line) => log.push(line));
};
const metricsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `metric ${index}`,
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      customInlineTemplate: `PromQL:sum(rate(http_requests_total{job="shop",route="/${index}",version="\${scope}"}[1m]))`,
    },
    groups: ['group'],
    scopeName: 'default',
  }));
const bodyOf = (count: number) => ({
  canaryConfig: configOf(0, { judge: { name: 'NetflixACAJudge-v1.0' }, metrics: metricsOf(count) }),
  executionRequest: requestOf(),
});
const post = async (body: object) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${service.baseUrl}/canary`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { ...((await answer.json()) as { canaryExecutionId?: string }), status: answer.status };
};

/** How often `/health` is answered while `work` goes on, and how long the longest answer takes, in milliseconds. */
async function healthDuring(work: Promise<unknown>): Promise<{ answers: number; longestMillis: number }> {
  const state = { done: false };
  const end = () => {
    state.done = true;
  };
  work.then(end, end);
  let [answers, longestMillis] = [0, 0];
  while (!state.done) {
    const begun = performance.now();
    await fetch(`${service.baseUrl}/health`).then((answer) => answer.text());
    longestMillis = Math.max(longestMillis, performance.now() - begun);
    answers += 1;
    await sleep(10);
  }
  await work;
  return { answers, longestMillis: Math.round(longestMillis) };
}

beforeAll(async () => {
  metrics = await startSeriesStandIn(5);
  await start({});
});
afterAll(async () => {
  await service?.stop('SIGKILL');
  await metrics?.stop();
});

it('a body of 20,000 metrics is refused before anything looks at each of them', async () => {
  const answer = post(bodyOf(20_000));
  console.info('health while 20,000 metrics are refused:', await healthDuring(answer));
  expect(await answer).toMatchObject({ status: 413, errorCode: 'REQUEST_TOO_LARGE' });
});

it('runs of thousands of metrics, accepted under a higher limit, do not keep a restart from answering', async () => {
  await service.stop();
  await start({ metricsPerRun: 2000 });
  metrics.delayMillis = 60_000;
  const ids: string[] = [];
  for (let run = 0; run < 3; run++) ids.push((await post(bodyOf(2000))).canaryExecutionId ?? '');
  await service.stop('SIGKILL');
  metrics.delayMillis = 1;
  log.length = 0;
  await start({ metricsPerRun: 2000 });
  const listened = log.findIndex((line) => line.includes('"msg":"listening"'));
  const ended = untilEnded(ids);
  console.info('health while 3 runs of 2,000 metrics are resumed:', await healthDuring(ended));
  const resumed = log.findIndex((line) => line.includes('"resumed":3'));
  expect(resumed).toBeGreaterThan(listened);
  expect(await ended).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(log.filter((line) => line.includes('MaxListenersExceeded'))).toEqual([]);
});

async function untilEnded(ids: readonly string[]): Promise<string[]> {
  const statuses: string[] = [];
  for (const id of ids) {
    for (;;) {
      const run = (await (await fetch(`${service.baseUrl}/canary/${id}`)).json()) as CanaryExecutionStatusResponse;
      if (run.complete) {
        statuses.push(run.status);
        break;
      }
      await sleep(1000);
    }
  }
  return statuses;
}
