import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { PrometheusAccount } from '../../providers/prometheus/account.ts';
import { bodyOf, prometheusOf } from '../support/http/honesty-cases.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import type { Situation } from '../support/samples/never-green/situation.ts';
import { SITUATIONS } from '../support/samples/never-green/situations.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

// Whole runs, from the request to the verdict: none of these may be green. What Kayenta's judge passes all the same is
// listed with the reason, and passes: where that ends, the list must.

let service: TestService;
let store: LoopbackServer;
let stored: Situation['store'];
beforeAll(async () => {
  store = await startLoopback(prometheusOf(() => stored ?? []));
  const account = { name: 'prom', type: 'prometheus', supportedTypes: ['METRICS_STORE'] };
  const prometheus = PrometheusAccount.parse({ ...account, endpoint: { baseUrl: store.baseUrl } });
  service = await createTestService({ providers, judges: createJudges({}), metricsStores: [prometheus], attempts: 1 });
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

/** The verdict, or why there is none. */
async function outcomeOf({ judgeConfigurations = {}, scopeName = 'default', ...run }: Situation, judge: string) {
  stored = run.store;
  const { canaryConfig, executionRequest } = bodyOf({ judge, ...run }, `${run.name} ${judge}`);
  const metrics = canaryConfig.metrics.map((metric) => ({ ...metric, scopeName }));
  const named = { ...canaryConfig, metrics, judge: { name: judge, judgeConfigurations } };
  const payload = { canaryConfig: named, executionRequest };
  const answer = await service.http.inject({ method: 'POST', url: '/canary?wait=20s', payload });
  const body = answer.json();
  if (answer.statusCode >= 400) return { verdict: 'refused', why: body.message };
  if (body.status !== 'succeeded') return { verdict: body.status, why: body.exception?.details.errors[0] };
  const { score } = body.result.judgeResult;
  return { verdict: score.classification as string, why: score.classificationReason, id: body.pipelineId as string };
}

describe('HaldaneJudge passes none of these', () => {
  it.each(SITUATIONS)('$name', async (situation) => {
    const { verdict, why, id } = await outcomeOf(situation, 'HaldaneJudge-v1.0');
    expect([verdict, why]).not.toEqual(['Pass', why]);
    expect(['refused', 'terminal', 'Marginal', 'Fail']).toContain(verdict);
    expect(why).toMatch(/\w{3}/);
    if (id === undefined) return;
    expect((await service.http.inject(`/reports/${id}.md`)).body).not.toMatch(/^### ✅/);
    const told = (await service.http.inject(`/canary/${id}/verdict`)).json();
    expect(['marginal', 'fail', 'nodata']).toContain(told.verdict);
  });
});

describe("Kayenta's judge passes none but those that its wire demands", () => {
  it.each(SITUATIONS)('$name', async (situation) => {
    const { verdict } = await outcomeOf(situation, 'NetflixACAJudge-v1.0');
    expect(verdict === 'Pass' ? 'passes' : 'does not pass').toBe(situation.kayenta ? 'passes' : 'does not pass');
  });
});

it('there are at least sixty, each with a name of its own', () => {
  expect(SITUATIONS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(SITUATIONS.map(({ name }) => name)).size).toBe(SITUATIONS.length);
});
