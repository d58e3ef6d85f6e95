import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const START = 1_767_225_600;
const WINDOW = 'start=2026-01-01T00:00:00Z&end=2026-01-01T00:03:00Z';
const NAMES = 'metricSetName=cpu&metricName=node_cpu&step=60';

let store: LoopbackServer;
let asked: number;
let refusal: string | undefined;
let service: TestService;
let client: WireClient;
beforeAll(async () => {
  asked = 0;
  store = await startLoopback((_request, response) => {
    asked++;
    if (refusal !== undefined) return void response.writeHead(400).end(refusal);
    const values = [
      [START, '1'],
      [START + 120, '3'],
    ];
    const result = [{ metric: { zone: 'a' }, values }];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  const endpoint = { baseUrl: store.baseUrl };
  service = await createTestService({
    providers: [prometheus],
    metricsStores: [prometheus.Account.parse({ name: 'prom', type: 'prometheus', endpoint })],
  });
  client = wireClient(service);
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

const fetched = (query: string, body?: object) => client.post(`/fetch/prometheus/query?${query}`, body);

describe('FET-1: a dry run', () => {
  const dryRun = async (query: string, body?: object) => (await fetched(`${query}&dryRun=true`, body)).body.query;

  it('answers the query that would be sent, and sends none', async () => {
    const resource = `${NAMES}&scope=shop&location=eu&resourceType=gce_instance&project=p`;
    expect(await dryRun(`${resource}&labelBindings=a="1"&labelBindings=b="2"&groupByFields=zone,pod`)).toBe(
      'avg(node_cpu{a="1",b="2",instance=~"shop-.{4}",zone=~".+/projects/p/zones/eu-.{1}"}) by (zone,pod)',
    );
    expect(asked).toBe(0);
  });

  it('reads customFilter as a template, with further variables from the body', async () => {
    const filter = encodeURIComponent('PromQL:up{v="${scope}",k="${kind}"}');
    expect(await dryRun(`${NAMES}&scope=v2&customFilter=${filter}`, { kind: 'canary' })).toBe('up{v="v2",k="canary"}');
  });

  it('wants start and end only where the text needs them', async () => {
    expect(await dryRun(`${NAMES}&customFilter=${encodeURIComponent('PromQL:up[${durationSeconds:-5}s]')}`)).toBe(
      'up[5s]',
    );
    const needed = encodeURIComponent('PromQL:up @ ${startEpochSeconds}');
    expect((await fetched(`${NAMES}&customFilter=${needed}&dryRun=true`)).status).toBe(400);
    expect(await dryRun(`${NAMES}&customFilter=${needed}&${WINDOW}`)).toBe(`up @ ${START}`);
  });

  it('resolves both accounts all the same', async () => {
    for (const parameter of ['metricsAccountName', 'storageAccountName']) {
      const { status, body } = await fetched(`${NAMES}&resourceType=x&dryRun=true&${parameter}=nobody`);
      expect([status, body.message]).toEqual([400, expect.stringMatching(/^Unable to resolve account nobody/)]);
    }
  });
});

describe('a query sent as a form', () => {
  const form = async (url: string, body: string, type = 'application/x-www-form-urlencoded') => {
    const headers = { 'content-type': type };
    const answer = await service.http.inject({ method: 'POST', url, payload: body, headers });
    return { status: answer.statusCode, body: answer.json() };
  };
  const url = '/fetch/prometheus/query';
  const dry = 'metricSetName=cpu&metricName=node_cpu&step=60&dryRun=true';

  it.each([
    [
      'without parameters in the address',
      url,
      `${dry}&resourceType=gce_instance&scope=shop&location=eu&labelBindings=b="1"`,
      'b="1"',
    ],
    [
      'with a set of characters named',
      url,
      `${dry}&customFilter=PromQL:up`,
      'up',
      'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
    ],
    [
      'beside parameters in the address',
      `${url}?metricSetName=cpu&dryRun=true`,
      'customFilter=PromQL:sum(up)',
      'sum(up)',
    ],
    [
      'over the same parameter in the address',
      `${url}?${dry}&customFilter=PromQL:one`,
      'customFilter=PromQL:two',
      'two',
    ],
    ['with a plus for a blank', url, `${dry}&customFilter=PromQL:sum(up)+by+(job)`, 'sum(up) by (job)'],
    ['with a variable called __proto__', url, `${dry}&customFilter=PromQL:up&__proto__=x`, 'up'],
  ])('%s is read as parameters', async (_, at, body, text, type?: string) => {
    const answer = await form(at, body, type);
    expect([answer.status, answer.body.query]).toEqual([200, expect.stringContaining(text)]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('is sent and stored like another', async () => {
    const { status, body } = await form(url, `${NAMES}&${WINDOW}&scope=shop&location=eu&customFilter=PromQL:up`);
    expect([status, Object.keys(body)]).toEqual([200, ['metricSetListId']]);
  });

  it.each([
    ['a word that is neither true nor false', 'metricSetName=cpu&dryRun=yes', 400, 'dryRun: '],
    ['without a name', 'dryRun=true&metricName=node_cpu', 400, 'metricSetName: missing'],
    ['with a window that is no time', `${NAMES}&start=noon&end=one`, 400, 'start'],
    ['that is empty', '', 400, 'metricSetName: missing'],
  ])('%s is a 400 that says so', async (_, body, status, words) => {
    const answer = await form(url, body);
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(words)]);
  });

  it('is another media type where parameters are not read from it', async () => {
    expect((await form('/canary', 'wait=3s')).status).toBe(415);
    expect((await form('/canaryConfig', 'name=x')).status).toBe(415);
  });
});

describe('OBJ-1: a metric that is fetched', () => {
  it('is stored as a list of series of its name, which can be read', async () => {
    const { body } = await fetched(`${NAMES}&${WINDOW}&scope=shop&location=eu&resourceType=gce_instance`);
    expect(Object.keys(body)).toEqual(['metricSetListId']);
    expect((await client.get(`/metricSetList/${body.metricSetListId}`)).body).toEqual([
      {
        name: 'cpu',
        tags: { zone: 'a' },
        startTimeMillis: START * 1000,
        startTimeIso: '2026-01-01T00:00:00Z',
        endTimeMillis: (START + 180) * 1000,
        endTimeIso: '2026-01-01T00:03:00Z',
        stepMillis: 60000,
        values: [1, 'NaN', 3],
        attributes: {
          query: 'avg(node_cpu{instance=~"shop-.{4}",zone=~".+/zones/eu-.{1}"})',
          window: 'halfOpen',
          gaps: 'kept',
        },
      },
    ]);
  });

  it.each([
    [`${NAMES}&end=2026-01-01T00:03:00Z&customFilter=a="1"`, /^Start time is required\./],
    [`${NAMES}&start=2026-01-01T00:00:00Z&customFilter=a="1"`, /^End time is required\./],
    [`metricName=x&step=60&${WINDOW}&customFilter=a="1"`, /^metricSetName: missing/],
    [`metricSetName=cpu&step=60&${WINDOW}&customFilter=a="1"`, /^Metric Name is required when query type is Default\./],
    [`${NAMES}&${WINDOW}`, /^Either a resource type or a custom filter is required\./],
    [`${NAMES}&${WINDOW}`, /; the parameter for customInlineTemplate is customFilter$/],
    [`${NAMES}&start=yesterday&end=now&customFilter=a="1"`, /^start: 'yesterday' is not an instant/],
    [`${NAMES.replace('60', 'soon')}&${WINDOW}&customFilter=a="1"`, /^step: .*\(got "soon"\)$/],
    [`${NAMES.replace('&step=60', '')}&${WINDOW}&customFilter=a="1"`, /^scope\.step is missing/],
  ])('is refused without being asked for: %s', async (query, message) => {
    const before = asked;
    const { status, body } = await fetched(query);
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
    expect(asked).toBe(before);
  });

  it('that the store refuses is told in the words of the store', async () => {
    refusal = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end of input' });
    const { status, body } = await fetched(`${NAMES}&${WINDOW}&customFilter=a="1"`);
    refusal = undefined;
    expect([status, body.errorCode]).toEqual([400, 'METRICS_QUERY_REJECTED']);
    expect(body.message).toContain('parse error: unexpected end of input');
  });

  it('of a store there is no provider for is a 404', async () => {
    expect((await client.post(`/fetch/abacus/query?${NAMES}&${WINDOW}`)).body.message).toBe(
      "No provider 'abacus'; known: prometheus.",
    );
  });
});
