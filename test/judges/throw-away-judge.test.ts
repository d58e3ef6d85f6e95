import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';
import { createCoinJudge } from '../support/coin-judge.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

// A judge that only tests know goes through everything that knows judges: nothing outside it had to be told.

const seen: JudgeRequest[] = [];
const coinJudge = createCoinJudge((request) => seen.push(request));
let service: TestService;
beforeAll(async () => {
  service = await createTestService({ providers: [fakeProvider()], judges: [...createJudges({}), coinJudge] });
});
afterAll(() => service.close());

const post = async (url: string, payload: object) => {
  const answer = await service.http.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() };
};
const get = async (url: string) => (await service.http.inject(url)).body;
const configWith = (canary: object, judgeConfigurations: Record<string, unknown> = {}, changes: object = {}) => {
  const config = configOf(2, { judge: { name: coinJudge.name, judgeConfigurations }, ...changes });
  const metrics = config.metrics?.map((metric) => ({ ...metric, analysisConfigurations: { canary } }));
  return { ...config, metrics: metrics ?? [] };
};
const run = async (canaryConfig: object) =>
  (await post('/canary?wait=10s', { canaryConfig, executionRequest: requestOf() })).body;

describe('a judge with settings of its own', () => {
  it.each([
    [
      {},
      { coin: 'edge' },
      'judge.judgeConfigurations.coin is "edge"; write one of heads, tails, or leave the field out.',
    ],
    [{}, { bias: '0.5' }, 'judge.judgeConfigurations.bias is "0.5"; write a number, without quotes.'],
    [{}, { bias: -1 }, 'judge.judgeConfigurations.bias is -1; write a number of at least 0.'],
    [{}, { bias: 1 }, 'judge.judgeConfigurations.bias is 1; write a number below 1.'],
    [
      { importance: 'some' },
      {},
      'Metric \'m0\': analysisConfigurations.canary.importance is "some"; write one of vital, usual, or leave the field out.',
    ],
    [
      { luck: { charm: [] } },
      {},
      "Metric 'm0': analysisConfigurations.canary.luck.charm is []; write a number, without quotes.",
    ],
    [
      { lucky: 'yes' },
      {},
      'Metric \'m0\': analysisConfigurations.canary.lucky is "yes"; write true or false, without quotes.',
    ],
  ])('has a wrong one refused and told of, with value and remedy: %j %j', async (canary, common, message) => {
    const canaryConfig = configWith(canary, common);
    const { status, body } = await post('/canary', { canaryConfig, executionRequest: requestOf() });
    expect([status, body.errorCode]).toEqual([400, 'CANARY_CONFIG_INVALID']);
    expect(body.message).toContain(message);
    const [problem] = (await post('/canaryConfig/validate', canaryConfig)).body.problems;
    expect(message).toContain(problem.message.replace(/^It /, ''));
    expect(problem).toMatchObject({
      path: expect.stringMatching(/\.(coin|bias|importance|charm|lucky)$/),
      prevents: 'running',
    });
    const series = { scoreThresholds: {}, metricSetPairList: [{ name: 'm0', values: {} }] };
    const judged = (await post('/judge', { canaryConfig, ...series })).body;
    expect([judged.errorCode, judged.message]).toEqual(['JUDGEMENT_FAILED', message]);
  });

  it('is described in the contract, by the names of its schemas', async () => {
    const { schemas } = JSON.parse(await get('/v3/api-docs')).components;
    expect(schemas['CoinJudge-v1.0.Settings'].properties).toMatchObject({
      coin: { enum: ['heads', 'tails'], description: 'the side that passes; default: heads' },
      bias: { minimum: 0, exclusiveMaximum: 1, description: expect.stringMatching(/default: 0.5$/) },
    });
    expect(schemas['CoinJudge-v1.0.MetricSettings'].properties.luck.properties.charm.type).toBe('number');
  });

  it('is offered in the editor, with all it can be told', async () => {
    const page = await get('/configs/new?blank=true');
    const [, choices = ''] = /<script type="application\/json" id="choices">(.*?)<\/script>/s.exec(page) ?? [];
    const offered = JSON.parse(choices).judges.find(({ name }: { name: string }) => name === coinJudge.name);
    expect(offered).toMatchObject({
      settings: [
        { name: 'coin', kind: 'choice', about: 'the side that passes' },
        { name: 'bias', kind: 'number', default: '0.5' },
      ],
      metricSettings: [
        { name: 'importance', label: 'Importance', kind: 'choice' },
        { name: 'luck.charm', kind: 'number', about: 'added to each toss' },
        { name: 'lucky', label: 'Lucky', kind: 'flag' },
      ],
    });
    expect(offered.metricSettings[0].choices).toEqual([
      { value: '', text: 'usual (the default)' },
      { value: 'vital', text: 'of life' },
      { value: 'usual', text: 'usual' },
    ]);
  });

  it('has them shown on the page of a config, in its own words, and what it does not know too', async () => {
    const canary = { importance: 'vital', luck: { charm: 2 }, lucky: true, other: [1] };
    const { body } = await post('/canaryConfig', configWith(canary, { coin: 'tails' }, { name: 'tossed' }));
    const page = await get(`/configs/${body.canaryConfigId}`);
    expect(page).toContain('importance: of life, luck.charm: 2, other: [1]');
    expect(page).toContain('<span class="tag lucky">lucky</span>');
    expect(page).toContain('coin: <bdi>tails</bdi>');
  });
});

