import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  const values: Record<string, number[]> = { control: [1, Number.NaN], experiment: [1, 2] };
  service = await createTestService({
    providers: [fakeProvider((request) => [seriesOf(request, values[request.side] ?? [])])],
    storeNames: ['haldane', 'my-gcs'],
  });
});
afterAll(() => service.close());

const body = (metrics = 2) => ({ canaryConfig: configOf(metrics), executionRequest: requestOf() });
const post = (url: string, payload: object, headers = {}) =>
  service.http.inject({ method: 'POST', url, payload, headers });
const get = async (url: string) => (await service.http.inject(url)).json();

describe('POST /canary', () => {
  it('GEN-2, GEN-9: answers exactly 200 and an id that can be read at once', async () => {
    const answer = await post('/canary', body());
    expect(answer.statusCode).toBe(200);
    const { canaryExecutionId } = answer.json();
    expect(canaryExecutionId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(answer.json()).toEqual({ canaryExecutionId, reportUrl: `http://localhost:80/reports/${canaryExecutionId}` });
    expect(answer.headers.location).toBe(`/canary/${canaryExecutionId}`);
    expect((await get(`/canary/${canaryExecutionId}`)).pipelineId).toBe(canaryExecutionId);
  });

  it.each([
    ['?wait=5s', {}],
    ['', { prefer: 'respond-async, wait=5' }],
  ])('with %s %o answers the finished run', async (query, headers) => {
    const run = (await post(`/canary${query}`, body(), headers)).json();
    expect(run).toMatchObject({ status: 'succeeded', complete: true, application: 'ad-hoc', canaryConfigId: 'ad-hoc' });
    expect(CanaryExecutionStatusResponse.safeParse(run).error).toBeUndefined();
    expect(run.result.judgeResult.score).toEqual({ score: 100, classification: 'Pass', classificationReason: '' });
  });

  it('with a wait that is too short answers the run as it then stands', async () => {
    const slow = await createTestService({ providers: [fakeProvider(() => new Promise(() => {}))] });
    const answer = await slow.http.inject({ method: 'POST', url: '/canary?wait=20ms', payload: body() });
    const run = answer.json();
    expect(run).toMatchObject({ complete: false, canaryExecutionId: run.pipelineId });
    expect(answer.headers.location).toBe(`/canary/${run.pipelineId}`);
    expect(CanaryExecutionStatusResponse.safeParse(run).error).toBeUndefined();
    await slow.close();
  });

  it('GEN-5: takes empty parameters for absent ones, and ignores unknown ones', async () => {
    const query = '?application=&metricsAccountName=&storageAccountName=&parentPipelineExecutionId=&colour=red&wait=5s';
    const run = (await post(`/canary${query}`, body())).json();
    expect(run).toMatchObject({
      application: 'ad-hoc',
      metricsAccountName: 'fake-metrics',
      storageAccountName: 'haldane',
    });
    expect(run).not.toHaveProperty('parentPipelineExecutionId');
  });

  it('RES-1: stores the series it judged, gaps and all, under the ids of the results', async () => {
    const run = (await post('/canary?wait=5s', body())).json();
    const pairs = await get(`/metricSetPairList/${run.metricSetPairListId}?accountName=my-gcs`);
    expect(pairs.map((pair: { id: string }) => pair.id)).toEqual(
      run.result.judgeResult.results.map((result: { id: string }) => result.id),
    );
    expect(pairs[0].values.control.slice(0, 3)).toEqual([1, 'NaN', 'NaN']);
    expect(pairs[0].values.control).toHaveLength(60);
    expect(pairs[0].scopes.control).toEqual({
      startTimeIso: '2026-01-01T00:00:00Z',
      startTimeMillis: 1767225600000,
      stepMillis: 60000,
    });
  });
});

describe('POST /canary/{canaryConfigId}', () => {
  it('RUN-3, RUN-4: runs a stored config, under its first application, with a copy of its own', async () => {
    const { canaryConfigId } = (await post('/canaryConfig', configOf(1, { name: 'stored' }))).json();
    const run = (await post(`/canary/${canaryConfigId}?wait=5s&storageAccountName=my-gcs`, requestOf())).json();
    expect(run).toMatchObject({
      application: 'shop',
      canaryConfigId,
      storageAccountName: 'my-gcs',
      configurationAccountName: 'haldane',
    });
    await service.http.inject({ method: 'DELETE', url: `/canaryConfig/${canaryConfigId}` });
    expect((await get(`/canary/${run.pipelineId}`)).config.name).toBe('stored');
  });
});

describe('GET /canary/executions', () => {
  it('RUN-6, RUN-7: lists the runs of one application, newest first, by pages and states', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index++) {
      ids.unshift((await post('/canary?application=listed&wait=5s', body(1))).json().pipelineId);
    }
    const list = async (query: string) =>
      (await get(`/canary/executions?application=listed${query}`)).map((run: { pipelineId: string }) => run.pipelineId);
    expect(await list('')).toEqual(ids);
    expect(await list('&limit=2')).toEqual(ids.slice(0, 2));
    expect(await list('&limit=2&page=2')).toEqual(ids.slice(2));
    expect(await list('&limit=2&page=-1')).toEqual(ids.slice(0, 2));
    expect(await list('&statuses=Succeeded,terminal')).toEqual(ids);
    expect(await list('&statuses=running,skipped')).toEqual([]);
    expect(await get('/canary/executions?application=unknown')).toEqual([]);
  });
});

