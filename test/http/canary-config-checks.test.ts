import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeAccount, fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
let asked = 0;
beforeAll(async () => {
  const provider = fakeProvider((request) => {
    asked += 1;
    if (request.metric.name === 'refused') throw new CanaryError('METRICS_QUERY_REJECTED', 'the store answered 400');
    return [seriesOf(request, request.side === 'control' ? [1, 2, 3] : [4, Number.NaN])];
  });
  const judges = createJudges({});
  service = await createTestService({ providers: [provider, prometheus], metricsStores: [fakeAccount], judges });
});
afterAll(() => service.close());

const post = async (url: string, payload: unknown) => {
  const answer = await service.http.inject({ method: 'POST', url, payload: payload as object });
  return { status: answer.statusCode, body: answer.json() };
};
const config = (changes: object = {}) => configOf(1, { judge: {}, ...changes });
const metric = (changes: object = {}) => ({ ...config().metrics?.[0], ...changes });

describe('POST /canaryConfig/validate', () => {
  it('finds nothing wrong with a config that can be stored and run', async () => {
    expect((await post('/canaryConfig/validate', config())).body).toEqual({ valid: true, problems: [] });
  });

  it.each<[string, object, string, string]>([
    ['a name that cannot be', config({ name: 'a b' }), 'name', 'saving'],
    ['no application', config({ applications: [] }), 'applications', 'saving'],
    ['a value of the wrong kind', config({ metrics: [metric({ groups: 'g' })] }), 'metrics[0].groups', 'saving'],
    ['two metrics of one name', config({ metrics: [metric(), metric()] }), 'metrics[1].name', 'saving'],
    [
      'an unknown store',
      config({ metrics: [metric({ query: { type: 'abacus' } })] }),
      'metrics[0].query.type',
      'saving',
    ],
    ['an unknown pack', config({ use: 'abacus' }), 'use', 'saving'],
    ['no metric', config({ metrics: [] }), 'metrics', 'running'],
    ['an unknown judge', config({ judge: { name: 'Solomon' } }), 'judge.name', 'running'],
    [
      'a store that is not here',
      config({ metrics: [metric({ query: { type: 'atlas' } })] }),
      'metrics[0].query.type',
      'running',
    ],
    [
      'a query its store does not take',
      config({ metrics: [metric({ query: { type: 'prometheus', expr: 'a', customInlineTemplate: 'b' } })] }),
      'metrics[0].query.expr',
      'running',
    ],
    ['no scope', config({ metrics: [metric({ scopeName: '' })] }), 'metrics[0].scopeName', 'running'],
    ['no group', config({ metrics: [metric({ groups: [] })], classifier: {} }), 'metrics[0].groups', 'nothing'],
    ['no weights at all', config({ classifier: undefined }), 'classifier.groupWeights', 'running'],
    [
      'a limit that is no number',
      config({ metrics: [metric({ analysisConfigurations: { canary: { effectSize: { allowedIncrease: '1.1' } } } })] }),
      'metrics[0].analysisConfigurations.canary.effectSize.allowedIncrease',
      'running',
    ],
    [
      'a direction nobody knows',
      config({ metrics: [metric({ analysisConfigurations: { canary: { direction: 'up' } } })] }),
      'metrics[0].analysisConfigurations.canary.direction',
      'nothing',
    ],
    [
      'weights that are not 100',
      config({ classifier: { groupWeights: { group: 60 } } }),
      'classifier.groupWeights',
      'nothing',
    ],
    [
      'a weight of no metric',
      config({ classifier: { groupWeights: { group: 100, other: 0 } } }),
      'classifier.groupWeights.other',
      'nothing',
    ],
  ])('tells of %s, at the field', async (_what, written, path, prevents) => {
    const { status, body } = await post('/canaryConfig/validate', written);
    expect(status).toBe(200);
    const rule = expect.stringMatching(/^[a-z]+(-[a-z0-9]+)+$/);
    expect(body.problems).toContainEqual({ path, prevents, rule, message: expect.stringMatching(/.{5}/) });
    expect(body.valid).toBe(prevents !== 'saving');
  });

  it('refuses just what storing refuses, for the same reason', async () => {
    const refused = [config({ name: '' }), config({ name: 'a b' }), config({ metrics: [metric(), metric()] })];
    for (const written of refused) {
      const stored = await post('/canaryConfig', written);
      const { body } = await post('/canaryConfig/validate', written);
      expect(stored.status).toBe(400);
      expect(stored.body.message).toBe(body.problems[0].message);
    }
  });

  it('tells of a name that is taken, but not to the config that has it', async () => {
    const { body } = await post('/canaryConfig', config({ name: 'taken' }));
    const again = (await post('/canaryConfig/validate', config({ name: 'taken' }))).body;
    expect(again.problems).toMatchObject([{ path: 'name', prevents: 'saving' }]);
    const itself = config({ name: 'taken', id: body.canaryConfigId });
    expect((await post('/canaryConfig/validate', itself)).body.problems).toEqual([]);
  });
});

