import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newrelic } from '../../providers/newrelic/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { sql } from '../../providers/sql/index.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  const metricsStores = [
    prometheus.Account.parse({ name: 'prom', type: 'prometheus', endpoint: { baseUrl: 'http://127.0.0.1:9' } }),
    newrelic.Account.parse({ name: 'nr', type: 'newrelic', accountId: 1, userKey: 'NRAK-1' }),
    sql.Account.parse({ name: 'db', type: 'sql', dialect: 'clickhouse', endpoint: { baseUrl: 'http://127.0.0.1:9' } }),
  ];
  service = await createTestService({ providers: [prometheus, newrelic, sql], metricsStores });
});
afterAll(() => service.close());

const send = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
  const answer = await service.http.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
};

function bodyOf(query: object, metric: object = {}, scope: object = {}) {
  const config = configOf(1);
  const { scopes, ...request } = requestOf();
  const { controlScope, experimentScope } = scopes?.default ?? {};
  return {
    canaryConfig: { ...config, metrics: [{ ...config.metrics?.[0], query, ...metric }] },
    executionRequest: {
      ...request,
      scopes: {
        default: { controlScope: { ...controlScope, ...scope }, experimentScope: { ...experimentScope, ...scope } },
      },
    },
  };
}

const problemOf = async (body: object): Promise<string> =>
  (await send('POST', '/canaryConfig/queries', body)).body[0].problem;
const PROM = { type: 'prometheus', expr: 'up{v="${scope}"}' };

describe('the dry run of a metric', () => {
  it('without a scope names the run’s scopes', async () => {
    const told = "metric 'm0' names no scope; name one of the run's scopes: default";
    expect(await problemOf(bodyOf(PROM, { scopeName: undefined }))).toBe(told);
    expect(await problemOf(bodyOf(PROM, { scopeName: '' }))).toBe(told);
  });

  it('of a scope that is not there names it and those that are', async () => {
    const told = "metric 'm0': the run has no scope 'Default'; its scopes: default";
    expect(await problemOf(bodyOf(PROM, { scopeName: 'Default' }))).toBe(told);
  });

  it.each([
    ['location', { type: 'prometheus', expr: 'up{zone="${location}"}' }, {}, "Give the run's scope a location"],
    ['scope', PROM, { scope: '' }, "Give the run's scope its field scope"],
    [
      'step',
      { type: 'prometheus', expr: 'rate(x[${step}s])' },
      { step: undefined },
      "Give the run's scope a step in seconds",
    ],
    ['a misspelt variable', { type: 'prometheus', expr: 'up{v="${scopes}"}' }, {}, "Did you mean 'scope'"],
    ['a variable in another case', { type: 'prometheus', expr: 'up{v="${Location}"}' }, {}, "Did you mean 'location'"],
    [
      'a variable of one’s own',
      { type: 'prometheus', expr: 'up{v="${cluster}"}' },
      {},
      'extendedScopeParams, or write a default: ${cluster:-default}',
    ],
    [
      'a location in SQL',
      { type: 'sql', accountName: 'db', query: 'select ts, value from t where zone = :location' },
      {},
      "Give the run's scope a location",
    ],
    [
      'a whole NRQL query without TIMESERIES',
      { type: 'newrelic', accountName: 'nr', customInlineTemplate: "SELECT count(*) FROM T WHERE v = '${scope}'" },
      {},
      'has no TIMESERIES, so New Relic would answer one value for the whole window; add `TIMESERIES ${step} seconds',
    ],
    [
      'a query where the name of a template belongs',
      { type: 'prometheus', metricName: 'm', customFilterTemplate: 'sum(up{v="${scope}"})' },
      {},
      'write the query itself as customInlineTemplate',
    ],
  ])('that lacks %s says where it comes from', async (_, query, scope, remedy) => {
    const body = bodyOf(query, {}, scope);
    expect(await problemOf(body)).toContain(remedy);
    if (!('step' in scope)) expect((await send('POST', '/canary', body)).body.message).toContain(remedy);
  });
});

describe('the name of a config where its id belongs', () => {
  let id: string;
  beforeAll(async () => {
    const config = { ...bodyOf(PROM).canaryConfig, name: 'checkout-latency' };
    id = (await send('POST', '/canaryConfig', config)).body.canaryConfigId;
  });
  it.each([
    ['GET', '/canaryConfig/checkout-latency'],
    ['DELETE', '/canaryConfig/checkout-latency'],
    ['POST', '/canary/checkout-latency'],
    ['POST', '/standalone_canary_analysis/checkout-latency'],
  ] as const)('is told by %s %s, with the id', async (method, url) => {
    const payload = {
      '/canary/checkout-latency': requestOf(),
      '/standalone_canary_analysis/checkout-latency': {
        scopes: [{ scopeName: 'default', controlScope: 'a', experimentScope: 'b' }],
        thresholds: { pass: 95, marginal: 75 },
        lifetimeDurationMins: 5,
      },
    }[url as string];
    const { status, body } = await send(method, url, payload);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.message).toContain(`That is the name of a config; use its id: '${id}' (shop).`);
  });
  it('is not told of a name that nothing has', async () => {
    expect((await send('GET', '/canaryConfig/nothing')).body.message).toBe("No such canary config: 'nothing'.");
  });
});
