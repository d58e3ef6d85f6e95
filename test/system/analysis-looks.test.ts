import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CanaryAnalysisExecutionStatusResponse } from '../../src/domain/standalone-analysis.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { errorRateConfig, unevenness } from '../support/samples/error-rate.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// The real process is killed while an analysis judges; what its judge knew of the judgements before must not be lost.

const START = '2026-01-01T00:00:00Z';
/** Errors are half as many again among a tenth of the requests. */
const sampleAt = (query: string, t: number) => {
  const isCanary = query.includes('v2');
  const requests = Math.round((isCanary ? 100 : 1000) * (10 + unevenness(t, 1)));
  return query.includes('errors')
    ? Math.round(requests * (isCanary ? 0.012 : 0.01) * (1 + unevenness(t, 2)))
    : requests;
};
const canaryConfig = errorRateConfig('looks');

let metrics: LoopbackServer;
let service: ServiceProcess;
let starting: Promise<ServiceProcess>;
/** ends of windows at whose first query the process is killed; the test starts it again */
const deadly = new Set<number>();
let died = Promise.withResolvers<void>();
const directory = temporaryDirectory();

const start = async () => {
  starting = startService({ HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' });
  service = await starting;
};
beforeAll(async () => {
  metrics = await startLoopback(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    const [from = 0, to = 0] = ['start', 'end'].map((name) => Number(asked.get(name)));
    if ([...deadly].some((end) => Math.abs(end - to) <= 60)) {
      deadly.clear();
      await (await starting).stop('SIGKILL');
      return died.resolve();
    }
    const query = asked.get('query') ?? '';
    const origin = Date.parse(START) / 1000;
    const values = Array.from({ length: Math.floor((to - from) / 60) + 1 }, (_, slot) => {
      const at = from + 60 * slot;
      return [at, String(sampleAt(query, Math.round((at - origin) / 60)))];
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

/** An analysis of an hour in six judgements; killed at the given ones. */
async function analyse(killedAt: readonly number[]) {
  const scope = {
    controlScope: 'v1',
    experimentScope: 'v2',
    step: 60,
    startTimeIso: START,
    endTimeIso: '2026-01-01T01:00:00Z',
  };
  const executionRequest = { scopes: [scope], thresholds: { pass: 95, marginal: 75 }, analysisIntervalMins: 10 };
  const endOf = (judgement: number) => Date.parse(START) / 1000 + 600 * judgement;
  const [first, ...later] = killedAt;
  if (first !== undefined) deadly.add(endOf(first));
  const answer = await fetch(`${service.baseUrl}/standalone_canary_analysis`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ canaryConfig, executionRequest }),
  });
  const { canaryAnalysisExecutionId: id } = (await answer.json()) as { canaryAnalysisExecutionId: string };
  for (const next of [...later, undefined]) {
    if (first === undefined) break;
    await died.promise;
    died = Promise.withResolvers();
    if (next !== undefined) deadly.add(endOf(next));
    await start();
  }
  for (let look = 0; look < 600; look++) {
    const found = await fetch(`${service.baseUrl}/standalone_canary_analysis/${id}`);
    const analysis = (await found.json()) as CanaryAnalysisExecutionStatusResponse;
    if (analysis.complete) return analysis;
    await sleep(50);
  }
  throw new Error('the analysis did not end');
}

const looksOf = ({ canaryAnalysisExecutionResult: result }: CanaryAnalysisExecutionStatusResponse) =>
  result?.canaryExecutionResults.map((one) => one.result?.judgeResult.results[0]?.evidence?.look);

it('an analysis that was killed twice has the p-values of one that was not', async () => {
  const killed = await analyse([3, 5]);
  const whole = await analyse([]);
  expect(whole.executionStatus).toBe('SUCCEEDED');
  const looks = looksOf(whole) ?? [];
  expect(looks.map((look) => [look?.number, look?.of])).toEqual([1, 2, 3, 4, 5, 6].map((number) => [number, 6]));
  // The judge carries on: p never rises.
  const all = looks.map((look) => look?.p ?? Number.NaN);
  expect(all).toEqual(all.toSorted((one, other) => other - one));
  expect(looksOf(killed)).toEqual(looks);
  expect(killed.canaryAnalysisExecutionResult?.canaryScores).toEqual(whole.canaryAnalysisExecutionResult?.canaryScores);
});
