import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { fakeAccount, fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  const prom = prometheus.Account.parse({
    name: 'prom',
    type: 'prometheus',
    endpoint: { baseUrl: 'http://127.0.0.1:9' },
  });
  service = await createTestService({
    providers: [fakeProvider(), prometheus],
    metricsStores: [fakeAccount, prom],
    judges: createJudges({}),
  });
  client = wireClient(service);
});
afterAll(() => service.close());

const config = configOf(1, { judge: { name: 'NetflixACAJudge-v1.0' } });
const [metric = { query: { type: 'fake', serviceType: 'fake' } }] = config.metrics ?? [];
const withMetric = (changes: Partial<CanaryMetricConfig>): CanaryConfig => ({
  ...config,
  metrics: [{ ...metric, ...changes }],
});
const { thresholds: _thresholds, ...noThresholds } = requestOf();
const { scopeName: _scopeName, ...noScopeName } = metric;
const { metrics: _metrics, ...noMetrics } = config;
const wavefront = { type: 'wavefront', serviceType: 'wavefront' };
const oneSided = (side: 'controlScope' | 'experimentScope') => {
  const pair = { ...requestOf().scopes?.default };
  delete pair[side];
  return { ...requestOf(), scopes: { default: pair } };
};
const windowWithout = (end: 'start' | 'end') => {
  const experimentScope = { ...requestOf().scopes?.default?.experimentScope };
  delete experimentScope[end];
  return { ...requestOf(), scopes: { default: { ...requestOf().scopes?.default, experimentScope } } };
};

