import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const PUBLIC = 'https://haldane.example.com';
let service: TestService;
let receiver: LoopbackServer;
const called = new EventTarget();
let report: unknown;
beforeAll(async () => {
  receiver = await startLoopback((request, response) => {
    report = request.headers['x-haldane-report'];
    response.writeHead(204).end();
    called.dispatchEvent(new Event('called'));
  });
  const callbacks = { allowPrivate: true };
  service = await createTestService({ server: { publicUrl: PUBLIC, allowedHosts: ['inner'] }, callbacks });
});
afterAll(async () => {
  await service.close();
  await receiver.stop();
});

const ask = async (url: string, payload?: object) => {
  const method = payload === undefined ? 'GET' : 'POST';
  const answer = await service.http.inject({
    method,
    url,
    headers: { host: 'inner:8090' },
    ...(payload && { payload }),
  });
  expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
  return answer.json();
};

it('links to reports begin with the public address, whatever Host the client sends', async () => {
  const callback = once(called, 'called');
  const payload = { canaryConfig: configOf(1), executionRequest: requestOf() };
  const callbackUrl = encodeURIComponent(receiver.baseUrl);
  const { canaryExecutionId: id, reportUrl } = await ask(`/canary?callbackUrl=${callbackUrl}`, payload);
  const page = `${PUBLIC}/reports/${id}`;
  expect(reportUrl).toBe(page);
  expect((await ask(`/canary/${id}/verdict?wait=20s`)).links.report).toBe(page);
  await callback;
  expect(report).toBe(page);
});

it('a gate tells it too', async () => {
  const config = { ...configOf(1), name: 'gate', classifier: { scoreThresholds: { pass: 95, marginal: 75 } } };
  await ask('/canaryConfig', config);
  const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };
  const asked = await ask('/hooks/argo/gate', { key: 'r1', controlScope: 'v1', experimentScope: 'v2', ...window });
  expect(asked.links.report).toMatch(new RegExp(`^${PUBLIC}/reports/`));
});
