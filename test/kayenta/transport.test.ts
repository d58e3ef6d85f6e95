import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

const JUDGING = 'passThreshold=95&marginalThreshold=75';
const adhoc = { canaryConfig: configOf(), executionRequest: requestOf() };

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  service = await createTestService({ providers: [{ ...fakeProvider(), readFetchParameters: readFetch }] });
  client = wireClient(service);
});
afterAll(() => service.close());

function readFetch({ metricName }: { metricName?: string | undefined }) {
  return { query: { metricName } };
}

describe('GEN-1: the service', () => {
  it('listens on 8090 unless told otherwise', () => {
    expect(readConfig({ environment: {}, providers: [] }).server.port).toBe(8090);
  });

  it('lets everybody in, and overlooks the headers of Spinnaker', async () => {
    const headers = { 'x-spinnaker-user': 'somebody', 'x-spinnaker-accounts': 'a,b', 'x-spinnaker-execution-id': '1' };
    expect((await client.send('GET', '/credentials', { headers })).status).toBe(200);
    expect((await client.send('POST', '/canary', { headers, body: adhoc })).status).toBe(200);
  });
});

describe('GEN-2: a success', () => {
  it('is 200, 204 for a deletion, 202 for a cancel, and these have no body', async () => {
    const { canaryConfigId } = (await client.post('/canaryConfig', configOf(1, { name: 'short-lived' }))).body;
    const { canaryExecutionId } = (await client.post('/canary', adhoc)).body;
    const { metricSetListId } = (await client.post('/metricSetList', [])).body;
    const answers = [
      await client.send('DELETE', `/canaryConfig/${canaryConfigId}`),
      await client.send('DELETE', `/metricSetList/${metricSetListId}`),
      await client.send('PUT', `/pipelines/${canaryExecutionId}/cancel`),
      await client.send('DELETE', '/credentials/nobody'),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [204, ''],
      [204, ''],
      [202, ''],
      [200, ''],
    ]);
  });
});

describe('GEN-3: bodies', () => {
  it.each(['application/json', 'application/json; charset=UTF-8', 'APPLICATION/JSON;charset=utf-8'])(
    'of the type %s are read, and answered as JSON',
    async (type) => {
      const body = JSON.stringify(adhoc);
      const answer = await client.send('POST', '/canary', { body, headers: { 'content-type': type } });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    },
  );

  it.each([
    ['POST', '/canary'],
    ['POST', '/canary/some-config'],
    ['POST', '/canaryConfig'],
    ['PUT', '/canaryConfig/some-config'],
    ['POST', '/metricSetList'],
    ['POST', '/metricSetPairList'],
    ['POST', '/canaryResultArchive'],
    ['PUT', '/canaryResultArchive/some-run'],
    ['POST', '/admin/orca/instance/enabled'],
  ] as const)('of another type, or of none, are a 415 on %s %s', async (method, url) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', undefined]) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await client.send(method, url, { body: JSON.stringify(adhoc), headers });
      expect([answer.status, answer.body.errorCode]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
    }
  });

  it('are ignored by routes that read none, whatever they call themselves', async () => {
    const { canaryExecutionId } = (await client.post('/canary', adhoc)).body;
    for (const [type, body] of [
      ['text/plain', 'please'],
      ['application/x-www-form-urlencoded', ''],
      ['application/json', '{'],
    ] as const) {
      const url = `/pipelines/${canaryExecutionId}/cancel`;
      expect((await client.send('PUT', url, { body, headers: { 'content-type': type } })).status).toBe(202);
    }
  });
});

describe('GEN-4: a POST without body and content type', () => {
  it('works on /fetch and /judges', async () => {
    const { canaryConfigId } = (await client.post('/canaryConfig', configOf(1, { name: 'judged' }))).body;
    const { metricSetPairListId } = (await client.post('/metricSetPairList', [])).body;
    const judging = `canaryConfigId=${canaryConfigId}&metricSetPairListId=${metricSetPairListId}&${JUDGING}`;
    const fetching =
      'metricSetName=cpu&metricName=cpu_seconds&step=60&start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z';
    expect((await client.post(`/judges/judge?${judging}`)).body).toMatchObject({ judgeName: 'FakeJudge-v1.0' });
    expect((await client.post(`/judges/comparison?${judging}`)).body).toEqual({
      canaryExecutionId: expect.any(String),
    });
    expect((await client.post(`/fetch/fake/query?${fetching}`)).body).toEqual({ metricSetListId: expect.any(String) });
    expect((await client.post(`/fetch/fake/query?${fetching}&dryRun=true`)).body).toEqual({ query: 'cpu_seconds' });
  });
});

describe('GEN-6: a list', () => {
  it('may be repeated, written with commas, or both', async () => {
    for (const application of ['x', 'y', 'z']) {
      await client.post('/canaryConfig', configOf(1, { name: `of-${application}`, applications: [application] }));
    }
    const names = async (query: string) =>
      (await client.get(`/canaryConfig?${query}`)).body.map(({ name }: { name: string }) => name);
    for (const query of [
      'application=x,y,z',
      'application=x&application=y&application=z',
      'application=x,,y&application=z&application=',
    ]) {
      expect(await names(query)).toEqual(['of-x', 'of-y', 'of-z']);
    }
  });
});

describe('GEN-7: an id', () => {
  it.each(['v1.2.3', 'a.b.', 'shop:v2@eu', 'a=b+c~d', "it's(1)!*"])('such as %s is a path as it is', async (id) => {
    await client.post('/canaryConfig', configOf(1, { id, name: `n${id.replaceAll(/\W/g, '-')}` }));
    for (const path of [`/canaryConfig/${id}`, `/canaryConfig/${id}/`]) {
      expect((await client.get(path)).body.id).toBe(id);
    }
    expect((await client.post(`/canary/${id}/`, requestOf())).status).toBe(200);
  });
});

describe('GEN-8: the origin of a page that may read', () => {
  it('is answered on errors too, and no other origin', async () => {
    const open = await createTestService({ server: { allowedOrigins: ['http://deck.example'] } });
    const { send } = wireClient(open);
    const originOf = async (origin: string) => {
      const { status, headers } = await send('GET', '/canary/no-such-run', { headers: { origin } });
      return [status, headers['access-control-allow-origin']];
    };
    expect(await originOf('http://deck.example')).toEqual([404, 'http://deck.example']);
    expect(await originOf('http://other.example')).toEqual([404, undefined]);
    await open.close();
  });
});

describe('GEN-9: a run', () => {
  it('has an id before any query is answered', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const slow = await createTestService({
      providers: [
        fakeProvider(async (request) => {
          ask();
          await released;
          return [seriesOf(request, [1])];
        }),
      ],
    });
    const { get, post } = wireClient(slow);
    const { canaryExecutionId } = (await post('/canary', adhoc)).body;
    expect((await get(`/canary/${canaryExecutionId}`)).body.complete).toBe(false);
    await asked;
    release();
    await slow.close();
  });
});

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
      errorCode: expect.stringMatching(/^[A-Z_]+$/),
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
    expect([status, body.message]).toEqual([500, 'Internal error; see the log of the service.']);
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
    const { canaryConfigId } = (
      await client.post('/canaryConfig', configOf(1, { name: 'argo', applications: ['guestbook'] }))
    ).body;
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
    expect((await client.get('/canary/executions?application=guestbook')).body).toEqual([]);
  });
});
