import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { newrelic } from '../../providers/newrelic/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { type HonestyCase, prometheusOf } from '../support/http/honesty-cases.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

// Requests of public clients and first-time users that once failed, byte for byte as they were sent.

interface Case {
  readonly about: string;
  readonly expected: string;
  readonly request: { readonly method: 'POST'; readonly path: string; readonly body: object };
}

const FOLDER = new URL('../fixtures/cases/', import.meta.url);
const read = (name: string): Case => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
const VALUES = { repeat: [10, 11, 12, 11, 10], times: 12 };
/** Of two instances a version, with the labels of an unaggregated query; and of a query that is wrapped in labels. */
const STORED: HonestyCase['store'] = [
  ...['stable', 'canary'].flatMap((version) =>
    ['a', 'b'].map((one) => ({
      when: `version="${version}"`,
      labels: { version, instance: `${version}-${one}`, job: 'shop' },
      values: VALUES,
    })),
  ),
  ...['baseline', 'canary'].map((side) => ({
    when: `d="app-${side}"`,
    labels: { location: side, scope: `app-${side}` },
    values: VALUES,
  })),
];

let service: TestService;
let store: LoopbackServer;
beforeAll(async () => {
  store = await startLoopback(prometheusOf(() => STORED ?? []));
  const metricsStores = [
    prometheus.Account.parse({ name: 'prom', type: 'prometheus', endpoint: { baseUrl: store.baseUrl } }),
    newrelic.Account.parse({
      ...{ name: 'newrelic', type: 'newrelic', apiKey: 'k', applicationKey: '1', defaultScopeKey: 'app' },
      endpoint: { baseUrl: store.baseUrl },
    }),
  ];
  service = await createTestService({ providers, judges: createJudges({}), metricsStores, attempts: 1 });
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

async function send({ request: { method, path, body } }: Case, parameters = '') {
  const answer = await service.http.inject({ method, url: path + parameters, payload: body });
  return { status: answer.statusCode, body: answer.json(), text: answer.body };
}
const get = async (url: string) => (await service.http.inject({ url })).json();

describe('a request that once failed', () => {
  it('with scopes that are numbers starts, and they are texts', async () => {
    const { status, body } = await send(read('standalone-numeric-scopes'));
    expect(status).toBe(200);
    const { canaryAnalysisExecutionRequest } = await get(
      `/standalone_canary_analysis/${body.canaryAnalysisExecutionId}`,
    );
    expect(canaryAnalysisExecutionRequest.scopes[0]).toMatchObject({
      ...{ controlScope: '0', experimentScope: '1', controlOffsetInMinutes: 10, step: 2 },
      extendedScopeParams: { n: '5', b: 'true' },
    });
  });

  it('with step 0 and nulls starts with a step of a minute', async () => {
    const { status, body } = await send(read('standalone-step-zero'));
    expect([status, body]).toEqual([200, expect.objectContaining({ canaryAnalysisExecutionId: expect.any(String) })]);
    const { canaryAnalysisExecutionRequest } = await get(
      `/standalone_canary_analysis/${body.canaryAnalysisExecutionId}`,
    );
    expect(canaryAnalysisExecutionRequest.scopes[0].step).toBe(60);
  });

  it('with step 0 that is wrong elsewhere is told so without a code that is text', async () => {
    const one = read('standalone-step-zero');
    const { executionRequest, ...rest } = one.request.body as { executionRequest: object };
    const body = { ...rest, executionRequest: { ...executionRequest, thresholds: { pass: 'many', marginal: 1 } } };
    const answer = await send({ ...one, request: { ...one.request, body } });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ message: expect.stringContaining("'many'"), status: 400 });
    expect(answer.body).not.toHaveProperty('code');
  });

  it('with a metric that names no scope is told which there are', async () => {
    const one = read('no-scope-name');
    const words = "metric 'x' names no scope; name one of the run's scopes: default";
    expect((await send(one)).text).toContain(words);
    const validate = { ...one, request: { ...one.request, path: '/canaryConfig/validate' } };
    expect((await send(validate)).text).toContain(words);
    const { canaryConfig, executionRequest } = one.request.body as {
      canaryConfig: { metrics: object[] };
      executionRequest: object;
    };
    const elsewhere = { ...canaryConfig, metrics: canaryConfig.metrics.map((m) => ({ ...m, scopeName: 'zone' })) };
    const other = { ...one, request: { ...one.request, body: { canaryConfig: elsewhere, executionRequest } } };
    expect((await send(other)).text).toContain("metric 'x': the run has no scope 'zone'; its scopes: default");
  });

  it('with series that no label of both sides shares is told which labels differ', async () => {
    const { status, text } = await send(read('unaggregated-promql'), '&wait=20s');
    expect([status, text]).toEqual([200, expect.stringContaining('none pair: they differ in version, instance.')]);
    expect(text).not.toContain('Canary has no data at all');
  });

  it('with a query wrapped in labels of its scope is told that they keep the sides apart', async () => {
    const { status, text } = await send(read('scope-in-label-replace'), '&wait=20s');
    expect([status, text]).toEqual([200, expect.stringContaining('none pair: they differ in location, scope.')]);
    expect(text).not.toMatch(/averages [\d.]+ against 0/);
  });
});
