import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const send = async (method: 'POST' | 'PUT', url: string, body: string) => {
  const answer = await service.http.inject({ method, url, headers: { 'content-type': 'application/json' }, body });
  return { status: answer.statusCode, body: answer.json() };
};

const weights = (weight: unknown) => configOf(1, { classifier: { groupWeights: { group: weight as number } } });
const stored = (threshold: unknown) => ({ ...configOf(), classifier: { scoreThresholds: { marginal: threshold } } });
const asked = (pass: unknown) => requestOf({ thresholds: { pass: pass as number, marginal: 75 } });
const result = (score: unknown) => ({
  judgeResult: {
    judgeName: 'j',
    results: [],
    groupScores: [],
    score: { score, classification: 'Pass', classificationReason: '' },
  },
});

/** Each takes a number where it is compared or added up. */
const DOORS: [string, 'POST' | 'PUT', string, string, (number: unknown) => unknown][] = [
  ['a config', 'POST', '/canaryConfig', 'classifier.groupWeights.group', weights],
  ['thresholds of a config', 'POST', '/canaryConfig', 'classifier.scoreThresholds.marginal', stored],
  ['a config to replace', 'PUT', '/canaryConfig/x', 'classifier.groupWeights.group', weights],
  [
    'the config of a run',
    'POST',
    '/canary',
    'canaryConfig.classifier.groupWeights.group',
    (number) => ({ canaryConfig: weights(number), executionRequest: requestOf() }),
  ],
  [
    'the thresholds of a run',
    'POST',
    '/canary',
    'executionRequest.thresholds.pass',
    (number) => ({ canaryConfig: configOf(), executionRequest: asked(number) }),
  ],
  [
    'the config of an analysis',
    'POST',
    '/standalone_canary_analysis',
    'canaryConfig.classifier.groupWeights.group',
    (number) => ({ canaryConfig: weights(number), executionRequest: { scopes: [{}], lifetimeDurationMins: 5 } }),
  ],
  [
    'the thresholds of an analysis',
    'POST',
    '/standalone_canary_analysis',
    'executionRequest.thresholds.marginal',
    (number) => ({ canaryConfig: configOf(), executionRequest: { scopes: [{}], thresholds: { marginal: number } } }),
  ],
  [
    'the config of an archived run',
    'PUT',
    '/canaryResultArchive/x',
    'config.classifier.groupWeights.group',
    (number) => ({ config: weights(number) }),
  ],
  [
    'the score of an archived run',
    'POST',
    '/canaryResultArchive',
    'result.judgeResult.score.score',
    (number) => ({ result: result(number) }),
  ],
  [
    'a request to judge',
    'POST',
    '/judge',
    'scoreThresholds.pass',
    (number) => ({ canaryConfig: configOf(), scoreThresholds: { pass: number }, metricSetPairList: [] }),
  ],
];

describe.each(DOORS)('%s', (_name, method, url, field, bodyOf) => {
  it.each(['NaN', 'Infinity', '-Infinity', '1e999'])(
    'refuses "%s", and names field, value and remedy',
    async (text) => {
      const answer = await send(method, url, JSON.stringify(bodyOf(text)));
      expect(answer).toMatchObject({ status: 400, body: { errorCode: 'REQUEST_INVALID' } });
      expect(answer.body.message).toContain(`${field}: '${text}' is `);
      expect(answer.body.message).toMatch(/write (one|a number)/);
    },
  );
});

it('a number in a body that no double can hold is refused wherever it is', async () => {
  const config = configOf(1, { judge: { name: 'FakeJudge-v1.0', judgeConfigurations: { depth: 'HERE' } } });
  const answer = await send('POST', '/canaryConfig', JSON.stringify(config).replace('"HERE"', '[1, 1e400]'));
  expect(answer.status).toBe(400);
  expect(answer.body.message).toMatch(/^judge.judgeConfigurations.depth\[1\]: a number beyond .*write a smaller one/);
});

it('statistics of an archived run may be NaN and infinite, and are read back', async () => {
  const stats = { count: 0, mean: 'NaN', min: 'Infinity', std: 'NaN', max: '-Infinity' };
  const metric = { name: 'm', classification: 'Nodata', critical: false, muted: false };
  const judged = { ...metric, controlMetadata: { stats }, experimentMetadata: { stats } };
  const { judgeResult } = result(50);
  const body = { result: { judgeResult: { ...judgeResult, results: [judged] } } };
  const { pipelineId } = (await send('POST', '/canaryResultArchive', JSON.stringify(body))).body;
  const read = await service.http.inject(`/canary/${pipelineId}`);
  expect(read.statusCode).toBe(200);
  expect(read.json().result.judgeResult.results[0].controlMetadata.stats).toEqual(stats);
});

it('a judge that answers a score of NaN fails the run, and says it is the judge', async () => {
  const { fakeJudge } = await import('../support/fake-judge.ts');
  const judge: typeof fakeJudge = {
    ...fakeJudge,
    judge: async (request, signal) => {
      const judged = await fakeJudge.judge(request, signal);
      return { ...judged, score: { ...judged.score, score: Number.NaN } };
    },
  };
  const other = await createTestService({ judges: [judge] });
  const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
  const answer = await other.http.inject({ method: 'POST', url: '/canary?wait=20s', payload });
  await other.close();
  expect(answer.json()).toMatchObject({ status: 'terminal', exception: { exceptionType: 'JUDGEMENT_FAILED' } });
  expect(answer.json().exception.details.errors[0]).toMatch(/score\.score: 'NaN' is no score.*defect of the judge/);
});
