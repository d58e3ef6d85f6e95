import { afterAll, beforeAll, expect, it } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

let store: LoopbackServer;
let service: TestService;

/** A cluster of which one node is down. */
beforeAll(async () => {
  const start = Date.parse('2026-01-01T00:00:00Z') / 1000;
  const values = Array.from({ length: 60 }, (_, index) => [start + 60 * index, String(100 + (index % 7))]);
  const data = { resultType: 'matrix', result: [{ metric: {}, values }] };
  store = await startLoopback((_, response) => {
    response.end(JSON.stringify({ status: 'success', isPartial: true, data }));
  });
  const common = { type: 'prometheus', flavor: 'victoriametrics', endpoint: { baseUrl: store.baseUrl } };
  const metricsStores = [
    prometheus.Account.parse({ name: 'whole', ...common }),
    prometheus.Account.parse({ name: 'any', ...common, allowPartial: true }),
  ];
  service = await createTestService({ providers: [prometheus], metricsStores });
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

async function ran(metricsAccountName: string) {
  const config = configOf(1);
  const query = { type: 'prometheus', expr: 'x{v="${scope}"}' };
  const payload = {
    canaryConfig: { ...config, metrics: [{ ...config.metrics?.[0], query }] },
    executionRequest: requestOf(),
  };
  const url = `/canary?metricsAccountName=${metricsAccountName}`;
  const { canaryExecutionId: id } = (await service.http.inject({ method: 'POST', url, payload })).json();
  await service.runs.waitFor(id, 10_000);
  const report = async (kind: string) => (await service.http.inject(`/reports/${id}.${kind}`)).body;
  return { run: (await service.http.inject(`/canary/${id}`)).json(), report };
}

it('a run on partial answers ends with the store’s words and the way to accept them', async () => {
  const { run } = await ran('whole');
  expect(run).toMatchObject({ status: 'terminal' });
  expect(run).not.toHaveProperty('result');
  const [words] = run.exception.details.errors;
  expect(words).toContain("account 'whole', metric 'm0': the answer is partial: isPartial is true");
  expect(words).toContain("accept it with the account's allowPartial");
});

it('where the account allows them the run, and every form of its report, say so', async () => {
  const { run, report } = await ran('any');
  const told = 'Canary: the store warns: the answer is partial: isPartial is true: a storage node did not answer';
  expect(run.status).toBe('succeeded');
  expect(run.warnings).toEqual([expect.stringContaining('m0: Baseline'), `m0: ${told}`]);
  expect(run.fetchReport[0].warnings).toEqual([expect.stringContaining('isPartial')]);
  for (const kind of ['md', 'junit.xml', 'html', 'json']) expect(await report(kind), kind).toContain(told);
  expect(JSON.parse(await report('json')).warnings).toHaveLength(1);
});