describe('a judge with clauses of its own', () => {
  it('has its rule, its reason and what would have changed it in every form of the report', async () => {
    const { pipelineId } = await run(configWith({}, { coin: 'tails' }));
    const report = JSON.parse(await get(`/reports/${pipelineId}.json`));
    expect(report.metrics[0]).toMatchObject({
      reason: 'The coin of m0 fell badly.',
      whatIf: ['It would pass if it were lucky.'],
      result: { evidence: { clause: 'unluckyToss', rule: 'A metric whose coin does not show tails fails.' } },
    });
    const page = await get(`/reports/${pipelineId}`);
    expect(page).toContain('A metric whose coin does not show tails fails.');
    expect(page).toContain('It would pass if it were lucky.');
    expect(page).not.toContain('unluckyToss');
    expect(await get(`/reports/${pipelineId}.junit.xml`)).toContain('It would pass if it were lucky.');
  });

  it('that scores by the shared rules has the score without each failure', async () => {
    const canaryConfig = configWith({});
    const [, lucky] = configWith({ lucky: true }).metrics;
    const { pipelineId } = await run({ ...canaryConfig, metrics: [canaryConfig.metrics[0], lucky] });
    const report = JSON.parse(await get(`/reports/${pipelineId}.json`));
    expect(report.score).toBe(50);
    expect(report.scoresWithout).toEqual([{ metric: 'm0', score: 100, verdict: 'Pass' }]);
  });
});

describe('a judge that reads companion series', () => {
  it('gets those that it says, stored with the pair, and no others', async () => {
    const canaryConfig = configWith({});
    const [first, second] = canaryConfig.metrics;
    const beside = { denominator: { metricName: 'requests' }, traffic: { metricName: 'requests' } };
    const asked = [{ ...first, query: { ...first?.query, ...beside } }, second];
    const { metricSetPairListId, warnings } = await run({ ...canaryConfig, metrics: asked });
    const [one, two] = seen.at(-1)?.metricSetPairList ?? [];
    expect([one, two].map((pair) => [pair?.denominator, pair?.traffic, pair?.history].map(Boolean))).toEqual([
      [true, false, false],
      [false, false, true],
    ]);
    expect(JSON.parse(await get(`/metricSetPairList/${metricSetPairListId}`))).toEqual([one, two]);
    expect(warnings.join()).toContain(`query.traffic: ${coinJudge.name} does not read it`);
  });

  it('has settings that clash refused', async () => {
    const metrics = configOf(1).metrics?.map((metric) => ({ ...metric, name: 'coin' }));
    const { status, body } = await post('/canary', {
      canaryConfig: configWith({}, {}, { metrics }),
      executionRequest: requestOf(),
    });
    expect([status, body.message]).toEqual([400, 'name is "coin"; choose another.']);
  });
});

describe('a judge that needs earlier runs', () => {
  const lastHistory = () => seen.at(-1)?.history?.runs ?? [];

  it('gets those of the config, newest first, with their results and series, and no later ones', async () => {
    const { canaryConfigId } = (await post('/canaryConfig', configWith({}, {}, { name: 'remembered' }))).body;
    const start = async () => (await post(`/canary/${canaryConfigId}?wait=10s`, requestOf())).body.pipelineId;
    const first = await start();
    expect(lastHistory()).toEqual([]);
    const second = await start();
    await run(configWith({}, {}, { name: 'remembered' }));
    await start();
    expect(lastHistory().map(({ id }) => id)).toEqual([second, first]);
    const [newest] = lastHistory();
    expect(newest).toMatchObject({
      acceptedMillis: expect.any(Number),
      result: { judgeName: coinJudge.name, score: { score: 0 } },
      metricSetPairList: [{ name: 'm0', values: { control: expect.any(Array) } }, { name: 'm1' }],
    });
    await get(`/compare?a=${second}&judge=${coinJudge.name}`);
    expect(lastHistory().map(({ id }) => id)).toEqual([first]);
  });

  it('gets, of a config that came with its run, the runs of an equal one', async () => {
    const config = configWith({}, { coin: 'tails' }, { name: 'brought' });
    const { pipelineId } = await run(config);
    await run({ ...config, description: 'another one' });
    expect(lastHistory()).toEqual([]);
    await run(config);
    expect(lastHistory().map(({ id }) => id)).toEqual([pipelineId]);
  });

  it('gets a bounded number of them, and none where nothing is stored', async () => {
    const { canaryConfigId } = (await post('/canaryConfig', configWith({}, {}, { name: 'busy' }))).body;
    for (let index = 0; index < 22; index++) await post(`/canary/${canaryConfigId}?wait=10s`, requestOf());
    expect(lastHistory()).toHaveLength(20);
    await post('/judge', { canaryConfig: configWith({}), scoreThresholds: {}, metricSetPairList: [] });
    expect(seen.at(-1)?.history).toEqual({ runs: [] });
  });

  it('alone is given a history', async () => {
    const requests: JudgeRequest[] = [];
    const { needs: _, ...judge } = createCoinJudge((request) => requests.push(request));
    const other = await createTestService({ judges: [judge] });
    const payload = { canaryConfig: configWith({}), executionRequest: requestOf() };
    await other.http.inject({ method: 'POST', url: '/canary?wait=10s', payload });
    await other.close();
    expect(requests.map((request) => 'history' in request)).toEqual([false]);
  });
});
