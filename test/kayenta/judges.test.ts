import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createJudges } from '../../judges/index.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

const NETFLIX = 'NetflixACAJudge-v1.0';
const brokenJudge: CanaryJudge = {
  name: 'BrokenJudge-v1.0',
  visible: true,
  Settings: z.looseObject({}),
  MetricSettings: z.looseObject({}),
  judge() {
    throw new CanaryError('JUDGEMENT_FAILED', 'no verdict today');
  },
};

let service: TestService;
let client: WireClient;
let series: string;
beforeAll(async () => {
  service = await createTestService({ judges: [...createJudges({}), fakeJudge, brokenJudge], storeNames: ['a', 'b'] });
  client = wireClient(service);
  const samples = Array.from({ length: 30 }, (_, index) => index);
  const pairs = [
    { name: 'm0', id: 'same', values: { control: samples, experiment: samples } },
    { name: 'm1', id: 'worse', values: { control: samples, experiment: samples.map((sample) => sample + 100) } },
  ];
  series = (await client.post('/metricSetPairList', pairs)).body.metricSetPairListId;
});
afterAll(() => service.close());

const THRESHOLDS = 'passThreshold=95&marginalThreshold=40';
const store = async (config: object) => (await client.post('/canaryConfig', config)).body.canaryConfigId;
const named = (name: string, changes: object = {}) => ({
  ...configOf(2, { name: crypto.randomUUID() }),
  judge: { name },
  ...changes,
});
const ask = (path: string, configId: string, query = THRESHOLDS, listId = series) =>
  client.post(`/judges/${path}?canaryConfigId=${configId}&metricSetPairListId=${listId}&${query}`);

describe('JDG-2, JDG-3: judging stored series', () => {
  it('answers the result at once, with the thresholds of the request, and stores nothing', async () => {
    const id = await store(named(NETFLIX));
    const { status, body } = await ask('judge', id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      judgeName: NETFLIX,
      results: [
        { id: 'same', classification: 'Pass' },
        { id: 'worse', classification: 'High' },
      ],
      score: { score: 50, classification: 'Marginal' },
    });
    expect((await ask('judge', id, 'passThreshold=50&marginalThreshold=-1')).body.score.classification).toBe('Pass');
    expect((await client.get('/pipelines')).body).toEqual([]);
  });

  it('is done by the first judge when the config names none', async () => {
    expect((await ask('judge', await store(named('')))).body.judgeName).toBe(NETFLIX);
  });

  it('needs no groups in the config', async () => {
    const metrics = configOf(2).metrics?.map(({ groups: _, ...metric }) => metric);
    expect((await ask('judge', await store(named(NETFLIX, { metrics })))).body.score.score).toBe(0);
  });

  it('by a judge nobody knows is a 400', async () => {
    const { status, body } = await ask('judge', await store(named('Solomon')));
    expect([status, body.message]).toEqual([400, expect.stringMatching(/^Unable to resolve canary judge 'Solomon'\./)]);
  });

  it('needs all four parameters, a config and series that exist, and accounts that do', async () => {
    const id = await store(named(NETFLIX));
    expect((await client.post('/judges/judge')).body.message).toMatch(/^canaryConfigId: .*metricSetPairListId: .*pass/);
    expect((await ask('judge', 'nope')).status).toBe(404);
    expect((await ask('judge', id, THRESHOLDS, 'nope')).status).toBe(404);
    expect((await ask('judge', id, 'passThreshold=high&marginalThreshold=1')).status).toBe(400);
    expect((await ask('judge', 'nope', `${THRESHOLDS}&storageAccountName=nobody`)).status).toBe(400);
    expect((await ask('judge', id, `${THRESHOLDS}&storageAccountName=b&configurationAccountName=a`)).status).toBe(200);
  });
});

describe('JDG-4: a comparison of judges', () => {
  const read = async (id: string) => (await client.get(`/judges/comparison/${id}`)).body;

  it('answers an id under which both results are there, with what they differ in', async () => {
    const query = `${THRESHOLDS}&overrideCanaryJudge1=${NETFLIX}&overrideCanaryJudge2=FakeJudge-v1.0`;
    const { body } = await ask('comparison', await store(named('BrokenJudge-v1.0')), query);
    expect(Object.keys(body)).toEqual(['canaryExecutionId']);
    expect(await read(body.canaryExecutionId)).toMatchObject({
      comparisonResult: {
        judge1Result: { judgeName: NETFLIX, score: { score: 50 } },
        judge2Result: { judgeName: 'FakeJudge-v1.0', score: { score: 100 } },
        differences: [{ name: 'm1', id: 'worse', judge1: 'High', judge2: 'Pass' }],
      },
    });
  });

  it('tells of parameters that nobody reads: a judge under another name is not compared', async () => {
    const query = `${THRESHOLDS}&overrideCanaryJudge=FakeJudge-v1.0`;
    const { body } = await ask('comparison', await store(named(NETFLIX)), query);
    expect(body.warnings).toBe(
      "?overrideCanaryJudge: not known, does nothing; did you mean 'overrideCanaryJudge1' or 'overrideCanaryJudge2'?",
    );
  });

  it('is between the judge of the config and another when one is left out', async () => {
    const { body } = await ask(
      'comparison',
      await store(named(NETFLIX)),
      `${THRESHOLDS}&overrideCanaryJudge2=FakeJudge-v1.0`,
    );
    const { comparisonResult } = await read(body.canaryExecutionId);
    expect(comparisonResult.judge1Result.judgeName).toBe(NETFLIX);
  });

  it('has the exceptions by the names of the stages that failed', async () => {
    const query = `${THRESHOLDS}&overrideCanaryJudge2=BrokenJudge-v1.0`;
    const { body } = await ask('comparison', await store(named(NETFLIX)), query);
    expect(await read(body.canaryExecutionId)).toEqual({
      exceptions: {
        'Perform Analysis with Judge 2': {
          timestamp: expect.any(Number),
          exceptionType: 'JUDGEMENT_FAILED',
          operation: 'canaryJudge',
          details: { error: 'Unexpected Task Failure', errors: ['no verdict today'], stackTrace: expect.any(String) },
          shouldRetry: false,
        },
      },
    });
  });

  it('with a judge nobody knows is a 400, and its id is no run that is listed', async () => {
    const id = await store(named(NETFLIX));
    expect((await ask('comparison', id, `${THRESHOLDS}&overrideCanaryJudge1=Solomon`)).status).toBe(400);
    await ask('comparison', id);
    expect((await client.get('/canary/executions?application=judge-comparison')).body).toEqual([]);
  });
});
