import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import type { Account } from '../../src/domain/account.ts';
import { fakeAccount, fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const NAMES = ['http_requests_total', 'HTTP_latency_seconds', 'up'];

let store: LoopbackServer;
let asked: string[];
let service: TestService;
let client: WireClient;
beforeAll(async () => {
  asked = [];
  store = await startLoopback((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ status: 'success', data: NAMES }));
  });
  const prom = prometheus.Account.parse({
    name: 'prom',
    type: 'prometheus',
    endpoint: { baseUrl: store.baseUrl },
    username: 'reader',
    password: 'hush-hush',
    locations: ['eu'],
    recommendedLocations: ['eu-1'],
  });
  const second: Account = { ...fakeAccount, name: 'second-metrics' };
  service = await createTestService({
    providers: [fakeProvider(), prometheus],
    metricsStores: [fakeAccount, second, prom],
    storeNames: ['first', 'second'],
  });
  client = wireClient(service);
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

const adhoc = { canaryConfig: configOf(), executionRequest: requestOf() };
const messageOf = async (method: 'GET' | 'POST', url: string, body?: object) => {
  const answer = await client.send(method, url, body === undefined ? {} : { body });
  return [answer.status, answer.body.message ?? answer.body];
};

describe('ACC-1, ACC-2, ACC-3: an account', () => {
  it('that nobody has is a 400', async () => {
    const unknown = (known: string) => [400, `Unable to resolve account nobody. Known ${known}.`];
    const ofConfigs = await messageOf('GET', '/canaryConfig?configurationAccountName=nobody');
    expect(ofConfigs).toEqual(unknown('names of the store: first, second'));
    const ofMetrics = await messageOf('POST', '/canary?metricsAccountName=nobody', adhoc);
    expect(ofMetrics).toEqual(unknown('metrics stores: fake-metrics, second-metrics, prom'));
  });

  it('is found by its name alone, whatever it supports, and then cannot do it', async () => {
    const noStorage = [400, 'Unable to resolve storage service prom. Known names of the store: first, second.'];
    expect(await messageOf('GET', '/canaryConfig?configurationAccountName=prom')).toEqual(noStorage);
    expect(await messageOf('GET', '/canary/x?storageAccountName=prom')).toEqual(noStorage);
    const stores = 'fake-metrics, second-metrics, prom';
    const noMetrics = [400, `Unable to resolve metrics service first. Known metrics stores: ${stores}.`];
    expect(await messageOf('POST', '/canary?metricsAccountName=first', adhoc)).toEqual(noMetrics);
    expect(await messageOf('GET', '/metadata/metricsService?metricsAccountName=first')).toEqual(noMetrics);
  });

  it('that is not named is the first of the wanted type; without one it is a 400', async () => {
    const bare = await createTestService({ metricsStores: [], storeNames: ['only'] });
    const { post, get } = wireClient(bare);
    expect((await post('/canary', adhoc)).body.message).toMatch(/^Unable to resolve account of type METRICS_STORE\./);
    expect((await get('/canaryConfig')).status).toBe(200);
    await bare.close();
  });
});

describe('ACC-4: a run whose metrics are of several types', () => {
  it('is refused at once, naming metric, types and account', async () => {
    const [metric] = configOf().metrics ?? [];
    const other = { ...metric, name: 'other', query: { type: 'prometheus', expr: 'up' } };
    const canaryConfig = { ...configOf(), metrics: [metric, other] };
    expect(await messageOf('POST', '/canary?metricsAccountName=fake-metrics', { ...adhoc, canaryConfig })).toEqual([
      400,
      "metric 'other': its query is of type 'prometheus', but the metrics account 'fake-metrics' is of type 'fake'; " +
        'choose another metricsAccountName or another query type, or name an account in query.accountName',
    ]);
  });
});

describe('ACC-5: accounts are resolved before anything else', () => {
  it('even to read a run that is there', async () => {
    const { pipelineId } = await client.run(adhoc);
    const unresolved = [400, expect.stringMatching(/^Unable to resolve account nobody\./)];
    expect(await messageOf('GET', `/canary/${pipelineId}?storageAccountName=nobody`)).toEqual(unresolved);
    expect(await messageOf('GET', '/canary/executions?storageAccountName=nobody')).toEqual(unresolved);
  });

  it('and before a config is looked for or a run is looked at', async () => {
    for (const parameter of ['metricsAccountName', 'storageAccountName', 'configurationAccountName']) {
      const [status, message] = await messageOf('POST', `/canary/no-such-config?${parameter}=nobody`, {});
      expect([status, message]).toEqual([400, expect.stringMatching(/^Unable to resolve account nobody\./)]);
    }
    expect((await messageOf('POST', '/canary?metricsAccountName=nobody', {}))[1]).toMatch(/^Unable to resolve account/);
  });
});

