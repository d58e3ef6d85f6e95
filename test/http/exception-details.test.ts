import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { graphite } from '../../providers/graphite/index.ts';
import { providers } from '../../providers/index.ts';
import { loki } from '../../providers/loki/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

// Kayenta's clients show `exception.details.status` and `url`: what the store answered, and where.

const SECRET = 'hunter2';
const QUERIES = {
  prometheus: { expr: 'up{k="v"}' },
  graphite: { metricName: 'a.b' },
  loki: { expr: 'rate({app="a"}[1m])' },
};
const PATHS = { prometheus: '/api/v1/query_range', graphite: '/render', loki: '/loki/api/v1/query_range' };

let store: LoopbackServer;
let status: number;
let service: TestService;
beforeAll(async () => {
  store = await startLoopback((_request, response) => response.writeHead(status).end('no'));
  const closed = await startLoopback(() => {});
  await closed.stop();
  const at = (baseUrl: string) => ({ endpoint: { baseUrl }, username: 'ann', password: SECRET });
  const metricsStores = [
    prometheus.Account.parse({ name: 'prometheus', type: 'prometheus', ...at(store.baseUrl) }),
    graphite.Account.parse({ name: 'graphite', type: 'graphite', ...at(store.baseUrl) }),
    loki.Account.parse({ name: 'loki', type: 'loki', ...at(store.baseUrl) }),
    prometheus.Account.parse({ name: 'closed', type: 'prometheus', ...at(closed.baseUrl) }),
  ];
  service = await createTestService({ providers, judges: createJudges({}), metricsStores, attempts: 1 });
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

async function failedRun(type: keyof typeof QUERIES, account: string = type) {
  const scope = { scope: 's', start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:20:00Z', step: 60 };
  const metric = { name: 'm', query: { type, ...QUERIES[type] }, groups: ['g'], scopeName: 'default' };
  const canaryConfig = { name: 'x', metrics: [metric], classifier: { groupWeights: { g: 100 } } };
  const scopes = { default: { controlScope: scope, experimentScope: scope } };
  const payload = { canaryConfig, executionRequest: { scopes, thresholds: { pass: 95, marginal: 75 } } };
  const url = `/canary?wait=30s&metricsAccountName=${account}`;
  const answer = await service.http.inject({ method: 'POST', url, payload });
  expect(answer.body).not.toContain(SECRET);
  return answer.json();
}

describe('the exception of a run', () => {
  it.each(
    (['prometheus', 'graphite', 'loki'] as const).flatMap((type) =>
      [400, 401, 404, 422, 500].map((code) => ({ type, code })),
    ),
  )('that $type ended with $code has the status and the address, without its query', async ({ type, code }) => {
    status = code;
    const run = await failedRun(type);
    expect(run.status).toBe('terminal');
    expect(run.exception.details).toMatchObject({ status: code, url: store.baseUrl + PATHS[type] });
  });

  it('that nobody answered has the address and no status', async () => {
    const { exception } = await failedRun('prometheus', 'closed');
    expect(exception.details).not.toHaveProperty('status');
    expect(exception.details.errors[0]).toContain('ECONNREFUSED');
  });
});
