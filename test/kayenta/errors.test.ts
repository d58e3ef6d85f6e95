import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/requests.ts';
import { createTestService, type TestService } from '../support/test-service.ts';
import { type WireClient, wireClient } from '../support/wire-client.ts';

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  service = await createTestService();
  client = wireClient(service);
});
afterAll(() => service.close());

const BAD_JSON = { headers: { 'content-type': 'application/json' }, body: '{"scopes":' };
const noQueryType = { ...configOf(), metrics: [{ name: 'm', query: { metricName: 'x' } }] };
const unknownQueryType = { ...configOf(), metrics: [{ name: 'm', query: { type: 'abacus' } }] };

describe('ERR-1: an error', () => {
  it.each([
    ['a body that is not JSON', 400, 'POST', '/canary', BAD_JSON],
    ['a body of another type', 415, 'POST', '/canary', { headers: { 'content-type': 'text/plain' }, body: 'x' }],
    ['a query without a type', 400, 'POST', '/canaryConfig', { body: noQueryType }],
    ['a query of an unknown type', 400, 'POST', '/canaryConfig', { body: unknownQueryType }],
    ['a field of the wrong type', 400, 'POST', '/canary', { body: { executionRequest: { scopes: 7 } } }],
    ['a missing parameter', 400, 'POST', '/judges/judge', {}],
    ['a parameter of the wrong type', 400, 'GET', '/canary/executions?limit=many', {}],
    ['an unknown account', 400, 'GET', '/canaryConfig?configurationAccountName=nobody', {}],
    ['an unknown path', 404, 'GET', '/canaries', {}],
    ['an unknown config', 404, 'GET', '/canaryConfig/nope', {}],
    ['an unknown run', 404, 'GET', '/canary/nope', {}],
    ['an unknown list of series', 404, 'GET', '/metricSetList/nope', {}],
    ['an unknown archived run', 404, 'GET', '/canaryResultArchive/nope', {}],
    ['an unknown comparison', 404, 'GET', '/judges/comparison/nope', {}],
    ['a wrong method', 405, 'DELETE', '/canaryConfig', {}],
    ['a path that cannot be decoded', 400, 'GET', '/canary/%zz', {}],
  ] as const)('for %s is a %d of the one shape', async (_, status, method, url, sent) => {
    const answer = await client.send(method, url, sent);
    expect(answer.body).toEqual({
      message: expect.stringMatching(/.{10}/),
      code: expect.stringMatching(/^[A-Z_]+$/),
      status,
      error: expect.stringMatching(/^[A-Z][A-Za-z -]+$/),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      ...(answer.body.details === undefined ? {} : { details: expect.any(Array) }),
    });
    expect(answer.status).toBe(status);
  });

  it('for a pair that is not in its list has no body', async () => {
    const { metricSetPairListId } = (await client.post('/metricSetPairList', [])).body;
    const { status, text } = await client.get(`/metricSetPairList/${metricSetPairListId}/no-such-pair`);
    expect([status, text]).toEqual([404, '']);
    expect((await client.get('/metricSetPairList/no-such-list/p')).body.message).toMatch(/no-such-list/);
  });

  it('of the service itself is a 500 that tells nothing', async () => {
    const doomed = await createTestService();
    await doomed.store.close();
    const { status, body } = await wireClient(doomed).get('/canaryConfig');
    expect([status, body.message]).toEqual([500, 'Internal error; the log of the service has the details.']);
    await doomed.close().catch(() => {});
  });
});

describe('ERR-2: what spin and Gate rely on', () => {
  it('a config that is missing is a 404, so that save knows to create it', async () => {
    const { status, body } = await client.get('/canaryConfig/not-yet');
    expect([status, body.message]).toEqual([404, "No such canary config: 'not-yet'."]);
    const created = await client.post('/canaryConfig', { ...configOf(), id: 'not-yet' });
    expect(created.status).toBe(200);
    expect((await client.get('/canaryConfig/not-yet')).status).toBe(200);
  });

  it('a message is one line of text, to be woven into another', async () => {
    const refused = await client.post('/canary', { canaryConfig: configOf(), executionRequest: {} });
    expect(refused.body.message).toBe(
      'Canary metrics require scopes, but no scopes were provided in the execution request.',
    );
  });
});

describe('ERR-3: Argo, which looks at the status alone', () => {
  it('is never told 200 for a run that was not started', async () => {
    const { canaryConfigId } = (await client.post('/canaryConfig', configOf(1, { name: 'argo' }))).body;
    const started = `/canary/${canaryConfigId}`;
    for (const [url, body] of [
      ['/canary/', requestOf()],
      ['/canary/<nil>', requestOf()],
      [started, {}],
      [started, { ...requestOf(), thresholds: {} }],
      [`${started}?metricsAccountName=nobody`, requestOf()],
      [`${started}?storageAccountName=nobody`, requestOf()],
      [`${started}?configurationAccountName=nobody`, requestOf()],
    ] as const) {
      expect((await client.post(url, body)).status).toBeGreaterThanOrEqual(400);
    }
    expect((await client.get('/canary/executions?application=shop')).body).toEqual([]);
  });
});
