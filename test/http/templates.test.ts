import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { perOfQuery } from '../../judges/steps/per-of-query.ts';
import { providers, readTemplatePacks } from '../../providers/index.ts';
import { CanaryConfig } from '../../src/domain/canary-config.ts';
import { CanaryScope } from '../../src/domain/canary-scope.ts';
import { companionMetric } from '../../src/domain/companion-series.ts';
import type { TemplatePack } from '../../src/domain/template-pack.ts';
import { TemplatePacks } from '../../src/engine/configs/template-packs.ts';
import { fakeAccount, fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const packs = readTemplatePacks();
const README = readFileSync(new URL('../../providers/templates/README.md', import.meta.url), 'utf8');
const known = new Map(providers.map((provider) => [provider.type, provider]));
/** Nobody is there: what a run asks does not matter here. */
const prom = known.get('prometheus')?.Account.parse({
  name: 'prom',
  type: 'prometheus',
  endpoint: { baseUrl: 'http://127.0.0.1:9' },
});

let service: TestService;
beforeAll(async () => {
  const metricsStores = [fakeAccount, prom as NonNullable<typeof prom>];
  service = await createTestService({ providers: [fakeProvider(), ...providers], metricsStores });
});
afterAll(() => service.close());

const send = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
  const answer = await service.http.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.json() };
};
let count = 0;
/** The stored config of one with these fields. */
const stored = async (fields: object): Promise<CanaryConfig> => {
  const { status, body } = await send('POST', '/canaryConfig', { name: `c${++count}`, applications: ['a'], ...fields });
  expect({ status, body }).toMatchObject({ status: 200 });
  return (await send('GET', `/canaryConfig/${body.canaryConfigId}`)).body;
};
const refused = async (fields: object) =>
  (await send('POST', '/canaryConfig', { name: `c${++count}`, applications: ['a'], ...fields })).body;