describe('a config of which it is told what prevents running', () => {
  it.each([
    ['has no weights', config({ classifier: undefined })],
    [
      'has a limit that is no number',
      config({ metrics: [metric({ analysisConfigurations: { canary: { critical: 'yes' } } })] }),
    ],
    ['names an unknown judge', config({ judge: { name: 'Solomon' } })],
    ['has no metric', config({ metrics: [] })],
  ])('is not judged indeed: it %s', async (_what, canaryConfig) => {
    const { problems } = (await post('/canaryConfig/validate', canaryConfig)).body;
    expect(problems.map((problem: { prevents: string }) => problem.prevents)).toContain('running');
    const { status, body } = await post('/canary?wait=10s', { canaryConfig, executionRequest: requestOf() });
    expect(status === 400 || body.status === 'terminal').toBe(true);
  });

  it('is judged when there is only advice', async () => {
    const canaryConfig = config({ metrics: [metric({ groups: [] })], classifier: { groupWeights: { other: 60 } } });
    const { problems } = (await post('/canaryConfig/validate', canaryConfig)).body;
    expect(problems.length).toBeGreaterThan(1);
    expect(problems.every((problem: { prevents: string }) => problem.prevents === 'nothing')).toBe(true);
    const { body } = await post('/canary?wait=10s', { canaryConfig, executionRequest: requestOf() });
    expect(body.status).toBe('succeeded');
  });
});

describe('POST /canaryConfig/queries', () => {
  it('answers the texts of both sides, and asks no store', async () => {
    const before = asked;
    const body = { canaryConfig: configOf(2), executionRequest: requestOf() };
    expect((await post('/canaryConfig/queries', body)).body).toEqual([
      {
        metric: 'm0',
        metricsAccountName: 'fake-metrics',
        control: 'metric_0',
        experiment: 'metric_0 of the experiment',
      },
      {
        metric: 'm1',
        metricsAccountName: 'fake-metrics',
        control: 'metric_1',
        experiment: 'metric_1 of the experiment',
      },
    ]);
    expect(asked).toBe(before);
  });

  it('tells of each metric why there is no text, and answers the others', async () => {
    const metrics = [metric({ query: { type: 'fake' } }), metric({ name: 'fine' })];
    const { body } = await post('/canaryConfig/queries', { canaryConfig: config({ metrics }) });
    expect(body).toMatchObject([
      { metric: 'm0', problem: expect.stringContaining('query.metricName') },
      { metric: 'fine', control: 'metric_0' },
    ]);
  });

  it('refuses an account there is not, and a request without a config', async () => {
    const body = { canaryConfig: config(), executionRequest: requestOf() };
    expect((await post('/canaryConfig/queries?metricsAccountName=nobody', body)).body.errorCode).toBe(
      'ACCOUNT_UNKNOWN',
    );
    expect((await post('/canaryConfig/queries', {})).status).toBe(400);
  });
});

describe('POST /canaryConfig/series', () => {
  const body = { canaryConfig: configOf(2, { judge: {} }), executionRequest: requestOf() };

  it('answers the series of one metric as a judge would get them, and keeps nothing', async () => {
    const lists = async () => (await service.http.inject('/metricSetPairList')).json();
    const before = await lists();
    const [pair, ...others] = (await post('/canaryConfig/series?metric=1', body)).body;
    expect(others).toEqual([]);
    expect(pair.name).toBe('m1');
    expect(pair.values.control.slice(0, 4)).toEqual([1, 2, 3, 'NaN']);
    expect(pair.values.experiment.slice(0, 3)).toEqual([4, 'NaN', 'NaN']);
    expect(await lists()).toEqual(before);
  });

  it('answers in pieces, as fast as they are read', async () => {
    const payload = JSON.stringify(body);
    const headers = { 'content-type': 'application/json' };
    const answer = await service.http.inject({ method: 'POST', url: '/canaryConfig/series', headers, payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    // Nobody knows yet how long it is.
    expect(answer.headers).not.toHaveProperty('content-length');
    expect(answer.json()).toHaveLength(1);
  });

  it('hands on the refusal of the store, and refuses a metric there is not', async () => {
    const refused = { ...body, canaryConfig: config({ metrics: [metric({ name: 'refused' })] }) };
    expect((await post('/canaryConfig/series', refused)).body.errorCode).toBe('METRICS_QUERY_REJECTED');
    const missing = await post('/canaryConfig/series?metric=2', body);
    expect(missing).toMatchObject({ status: 400, body: { message: expect.stringContaining('there is no metric 2') } });
  });
});
