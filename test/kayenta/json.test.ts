import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

const config = configOf(3, { name: 'json', judge: {} });

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  const provider = fakeProvider((request) => [seriesOf(request, [1.5, Number.NaN, Number.POSITIVE_INFINITY, 4])]);
  service = await createTestService({ providers: [provider], judges: createJudges({}) });
  client = wireClient(service);
});
afterAll(() => service.close());

const run = (request: object = requestOf(), canaryConfig: object = config) =>
  client.run({ canaryConfig, executionRequest: request });
const scopeOf = (scope: object) => {
  const { scopes } = requestOf();
  return { ...requestOf(), scopes: { default: { ...scopes?.default, controlScope: scope } } };
};
const controlOf = (status: { canaryExecutionRequest: { scopes: { default: { controlScope: unknown } } } }) =>
  status.canaryExecutionRequest.scopes.default.controlScope;

describe('JSON-1: a field nobody knows', () => {
  it('is ignored at every level of a run', async () => {
    const extra = { colour: { red: [1] } };
    const [metric] = config.metrics ?? [];
    const scope = { ...requestOf().scopes?.default?.controlScope, ...extra };
    const { status, result } = await client.run({
      ...extra,
      canaryConfig: {
        ...config,
        ...extra,
        judge: { ...extra, name: '' },
        classifier: { ...config.classifier, ...extra },
        metrics: [{ ...metric, ...extra, query: { ...metric?.query, ...extra } }],
      },
      executionRequest: {
        ...extra,
        thresholds: { pass: 95, marginal: 75, ...extra },
        scopes: { default: { controlScope: scope, experimentScope: scope, ...extra } },
        metadata: [{ name: 'n', value: 'v', ...extra }],
      },
    });
    expect([status, result.judgeResult.score.score]).toEqual(['succeeded', 100]);
  });

  it('is ignored where series are stored', async () => {
    const pair = { name: 'm', id: 'p', values: { control: [], experiment: [], other: 1 }, other: { scopes: 1 } };
    const { metricSetPairListId } = (await client.post('/metricSetPairList', [pair])).body;
    expect((await client.get(`/metricSetPairList/${metricSetPairListId}`)).status).toBe(200);
  });

  it('does not have to be text where Kayenta reads numbers and booleans as text', async () => {
    const status = await run(
      scopeOf({ ...requestOf().scopes?.default?.controlScope, extendedScopeParams: { port: 8080, tls: true } }),
      { ...config, configVersion: 1 },
    );
    expect(status.config.configVersion).toBe('1');
    expect(controlOf(status)).toMatchObject({ extendedScopeParams: { port: '8080', tls: 'true' } });
  });
});

describe('JSON-2: null', () => {
  it('is read as absent and never written', async () => {
    const scope = { ...requestOf().scopes?.default?.controlScope, location: null, extendedScopeParams: { a: null } };
    const request = { ...scopeOf(scope), metadata: null, siteLocal: { a: null, b: {} } };
    const { pipelineId } = await run(request, { ...config, description: null, templates: null });
    const { text, body } = await client.get(`/canary/${pipelineId}`);
    expect(text).not.toContain('null');
    expect(controlOf(body)).toMatchObject({ scope: 'v1', extendedScopeParams: {} });
    expect(body.canaryExecutionRequest.siteLocal).toEqual({ b: {} });
    expect(body.config).not.toHaveProperty('description');
    expect(body.config.templates).toEqual({});
  });
});

describe('JSON-3: a number JSON does not have', () => {
  it('goes out and comes in as text', async () => {
    const { metricSetPairListId } = await run();
    const { text, body } = await client.get(`/metricSetPairList/${metricSetPairListId}`);
    expect(body[0].values.control.slice(0, 5)).toEqual([1.5, 'NaN', 'Infinity', 4, 'NaN']);
    const copy = (await client.send('POST', '/metricSetPairList', { body: JSON.parse(text) })).body;
    expect((await client.get(`/metricSetPairList/${copy.metricSetPairListId}`)).text).toBe(text);
  });

  it('may be a threshold as numeric text', async () => {
    const { canaryExecutionRequest } = await run({
      ...requestOf(),
      thresholds: { pass: '92.5', marginal: '-1e2' },
    });
    expect(canaryExecutionRequest.thresholds).toEqual({ pass: 92.5, marginal: -100 });
  });
});

