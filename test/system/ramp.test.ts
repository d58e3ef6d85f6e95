import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NextStep } from '../../src/domain/ramp.ts';
import type { CanaryAnalysisExecutionStatusResponse } from '../../src/domain/standalone-analysis.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { errorRateConfig, unevenness } from '../support/samples/error-rate.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// The real process is killed in the middle of every step of a ramp, and comes back when the step is due: with a clock
// that is so much ahead.

const MINUTE = 60_000;
const canaryConfig = errorRateConfig('ramp');
const executionRequest = {
  ramp: { shares: [5, 25, 50, 75] },
  scopes: [{ controlScope: 'v1', experimentScope: 'v2' }],
  thresholds: { pass: 95, marginal: 75 },
  analysisIntervalMins: 30,
};

let metrics: LoopbackServer;
let service: ServiceProcess;
/** a process works before its start is known here */
let starting: Promise<ServiceProcess>;
let minutesAhead = 0;
/** of the canary, in percent of its requests */
let errorRate = 1;
let killAtQuery = false;
let died = Promise.withResolvers<void>();
const directory = temporaryDirectory();

const start = async () => {
  const ahead = `const now = Date.now; Date.now = () => now() + ${minutesAhead * MINUTE};`;
  const nodeOptions = [`--import=data:text/javascript,${encodeURIComponent(ahead)}`];
  const environment = { HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' };
  starting = startService(environment, () => {}, { nodeOptions });
  service = await starting;
};
const killedAndBack = async (minutesLater: number) => {
  await service.stop('SIGKILL');
  minutesAhead += minutesLater;
  await start();
};
const sampleAt = (query: string, t: number) => {
  const isCanary = query.includes('v2');
  const requests = Math.round((isCanary ? 100 : 1000) * (10 + unevenness(t, 1)));
  const rate = (isCanary ? errorRate : 1) / 100;
  return query.includes('errors') ? Math.round(requests * rate * (1 + unevenness(t, 2))) : requests;
};
beforeAll(async () => {
  metrics = await startLoopback(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    if (killAtQuery) {
      killAtQuery = false;
      await (await starting).stop('SIGKILL');
      return died.resolve();
    }
    const [from = 0, to = 0] = ['start', 'end'].map((name) => Number(asked.get(name)));
    const query = asked.get('query') ?? '';
    const values = Array.from({ length: Math.floor((to - from) / 60) + 1 }, (_, slot) => {
      return [from + 60 * slot, String(sampleAt(query, slot))];
    });
    const data = { resultType: 'matrix', result: [{ metric: {}, values }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'success', data }));
  });
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: metrics.baseUrl } };
  writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ dataDir: directory, accounts: [account] }));
  await start();
});
afterAll(async () => {
  await service?.stop('SIGKILL');
  await metrics?.stop();
});

const post = (path: string, body: object, headers = {}) =>
  fetch(`${service.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const announce = async (id: string, share: number) => {
  const answer = await post(`/analyses/${id}/steps`, { share }, { 'idempotency-key': `step-${share}` });
  return [answer.status, NextStep.parse(await answer.json()).go];
};
const nextStep = async (id: string, wait = '30s') => {
  const answer = await fetch(`${service.baseUrl}/analyses/${id}/next-step?wait=${wait}`);
  expect(answer.status).toBe(200);
  return NextStep.parse(await answer.json());
};

it('a ramp that is killed in every step keeps its steps, their windows and its evidence, and rolls back on harm', async () => {
  const started = await post('/standalone_canary_analysis', { canaryConfig, executionRequest });
  const { canaryAnalysisExecutionId: id } = (await started.json()) as { canaryAnalysisExecutionId: string };

  // Killed while it waits, and again while it judges.
  expect(await announce(id, 5)).toEqual([201, 'wait']);
  await killedAndBack(0);
  expect(await announce(id, 5)).toEqual([200, 'wait']);
  expect(await nextStep(id, '1s')).toMatchObject({ go: 'wait', verdict: 'running', step: { number: 1, share: 5 } });
  killAtQuery = true;
  await killedAndBack(30);
  await died.promise;
  died = Promise.withResolvers();
  await start();
  expect(await nextStep(id)).toMatchObject({ go: 'yes', verdict: 'pass', nextShare: 25 });

  errorRate = 1.2;
  expect(await announce(id, 25)).toEqual([201, 'wait']);
  await killedAndBack(30);
  expect(await nextStep(id)).toMatchObject({ go: 'yes', step: { number: 2, share: 25 } });

  errorRate = 3;
  expect(await announce(id, 50)).toEqual([201, 'wait']);
  await killedAndBack(30);
  expect(await nextStep(id)).toMatchObject({
    go: 'no',
    rollback: true,
    verdict: 'fail',
    done: true,
    failed: ['errors'],
  });
  expect((await post(`/analyses/${id}/steps`, { share: 75 })).status).toBe(409);

  const answer = await fetch(`${service.baseUrl}/standalone_canary_analysis/${id}`);
  const analysis = (await answer.json()) as CanaryAnalysisExecutionStatusResponse;
  const { canaryExecutionResults = [] } = analysis.canaryAnalysisExecutionResult ?? {};
  const looks = canaryExecutionResults.map(({ result }) => result?.judgeResult.results[0]?.evidence?.look);
  expect(looks.map((look) => [look?.number, look?.of])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
  ]);
  const all = looks.map((look) => Number(look?.p));
  expect(all).toEqual(all.toSorted((one, other) => other - one));
  const announced = analysis.stageStatus.flatMap(({ type, step }) => (type === 'runCanary' && step ? [step] : []));
  expect(announced.map(({ share }) => share)).toEqual([5, 25, 50]);
  for (const [
    index,
    { judgementStartTimeMillis = 0, judgementEndTimeMillis = 0 },
  ] of canaryExecutionResults.entries()) {
    expect(judgementStartTimeMillis).toBe(announced[index]?.announcedTimeMillis);
    expect(judgementEndTimeMillis - judgementStartTimeMillis).toBe(30 * MINUTE);
  }
  const page = await (await fetch(`${service.baseUrl}/reports/${id}`)).text();
  for (const words of ['5 %', '25 %', '50 %', 'Step 3 at 50 %']) expect(page).toContain(words);
});
