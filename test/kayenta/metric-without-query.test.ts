import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

/** Kayenta stores a metric without a query, and fails to run it. */
let service: TestService;
let client: WireClient;
beforeAll(async () => {
  service = await createTestService({ judges: createJudges({}) });
  client = wireClient(service);
});
afterAll(() => service.close());

const bare = { name: 'bare', groups: ['group'], scopeName: 'default', analysisConfigurations: {} };
const config = (changes: object = {}) => {
  const whole = configOf(1, { judge: { name: 'NetflixACAJudge-v1.0' } });
  return { ...whole, metrics: [...(whole.metrics ?? []), bare], ...changes };
};
const problem = "metric 'bare' has no query: it cannot be fetched.";
const create = async (name: string) =>
  (await client.post('/canaryConfig', config({ name }))).body.canaryConfigId as string;

describe('a metric without a query', () => {
  it.each([
    ['absent', {}],
    ['null', { query: null }],
  ])('is stored, read and listed when it is %s, and stays so when it is replaced', async (how, query) => {
    const name = `stored-${how}`;
    const { status, body } = await client.post('/canaryConfig', {
      ...config({ name }),
      metrics: [{ ...bare, ...query }],
    });
    expect(status).toBe(200);
    const path = `/canaryConfig/${body.canaryConfigId}`;
    expect((await client.get(path)).body.metrics).toEqual([bare]);
    expect((await client.send('PUT', path, { body: config({ name }) })).status).toBe(200);
    const stored = (await client.get(path)).body;
    expect(stored.metrics[1]).toEqual(bare);
    const list = (await client.get('/canaryConfig')).body as { name: string }[];
    expect(list.map((one) => one.name)).toContain(name);
  });

  it('is a problem that prevents running, and only that', async () => {
    const { problems } = (await client.post('/canaryConfig/validate', config())).body;
    expect(problems).toEqual([
      {
        path: 'metrics[1].query',
        message: expect.stringContaining(problem),
        prevents: 'running',
        rule: 'query-missing',
      },
    ]);
  });

  const request = requestOf();
  const { scopes: _, ...rest } = request;
  const scope = {
    scopeName: 'default',
    controlScope: 'v1',
    experimentScope: 'v2',
    startTimeIso: '2026-01-01T00:00:00Z',
  };
  const analysis = { ...rest, scopes: [{ ...scope, endTimeIso: '2026-01-01T01:00:00Z', step: 60 }] };
  it.each([
    ['/canary', () => ({ canaryConfig: config(), executionRequest: request })],
    ['/standalone_canary_analysis', () => ({ canaryConfig: config(), executionRequest: analysis })],
  ])('POST %s with it is a 400 that names it, and nothing is started', async (path, body) => {
    const answer = await client.post(path, body());
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(problem)]);
    expect((await client.get('/canary/executions?application=*')).body).toEqual([]);
  });

  it('is told in the previews, beside what the other metrics ask', async () => {
    const body = { canaryConfig: config(), executionRequest: request };
    const queries = await client.post('/canaryConfig/queries', body);
    expect(queries.status).toBe(200);
    expect(JSON.stringify(queries.body)).toContain(problem);
    expect(JSON.stringify(queries.body)).toContain('metric_0');
    expect((await client.post('/canaryConfig/series?metric=0', body)).status).toBe(200);
    const series = await client.post('/canaryConfig/series?metric=1', body);
    expect([series.status, series.body.message]).toEqual([400, expect.stringContaining(problem)]);
  });

  it('so is a run or an analysis of a stored config', async () => {
    const id = await create('to-run');
    for (const [path, body] of [
      [`/canary/${id}`, request],
      [`/standalone_canary_analysis/${id}`, analysis],
    ] as const) {
      const answer = await client.post(path, body);
      expect([answer.status, answer.body.message], path).toEqual([400, expect.stringContaining(problem)]);
    }
  });

  it('is judged by the series it has, which needs no query', async () => {
    const values = { control: [1, 2, 3, 4], experiment: [1, 2, 3, 4] };
    const pairs = ['m0', 'bare'].map((name) => ({ name, id: name, tags: {}, values }));
    const body = { canaryConfig: config(), scoreThresholds: request.thresholds, metricSetPairList: pairs };
    const answer = await client.post('/judge', body);
    expect(answer.status).toBe(200);
    expect(answer.body.results.map((result: { name: string }) => result.name)).toEqual(['m0', 'bare']);
  });

  it('has pages and reports', async () => {
    const id = await create('to-look-at');
    const archived = { config: config(), canaryExecutionRequest: request, status: 'canceled' };
    await client.post('/canaryResultArchive?pipelineId=old-run', archived);
    const paths = [
      `/configs/${id}`,
      `/configs/${id}/edit`,
      '/reports/old-run',
      '/reports/old-run.json',
      '/reports/old-run.md',
    ];
    for (const path of paths) {
      const page = await service.http.inject({ url: path, headers: { accept: 'text/html' } });
      expect([path, page.statusCode]).toEqual([path, 200]);
    }
    expect((await service.http.inject(`/configs/${id}`)).body).toContain('no query');
    expect((await client.send('DELETE', '/canaryResultArchive/old-run')).status).toBe(204);
  });

  it.each([[{}], [{ metricName: 'x' }], ['text'], [[]]])(
    'is not one whose query is %j: that is refused as before',
    async (query) => {
      const answer = await client.post('/canaryConfig', {
        ...config({ name: 'typeless' }),
        metrics: [{ ...bare, query }],
      });
      expect(answer.status).toBe(400);
      expect(answer.body.message).toContain('query');
    },
  );
});
