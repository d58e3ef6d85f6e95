/** Google's PromQL, played by a real Prometheus behind a door that wants a token, and by the server that issues it. */
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { stackdriver } from '../../providers/stackdriver/index.ts';
import type { MetricsProvider } from '../../src/domain/metrics-provider.ts';
import { askProvider } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { requiredPrometheus } from '../support/servers/required-prometheus.ts';

const server = await requiredPrometheus();
afterAll(() => server?.stop());

const NEVER = new AbortController().signal;
const PATH = '/v1/projects/shop/location/global/prometheus';
const QUERY = 'avg by (version) (avg_over_time(request_latency_seconds[60s]))';
const SCOPE = { start: '2025-01-15T12:40:00Z', end: '2025-01-15T12:52:00Z', step: 60 };

describe.skipIf(server === undefined)('PromQL of Google', () => {
  let door: LoopbackServer;
  let issued = 0;
  beforeAll(async () => {
    door = await startLoopback(async (request, response) => {
      const { url = '', headers } = request;
      if (url.startsWith('/computeMetadata/')) {
        response.end(JSON.stringify({ access_token: `ya29.${++issued}`, expires_in: 3599, token_type: 'Bearer' }));
      } else if (headers.authorization !== 'Bearer ya29.2') {
        response.writeHead(401).end('{"error":{"code":401,"message":"expired","status":"UNAUTHENTICATED"}}');
      } else {
        const type = headers['content-type'] ?? '';
        const asked = { method: 'POST', headers: { 'content-type': type }, body: await text(request) };
        const answer = await fetch(`${server?.baseUrl}${url.slice(PATH.length)}`, asked);
        response.writeHead(answer.status).end(await answer.text());
      }
    });
  });
  afterAll(() => door.stop());

  function ask(provider: MetricsProvider, account: Record<string, unknown>, query: Record<string, unknown>) {
    const metric = { name: 'm', query: { type: provider.type, ...query } };
    return askProvider(provider, fixtureRequest(provider, { account, metric, scope: SCOPE }), NEVER);
  }

  test('is the PromQL of Prometheus, once a token has been had, and renewed', async () => {
    const metadataEndpoint = door.baseUrl;
    const direct = await ask(prometheus, { endpoint: { baseUrl: server?.baseUrl } }, { expr: QUERY });
    expect(direct.map(({ tags }) => tags.version)).toContain('canary');
    const account = { endpoint: { baseUrl: door.baseUrl }, project: 'shop', metadataEndpoint };
    expect(await ask(stackdriver, account, { promql: QUERY })).toEqual(direct);
    expect(issued).toBe(2);
    issued = 1;
    const gmp = { endpoint: { baseUrl: door.baseUrl + PATH }, flavor: 'gmp', google: { metadataEndpoint } };
    expect(await ask(prometheus, gmp, { expr: QUERY })).toEqual(direct);
  });
});
