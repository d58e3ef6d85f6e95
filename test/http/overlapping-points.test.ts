import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

// A range longer than the step: neighbouring points share their data, whatever the judge makes of that.

const provider = fakeProvider((request) => {
  const { metricName } = request.query as { metricName: string };
  const values = Array.from({ length: 60 }, (_, t) => 100 + ((t * 7) % 11));
  const series = seriesOf(request, values);
  return [{ ...series, attributes: { query: metricName } }];
});
let service: TestService;
beforeAll(async () => {
  service = await createTestService({ providers: [provider], judges: createJudges({}) });
});
afterAll(() => service.close());

const post = async (url: string, payload: object) =>
  (await service.http.inject({ method: 'POST', url, payload })).json();
const configWith = (metricName: string, judge: string) => {
  const config = configOf(1, { judge: { name: judge } });
  const metrics = config.metrics?.map((metric) => ({ ...metric, query: { ...metric.query, metricName } }));
  return { ...config, metrics };
};
const withStep = (step: number) => {
  const { scopes = {}, ...request } = requestOf();
  const { controlScope, experimentScope } = scopes.default ?? {};
  return {
    ...request,
    scopes: { default: { controlScope: { ...controlScope, step }, experimentScope: { ...experimentScope, step } } },
  };
};
const advice = { path: 'metrics[0].query.metricName', prevents: 'nothing', rule: 'points-overlap' };

it('is told by validate, at the step of the request or else a minute', async () => {
  const config = configWith('rate(x[15m])', 'HaldaneJudge-v1.0');
  const alone = await post('/canaryConfig/validate', config);
  expect(alone.problems).toEqual([
    { ...advice, message: expect.stringContaining('Each point is made from 15 minutes, 15 steps: neighbouring') },
  ]);
  const asked = (step: number) =>
    post('/canaryConfig/validate', { canaryConfig: config, executionRequest: withStep(step) });
  expect((await asked(300)).problems).toEqual([{ ...advice, message: expect.stringContaining('15 minutes, 3 steps') }]);
  expect((await asked(900)).problems).toEqual([]);
});

it.each([
  ['HaldaneJudge-v1.0', 'notes', 'Its query makes each point from 15 minutes, 15 steps'],
  ['NetflixACAJudge-v1.0', 'quality', 'Each point is made from 15 minutes, 15 steps'],
  ['WelchTJudge-v1.0', 'quality', 'Each point is made from 15 minutes, 15 steps'],
])('is told by the report under %s, once', async (judge, where, words) => {
  const payload = { canaryConfig: configWith('rate(x[15m])', judge), executionRequest: requestOf() };
  const { pipelineId } = await post('/canary?wait=10s', payload);
  const [metric] = JSON.parse((await service.http.inject(`/reports/${pipelineId}.json`)).body).metrics;
  expect(metric[where].join(' ')).toContain(words);
  expect([...metric.notes, ...metric.quality].filter((said: string) => said.includes('15 steps'))).toHaveLength(1);
});