describe('ACC-6: the parameter of an account', () => {
  it.each([
    '/canaryConfig?configurationAccountName=',
    '/canaryConfig/x?configurationAccountName=',
    '/canary/executions?storageAccountName=',
    '/canary/x?storageAccountName=',
    '/metricSetList?accountName=',
    '/metricSetList/x?accountName=',
    '/metricSetPairList?accountName=',
    '/metricSetPairList/x?accountName=',
    '/metricSetPairList/x/y?accountName=',
    '/canaryResultArchive?storageAccountName=',
    '/canaryResultArchive/x?storageAccountName=',
    '/metadata/metricsService?metricsAccountName=',
  ])('is read at %s', async (url) => {
    expect(await messageOf('GET', `${url}nobody`)).toEqual([400, expect.stringMatching(/^Unable to resolve account/)]);
    const known = url.includes('metrics') ? 'prom' : 'second';
    expect((await client.get(`${url}${known}`)).status).toBe(url.includes('/x') ? 404 : 200);
  });
});

describe('ACC-7, ACC-8: a name of the store', () => {
  it('is object store and configuration store in one, as Argo has it', async () => {
    const config = configOf(1, { name: 'argo', applications: ['guestbook'] });
    const { canaryConfigId } = (await client.post('/canaryConfig?configurationAccountName=second', config)).body;
    const list = '/canaryConfig?application=guestbook&configurationAccountName=second';
    expect((await client.get(list)).body).toMatchObject([{ id: canaryConfigId, name: 'argo' }]);
    const accounts = 'metricsAccountName=&configurationAccountName=second&storageAccountName=second';
    const run = (await client.post(`/canary/${canaryConfigId}?wait=9s&${accounts}`, requestOf())).body;
    expect(run).toMatchObject({ storageAccountName: 'second', configurationAccountName: 'second' });
    expect((await client.get(`/canary/${run.pipelineId}`)).body.status).toBe('succeeded');
  });

  it('is needed nowhere: of several the first declared is the default', async () => {
    expect(await client.run(adhoc)).toMatchObject({
      metricsAccountName: 'fake-metrics',
      storageAccountName: 'first',
    });
  });
});

describe('CRD-2, CRD-3: an account as it is shown', () => {
  it('has the type of the queries it serves, its address and user, and no secret', async () => {
    const { text, body } = await client.get('/credentials');
    expect(body.find(({ name }: { name: string }) => name === 'prom')).toEqual({
      name: 'prom',
      type: 'prometheus',
      supportedTypes: ['METRICS_STORE'],
      locations: ['eu'],
      recommendedLocations: ['eu-1'],
      endpoint: { baseUrl: store.baseUrl },
      username: 'reader',
    });
    expect(text).not.toMatch(/hush-hush|password|metricsStoreType/);
  });

  it('shows nothing of what is stored', async () => {
    await client.post('/canaryConfig', configOf(1, { name: 'stored-secretly' }));
    expect((await client.get('/credentials')).text).not.toContain('stored-secretly');
  });

  it('is listed among the metrics stores if it is one', async () => {
    expect((await client.get('/metricsServices')).body).toEqual([
      { name: 'fake-metrics', type: 'fake', locations: [], recommendedLocations: [] },
      { name: 'second-metrics', type: 'fake', locations: [], recommendedLocations: [] },
      { name: 'prom', type: 'prometheus', locations: ['eu'], recommendedLocations: ['eu-1'] },
    ]);
  });

  it('is gone once it was removed, until the next start', async () => {
    const other = await createTestService({ storeNames: ['a', 'b'] });
    const { send, get } = wireClient(other);
    for (const name of ['a', 'a', 'nobody']) expect((await send('DELETE', `/credentials/${name}`)).status).toBe(200);
    expect((await get('/credentials')).body.map(({ name }: { name: string }) => name)).toEqual(['fake-metrics', 'b']);
    expect((await get('/canaryConfig?configurationAccountName=a')).status).toBe(400);
    await other.close();
  });

  it('is not removed if it is all the store is called: no request would work', async () => {
    const other = await createTestService({ storeNames: ['a', 'b'] });
    const { send, get } = wireClient(other);
    await send('DELETE', '/credentials/a');
    const { status, body } = await send('DELETE', '/credentials/b');
    expect([status, body.errorCode]).toEqual([400, 'ACCOUNT_OF_STORE']);
    expect(body.message).toContain("'b' is the store of this service");
    expect((await get('/canaryConfig')).status).toBe(200);
    await other.close();
  });
});

describe('MET-1, MET-2: metrics to pick from', () => {
  const pick = async (query: string) => (await client.get(`/metadata/metricsService?${query}`)).body;

  it('have a name that contains the filter in any case', async () => {
    expect(await pick('metricsAccountName=prom&filter=hTTp_')).toEqual([
      { name: 'http_requests_total' },
      { name: 'HTTP_latency_seconds' },
    ]);
  });

  it('are all there are without a filter, and none of a store that cannot list them', async () => {
    expect(await pick('metricsAccountName=prom&filter=')).toEqual(NAMES.map((name) => ({ name })));
    expect(await pick('')).toEqual([]);
  });

  it('are asked for once a minute', async () => {
    await pick('metricsAccountName=prom&filter=cached');
    const before = asked.length;
    await pick('metricsAccountName=prom&filter=CACHED');
    expect(asked).toHaveLength(before);
  });
});