describe('JSON-4, JSON-5: numbers', () => {
  it('of doubles are the shortest text that is the number, of times whole', async () => {
    const { pipelineId } = await run();
    const { text } = await client.get(`/canary/${pipelineId}`);
    expect(text).toContain('"score":{"score":100,');
    const times = [...text.matchAll(/"(?:\w+TimeMillis|timestamp)":([^,}]+)/g)].map(([, number]) => number);
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times.filter((number) => !/^\d{13}$/.test(number ?? ''))).toEqual([]);
  });

  it('are whole in the list of configs and in keys, whatever a client stored', async () => {
    const stored = { ...config, name: 'times', createdTimestamp: 1e12, updatedTimestamp: 1.7874e12 };
    const { canaryConfigId } = (await client.post('/canaryConfig', stored)).body;
    expect((await client.get('/canaryConfig')).text).toMatch(/"updatedTimestamp":\d{13},/);
    expect((await client.get(`/canaryConfig/${canaryConfigId}`)).text).toMatch(
      /"createdTimestamp":1000000000000,.*"updatedTimestamp":1787400000000,/,
    );
    await client.post('/metricSetList', []);
    expect((await client.get('/metricSetList')).text).toMatch(/"updatedTimestamp":\d{13},/);
  });
});

describe('JSON-6, JSON-7: instants', () => {
  it.each([
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123456Z'],
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00Z'],
    [1767225600000, '2026-01-01T00:00:00Z'],
    ['1767225600000', '2026-01-01T00:00:00Z'],
  ])('such as %s of a scope come back as %s', async (start, printed) => {
    const { end, step } = requestOf().scopes?.default?.controlScope ?? {};
    const status = await run(scopeOf({ scope: 'v1', start, end, step }));
    expect(controlOf(status)).toEqual({ scope: 'v1', start: printed, end: '2026-01-01T01:00:00Z', step: 60 });
  });

  it('that are empty are absent, so the run is told what it lacks', async () => {
    const executionRequest = scopeOf({ scope: 'v1', start: '', end: '2026-01-01T01:00:00Z', step: 60 });
    const answer = await client.post('/canary', { canaryConfig: config, executionRequest });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(/^Start time is required\./)]);
  });

  it('of a run are the same moments as its milliseconds', async () => {
    const status = await run();
    for (const time of ['build', 'start', 'end']) {
      expect(Date.parse(status[`${time}TimeIso`])).toBe(status[`${time}TimeMillis`]);
      expect(status[`${time}TimeIso`]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
    }
  });
});

describe('JSON-8: the duration of a canary', () => {
  it('is in hours, never days, and only there when all windows are as long', async () => {
    const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T01:30:00Z', step: 3600 };
    const pair = { controlScope: { scope: 'a', ...window }, experimentScope: { scope: 'b', ...window } };
    const request = { ...requestOf(), scopes: { default: pair, unused: pair } };
    expect((await run(request)).result.canaryDuration).toBe('PT25H30M');
    const shorter = { ...pair, controlScope: { ...pair.controlScope, end: '2026-01-01T01:30:00Z' } };
    expect((await run({ ...request, scopes: { default: pair, unused: shorter } })).result).not.toHaveProperty(
      'canaryDuration',
    );
  });
});

describe('JSON-9: order', () => {
  it('of metrics and results is that of the config', async () => {
    const metrics = [...(config.metrics ?? [])].reverse();
    const status = await run(requestOf(), { ...config, metrics });
    const nameOf = ({ name }: { name: string }) => name;
    expect(status.config.metrics.map(nameOf)).toEqual(['m2', 'm1', 'm0']);
    expect(status.result.judgeResult.results.map(nameOf)).toEqual(['m2', 'm1', 'm0']);
  });

  it('of stages, groups and configs is the same every time', async () => {
    const [first, second] = [await run(), await run()];
    expect(Object.keys(first.stageStatus)).toEqual(Object.keys(second.stageStatus));
    expect(first.result.judgeResult.groupScores).toEqual(second.result.judgeResult.groupScores);
    expect((await client.get('/canaryConfig')).text).toBe((await client.get('/canaryConfig')).text);
  });
});