describe('the packs', () => {
  it('hold metrics whose names no other pack has', () => {
    const names = packs.flatMap(({ metrics }) => metrics.map(({ name }) => name));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(packs)('$id: has a row in the table', ({ id, metrics }) => {
    const [row = ''] = README.split('\n').filter((line) => line.startsWith(`| \`${id}\` |`));
    expect(row.split(' | ')[2]).toBe(String(metrics.length));
  });

  it.each(packs)('$id: declares the variables its queries use, and no others', ({ metrics, variables }) => {
    const text = JSON.stringify(metrics.map(({ query, denominator, traffic }) => [query, denominator, traffic]));
    const used = [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, name = '']) => name);
    const ours = ['step', 'startEpochSeconds', 'endEpochSeconds'];
    expect(new Set(used.filter((name) => !ours.includes(name)))).toEqual(new Set(variables.map(({ name }) => name)));
  });

  it.each(packs)('$id: is understood by its provider', (pack) => {
    for (const metric of new TemplatePacks(() => [pack]).get(pack.id).metrics) {
      expect(textOf(pack, metric), metric.name).toMatch(/\S/);
      expect(metric.query).toHaveProperty('unit');
    }
  });

  it.each(packs)(
    '$id: names the requests of its shares and percentiles, in queries that its provider understands',
    (pack) => {
      for (const metric of new TemplatePacks(() => [pack]).get(pack.id).metrics) {
        const { canary } = metric.analysisConfigurations as { canary: Record<string, unknown> };
        const { denominator, traffic, ...own } = metric.query ?? {};
        const isShare = metric.name?.endsWith('-ratio') ?? false;
        expect([canary.valuesAre, denominator !== undefined], metric.name).toEqual(
          isShare ? ['percent', true] : [undefined, RATES.has(metric.name)],
        );
        const isPercentile =
          metric.groups?.[0] === 'latency' && /quantile|percentile|upper|[{]q/.test(JSON.stringify(own));
        expect(traffic !== undefined, metric.name).toBe(isPercentile);
        for (const companion of ['denominator', 'traffic'] as const) {
          const asked = companionMetric(metric, companion);
          if (asked !== undefined) expect(textOf(pack, asked), asked.name).toMatch(/\S/);
          // What they count must be known: of a second, of a minute, or of a point.
          if (asked !== undefined)
            expect([perOfQuery(textOf(pack, asked)), canary.requestsPer, pack.provider]).toEqual(
              PER[pack.provider] ?? ['point', undefined, pack.provider],
            );
        }
      }
    },
  );

  it.each(packs)('$id: limits the change that counts, and fails only errors and quality outright', (pack) => {
    for (const metric of new TemplatePacks(() => [pack]).get(pack.id).metrics) {
      const { canary } = metric.analysisConfigurations as { canary: Record<string, unknown> };
      const allowed = { increase: ['allowedIncrease'], decrease: ['allowedDecrease'] };
      const direction = canary.direction as 'increase' | 'decrease' | 'either';
      const limits = direction === 'either' ? [...allowed.increase, ...allowed.decrease] : allowed[direction];
      const critical = canary.critical ? limits.map((limit) => limit.replace('allowed', 'critical')) : [];
      expect(Object.keys(canary.effectSize as object).sort(), metric.name).toEqual([...limits, ...critical].sort());
      if (canary.critical) expect(['errors', 'quality']).toContain(metric.groups?.[0]);
    }
  });
});

/** Counts a second of events, beside their requests. */
const RATES = new Set<string | undefined>(['envoy-timeouts', 'envoy-overflow', 'traefik-retries']);

/** Where requests are no counts of a point: as the query says, and as the pack does. */
const PER: Readonly<Record<string, readonly unknown[]>> = {
  prometheus: ['second', undefined, 'prometheus'],
  stackdriver: ['second', undefined, 'stackdriver'],
  loki: ['second', undefined, 'loki'],
  newrelic: ['second', undefined, 'newrelic'],
  graphite: ['point', 'second', 'graphite'],
  skywalking: ['point', 'minute', 'skywalking'],
};

/** The query as it would be sent. */
function textOf(
  { provider: type, variables }: TemplatePack,
  metric: NonNullable<CanaryConfig['metrics']>[number],
): string {
  const provider = known.get(type);
  if (provider === undefined) throw new Error(`no provider '${type}'`);
  const scope = CanaryScope.parse({
    scope: 'shop-canary',
    location: 'shop',
    start: '2026-01-01T00:00:00Z',
    end: '2026-01-01T01:00:00Z',
    step: 60,
    extendedScopeParams: Object.fromEntries(variables.filter((one) => !one.default).map(({ name }) => [name, 'given'])),
  });
  const account = { name: 'a', type, maxSeries: 100, headers: {}, scopeLabel: 'instance' } as never;
  return provider.buildQuery({
    config: {},
    metric,
    query: provider.Query.parse(metric.query),
    scope,
    side: 'experiment',
    account,
  });
}

describe('/templates', () => {
  it('lists every pack with its variables and metrics', async () => {
    const { body } = await send('GET', '/templates');
    expect(body).toHaveLength(packs.length);
    expect(body.find(({ id }: { id: string }) => id === 'istio')).toMatchObject({
      name: 'Istio',
      provider: 'prometheus',
      variables: expect.arrayContaining([{ name: 'interval', about: expect.any(String), default: '2m' }]),
      metrics: expect.arrayContaining([
        { name: 'istio-error-ratio', group: 'errors', direction: 'increase', unit: 'percent' },
      ]),
    });
  });

  it('gives a pack as a config would have it', async () => {
    const { body } = await send('GET', '/templates/tgi');
    const { metrics, classifier } = body;
    expect(metrics[0]).toMatchObject({
      name: 'tgi-error-ratio',
      query: { type: 'prometheus', customInlineTemplate: expect.stringContaining('[${interval:-2m}]') },
      groups: ['errors'],
      analysisConfigurations: { canary: { direction: 'increase', critical: true, mustHaveData: true } },
      scopeName: 'default',
    });
    expect(await stored({ metrics, classifier })).toMatchObject({ metrics, classifier });
  });

  it('answers an unknown pack with 404 and those there are', async () => {
    const { status, body } = await send('GET', '/templates/isto');
    expect(status).toBe(404);
    expect(body).toMatchObject({ errorCode: 'OBJECT_NOT_FOUND', message: expect.stringMatching(/'isto'.*istio/) });
  });
});

describe('a config that uses a pack', () => {
  it('is kept with the metrics in place of the note', async () => {
    const pack = (await send('GET', '/templates/istio')).body;
    const config = await stored({ use: 'istio' });
    expect(config).toMatchObject({ metrics: pack.metrics, classifier: pack.classifier });
    expect(config).not.toHaveProperty('use');
  });

  it('is expanded when it is replaced, run or analysed as well', async () => {
    const { id } = await stored(configOf(1));
    await send('PUT', `/canaryConfig/${id}`, { name: 'replaced', applications: ['a'], use: 'tgi' });
    expect((await send('GET', `/canaryConfig/${id}`)).body.metrics).toHaveLength(4);

    const run = { canaryConfig: { use: 'tgi', judge: { name: 'FakeJudge-v1.0' } }, executionRequest: withLocation() };
    const { canaryExecutionId } = (await send('POST', '/canary?metricsAccountName=prom', run)).body;
    const { config } = (await send('GET', `/canary/${canaryExecutionId}`)).body;
    expect(config.metrics.map(({ name }: { name: string }) => name)).toContain('tgi-queue');

    const analysis = { canaryConfig: run.canaryConfig, executionRequest: ANALYSIS };
    const started = await send('POST', '/standalone_canary_analysis?metricsAccountName=prom', analysis);
    const found = await send('GET', `/standalone_canary_analysis/${started.body.canaryAnalysisExecutionId}`);
    expect(found.body.executionStatus ?? found.body.status).toBeDefined();
    expect((await service.store.analyses.get(started.body.canaryAnalysisExecutionId))?.config).toMatchObject({
      metrics: expect.arrayContaining([expect.objectContaining({ name: 'tgi-queue' })]),
    });
  });

  it('fills in the variables it gives; the scope fills in the others', async () => {
    const use = [{ pack: 'tgi', variables: { interval: '${step}s', q: 0.99, location: 'models', pods: '-[0-9]+' } }];
    const { metrics = [] } = await stored({ use });
    const latency = metrics.find(({ name }) => name === 'tgi-latency');
    expect(latency?.query?.customInlineTemplate).toBe(
      'PromQL:1000 * histogram_quantile(0.99, sum by (le) ' +
        '(rate(tgi_request_duration_bucket{namespace="models",pod=~"(${scope})-[0-9]+"}[${step}s])))',
    );
  });

  it('may take some of the metrics, for a scope and an account, under other names', async () => {
    const some = { pack: 'tgi', metrics: ['tgi-queue'], scopeName: 'gpu', accountName: 'prom', prefix: 'gpu-' };
    const { metrics } = await stored({ use: ['grpc', some] });
    expect(metrics?.map(({ name, scopeName }) => [name, scopeName])).toEqual([
      ['grpc-error-ratio', 'default'],
      ['grpc-latency', 'default'],
      ['grpc-traffic', 'default'],
      ['gpu-tgi-queue', 'gpu'],
    ]);
    expect(metrics?.[3]?.query).toMatchObject({ accountName: 'prom' });
  });

  it.each([
    ['isto', /use\.pack: 'isto' is not known; known packs: .*istio/],
    [['grpc', { pack: 'isto' }], /use\[1\]\.pack: 'isto'/],
    [[{ pack: 'grpc', variables: { q: '0.9', intervall: '1m' } }], /use\[0\]\.variables: 'intervall'.*known.*interval/],
    [[{ pack: 'grpc', variables: { constructor: '1m' } }], /use\[0\]\.variables: 'constructor'/],
    [[{ pack: 'grpc', metrics: ['latency'] }], /use\[0\]\.metrics: 'latency'.*grpc-latency/],
    [['grpc', 'grpc'], /two metrics would be called 'grpc-error-ratio'.*prefix/],
    [[{ pack: 'grpc', metric: ['latency'] }], /use\[0\].*'metric' is not known; did you mean 'metrics'/],
    [{}, /use: write the id of a pack.*GET \/templates/],
    [[{ variables: { q: [] } }], /use: write the id of a pack/],
    [[{ pack: 'grpc', metrics: [] }], /use\[0\]\.metrics/],
  ])('is refused for %j', async (use, message) => {
    expect(await refused({ use })).toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });

  it('is refused when a metric of its own has the same name', async () => {
    const own = { name: 'grpc-latency', query: { type: 'fake' } };
    expect(await refused({ metrics: [own], use: 'grpc' })).toMatchObject({ errorCode: 'CANARY_CONFIG_INVALID' });
  });
});

describe('weights of groups', () => {
  const weightsOf = async (fields: object) => (await stored(fields)).classifier?.groupWeights;

  it('are those of the pack where the config gives none, in proportion when metrics were left out', async () => {
    expect(await weightsOf({ use: 'grpc' })).toEqual({ errors: 50, latency: 38, traffic: 12 });
    const use = [{ pack: 'grpc', metrics: ['grpc-error-ratio', 'grpc-latency'] }];
    expect(await weightsOf({ use })).toEqual({ errors: 57, latency: 43 });
  });

  it('leave those of the config as they are, and share what these leave', async () => {
    const classifier = { groupWeights: { latency: 60 }, scoreThresholds: { pass: 90 } };
    expect(await weightsOf({ use: 'grpc', classifier })).toEqual({ latency: 60, errors: 32, traffic: 8 });
    const odd = { groupWeights: { latency: 33.3, extra: null } };
    const shared = await weightsOf({ use: 'grpc', classifier: odd });
    expect(Object.values(shared ?? {}).reduce<number>((sum, weight) => sum + (weight ?? 0), 0)).toBeCloseTo(100, 9);
  });

  it('count a group no pack knows as the mean of the others', async () => {
    const { metrics } = configOf(1);
    expect(await weightsOf({ metrics, use: 'grpc' })).toEqual({ group: 25, errors: 38, latency: 28, traffic: 9 });
  });

  it('are refused when nothing is left for a group', async () => {
    const classifier = { groupWeights: { errors: 50, latency: 50 } };
    expect(await refused({ use: 'grpc', classifier })).toMatchObject({
      status: 400,
      message: expect.stringMatching(/groupWeights leave nothing of 100 for the groups traffic.*of 0/),
    });
    const zero = { groupWeights: { ...classifier.groupWeights, traffic: 0 } };
    expect(await weightsOf({ use: 'grpc', classifier: zero })).toEqual(zero.groupWeights);
  });
});

it('a config without a pack is kept as it is', () => {
  const config = CanaryConfig.parse(configOf(2));
  expect(new TemplatePacks(() => packs).expand({ ...config, use: [] })).toEqual(config);
});

/** Both scopes in the namespace `models`. */
function withLocation() {
  const { scopes, thresholds } = requestOf();
  const located = Object.fromEntries(
    Object.entries(scopes ?? {}).map(([name, { controlScope, experimentScope }]) => [
      name,
      {
        controlScope: { ...controlScope, location: 'models' },
        experimentScope: { ...experimentScope, location: 'models' },
      },
    ]),
  );
  return { scopes: located, thresholds };
}

const ANALYSIS = {
  scopes: [
    {
      scopeName: 'default',
      controlScope: 'v1',
      controlLocation: 'models',
      experimentScope: 'v2',
      experimentLocation: 'models',
      step: 60,
    },
  ],
  lifetimeDurationMins: 60,
  thresholds: { pass: 95, marginal: 75 },
};