describe('PUT /pipelines/{id}/cancel', () => {
  it('GEN-4: takes the body Orca sends, and answers 202 for a run that has ended too', async () => {
    const run = (await post('/canary?wait=5s', body(1))).json();
    const answer = await service.http.inject({
      method: 'PUT',
      url: `/pipelines/${run.pipelineId}/cancel`,
      payload: '""',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect((await get(`/canary/${run.pipelineId}`)).status).toBe('succeeded');
  });
});

describe('the other routes', () => {
  it('GEN-7: accepts trailing slashes', async () => {
    expect((await service.http.inject('/canaryConfig/')).statusCode).toBe(200);
  });

  it('CRD-1: lists accounts with their types, lists and no secret', async () => {
    expect(await get('/credentials')).toEqual([
      {
        name: 'fake-metrics',
        type: 'fake',
        supportedTypes: ['METRICS_STORE'],
        locations: [],
        recommendedLocations: [],
      },
      ...['haldane', 'my-gcs'].map((name) => ({
        name,
        type: 'sqlite',
        supportedTypes: ['OBJECT_STORE', 'CONFIGURATION_STORE'],
        locations: [],
        recommendedLocations: [],
      })),
    ]);
  });

  it('JDG-1: lists the judges', async () => {
    expect(await get('/judges')).toEqual([{ name: 'FakeJudge-v1.0', visible: true }]);
  });

  it('HLT-1: says UP, and DOWN with 503 once the store is gone', async () => {
    const doomed = await createTestService();
    expect((await doomed.http.inject('/health')).json().status).toBe('UP');
    await doomed.store.close();
    const answer = await doomed.http.inject('/health');
    expect([answer.statusCode, answer.json().status]).toEqual([503, 'DOWN']);
    await doomed.close().catch(() => {});
  });

  it('POST /judge judges the series of the request and stores nothing', async () => {
    const before = await get('/canary/executions');
    const answer = await post('/judge', {
      canaryConfig: configOf(1),
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: [{ name: 'm0', id: 'p', tags: {}, values: { control: [1, 'NaN'], experiment: [2] } }],
    });
    expect(answer.json()).toMatchObject({ judgeName: 'FakeJudge-v1.0', results: [{ name: 'm0', id: 'p' }] });
    expect(await get('/canary/executions')).toEqual(before);
  });
});