describe('RUN-1: a run that cannot be started', () => {
  const NO_SCOPES = 'Canary metrics require scopes, but no scopes were provided in the execution request.';
  const MISSING = 'Canary metrics require scopes which were not provided in the execution request:';
  const HALF = 'Canary scope for named scope default is missing experimentScope or controlScope keys';

  // From the first check to the last; each request has the faults of later checks too where it can.
  const refusals: [what: string, query: string, body: object, message: string | RegExp][] = [
    ['an unknown account', '?storageAccountName=nobody', {}, /^Unable to resolve account nobody\./],
    ['no config', '', {}, 'canaryConfig must be provided for ad-hoc requests'],
    ['no request', '', { canaryConfig: noMetrics }, 'executionRequest must be provided for ad-hoc requests'],
    [
      'no metrics',
      '',
      { canaryConfig: { ...config, metrics: [] }, executionRequest: {} },
      /^The canary config must specify at least one metric\./,
    ],
    [
      'metrics left out',
      '',
      { canaryConfig: noMetrics, executionRequest: {} },
      /^The canary config must specify at least one metric\./,
    ],
    ['no scopes', '', { canaryConfig: withMetric({ query: wavefront }), executionRequest: {} }, NO_SCOPES],
    [
      'scopes that are null',
      '',
      { canaryConfig: config, executionRequest: { ...requestOf(), scopes: null } },
      NO_SCOPES,
    ],
    [
      'another scope',
      '',
      { canaryConfig: withMetric({ query: wavefront }), executionRequest: { scopes: { other: {} } } },
      `${MISSING} [default]`,
    ],
    [
      'a provider that is off',
      '',
      { canaryConfig: withMetric({ query: wavefront }), executionRequest: { scopes: { default: {} } } },
      "Unable to resolve canary scope factory for 'wavefront'.",
    ],
    [
      'a metric without scope',
      '',
      { canaryConfig: { ...config, metrics: [noScopeName] }, executionRequest: {} },
      "Canary scope for metric named 'm0' is null.",
    ],
    [
      'no experiment',
      '',
      { canaryConfig: config, executionRequest: { ...noThresholds, ...oneSided('experimentScope') } },
      HALF,
    ],
    [
      'no control',
      '',
      { canaryConfig: config, executionRequest: { ...noThresholds, ...oneSided('controlScope') } },
      HALF,
    ],
    [
      'no thresholds',
      '',
      { canaryConfig: { ...config, judge: { name: 'Solomon' } }, executionRequest: noThresholds },
      'Execution request must contain thresholds',
    ],
    [
      'half of the thresholds',
      '',
      { canaryConfig: config, executionRequest: { ...requestOf(), thresholds: { pass: 1 } } },
      /^Execution request must contain thresholds\.marginal/,
    ],
  ];

  it.each(refusals)('for %s is a 400', async (_, query, body, message) => {
    const answer = await client.post(`/canary${query}`, body);
    expect([answer.status, answer.body.message]).toEqual([
      400,
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
  });

  it('is told all the scopes it lacks', async () => {
    const metrics = ['a', 'default', 'b', 'a'].map((scopeName, index) => ({ ...metric, name: `m${index}`, scopeName }));
    const { body } = await client.post('/canary', {
      canaryConfig: { ...config, metrics },
      executionRequest: requestOf(),
    });
    expect(body.message).toBe(`${MISSING} [a, b]`);
  });

  it('by a stored config is refused alike, after its accounts and the config itself', async () => {
    const { canaryConfigId } = (await client.post('/canaryConfig', { ...config, name: 'refused' })).body;
    expect((await client.post(`/canary/${canaryConfigId}`, {})).body.message).toBe(NO_SCOPES);
    expect((await client.post('/canary/no-such-config', {})).status).toBe(404);
    expect((await client.post('/canary/no-such-config?metricsAccountName=nobody', {})).status).toBe(400);
  });

  it('stores nothing', async () => {
    expect((await client.get('/pipelines')).body).toEqual([]);
  });
});

describe('RUN-2: what Kayenta would fail later', () => {
  const promql = (query: object, changes: object = {}) => ({
    ...withMetric({ query: { type: 'prometheus', serviceType: 'prometheus', ...query } }),
    ...changes,
  });
  const certain: [what: string, account: string, config: object, request: object, message: RegExp][] = [
    [
      'an unknown judge',
      '',
      { ...config, judge: { name: 'Solomon' } },
      requestOf(),
      /^Unable to resolve canary judge 'Solomon'\. Known judges: NetflixACAJudge-v1\.0/,
    ],
    [
      'an unknown template',
      'prom',
      promql({ metricName: 'x', customFilterTemplate: 't' }, { templates: { a: 'b' } }),
      requestOf(),
      /^Custom filter template 't' was not found\./,
    ],
    [
      'a variable without a value',
      'prom',
      promql({ customInlineTemplate: 'PromQL:x{a="${nobody}"}' }),
      requestOf(),
      /^Problem evaluating custom filter template:/,
    ],
    [
      'a customFilter',
      'prom',
      promql({ metricName: 'x', customFilter: 'a="b"' }),
      requestOf(),
      /^CanaryMetricSetQueryConfig\.customFilter is deprecated/,
    ],
    ['no start', '', config, windowWithout('start'), /^Start time is required\. Give scope 'v2' of 'default' one/],
    ['no end', '', config, windowWithout('end'), /^End time is required\./],
  ];

  it.each(certain)('%s, is a 400 at once', async (_, account, canaryConfig, executionRequest, message) => {
    const answer = await client.post(`/canary?metricsAccountName=${account}`, { canaryConfig, executionRequest });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('RUN-2: a step that is missing', () => {
  it('is a 400 at once where the store needs one', async () => {
    const { step: _, ...scope } = requestOf().scopes?.default?.controlScope ?? {};
    const executionRequest = { ...requestOf(), scopes: { default: { controlScope: scope, experimentScope: scope } } };
    const canaryConfig = withMetric({
      query: { type: 'prometheus', serviceType: 'prometheus', customInlineTemplate: 'PromQL:up' },
    });
    const answer = await client.post('/canary?metricsAccountName=prom', { canaryConfig, executionRequest });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('scope.step is missing; give')]);
  });

  it('is the business of a store that chooses it itself', async () => {
    const { step: _, ...scope } = requestOf().scopes?.default?.controlScope ?? {};
    const executionRequest = { ...requestOf(), scopes: { default: { controlScope: scope, experimentScope: scope } } };
    const canaryConfig = configOf(1, { judge: {} });
    expect((await client.run({ canaryConfig, executionRequest })).status).toBe('succeeded');
  });
});

describe('RUN-2: what Kayenta runs', () => {
  const uneven = { controlScope: { start: 0, end: 3600, step: 60 }, experimentScope: { start: 0, end: 60, step: 1 } };
  const runs: [what: string, config: object, request: object][] = [
    ['thresholds the wrong way round', config, { ...requestOf(), thresholds: { pass: 50, marginal: 90 } }],
    ['thresholds beyond 100', config, { ...requestOf(), thresholds: { pass: 1000, marginal: -5 } }],
    ['weights that are not 100', { ...config, classifier: { groupWeights: { group: 7, other: 3 } } }, requestOf()],
    ['no weights', { ...config, classifier: {} }, requestOf()],
    ['a config without name and applications', { metrics: config.metrics, classifier: {} }, requestOf()],
    ['a config with a name that could not be stored', { ...config, name: 'any name, really?' }, requestOf()],
    ['metrics of the same name', { ...config, metrics: [metric, metric] }, requestOf()],
    ['a metric in no group', { ...config, metrics: [{ ...metric, groups: [] }] }, requestOf()],
    ['a metric whose groups are left out', { ...config, metrics: [{ ...metric, groups: null }] }, requestOf()],
    [
      'scopes nobody uses',
      config,
      { ...requestOf(), scopes: { ...requestOf().scopes, spare: {}, half: { controlScope: {} } } },
    ],
    [
      'sides of other lengths and steps, and no name of either',
      config,
      { ...requestOf(), scopes: { default: uneven } },
    ],
    [
      'thresholds in the config too',
      { ...config, classifier: { groupWeights: {}, scoreThresholds: { pass: 1 } } },
      requestOf(),
    ],
    ['the empty name of a judge', { ...config, judge: { name: '' } }, requestOf()],
    ['$\\{ for ${', { ...config, templates: { t: '$\\{scope}' } }, requestOf()],
  ];

  it('is told of metrics of the same name, of which only the first is judged', async () => {
    const { body } = await client.post('/canary', {
      canaryConfig: { ...config, metrics: [metric, metric] },
      executionRequest: requestOf(),
    });
    expect(body.warnings).toMatch(/metrics\[1\].name: is '.*', as that of metrics\[0\] is: only the first is judged/);
  });

  it.each(runs)('is run: %s', async (_, canaryConfig, executionRequest) => {
    const status = await client.run({ canaryConfig, executionRequest });
    expect([status.status, status.exception]).toEqual(['succeeded', undefined]);
  });
});

describe('RUN-3, RUN-4: a run', () => {
  it('is listed as ad-hoc when nobody says otherwise', async () => {
    const { pipelineId } = await client.run({ canaryConfig: config, executionRequest: requestOf() }, '&application=');
    expect((await client.get('/canary/executions?limit=1')).body).toMatchObject([
      { pipelineId, application: 'ad-hoc' },
    ]);
  });

  it('keeps the config it started with, whatever becomes of it', async () => {
    const { canaryConfigId } = (await client.post('/canaryConfig', { ...config, name: 'before' })).body;
    const run = (await client.post(`/canary/${canaryConfigId}?wait=9s`, requestOf())).body;
    await client.send('PUT', `/canaryConfig/${canaryConfigId}`, { body: { ...config, name: 'after', metrics: [] } });
    expect((await client.get(`/canary/${run.pipelineId}`)).body.config).toMatchObject({
      name: 'before',
      metrics: [{}],
    });
  });
});
