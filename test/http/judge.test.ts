import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

interface GoldenCase {
  name: string;
  noisy: boolean;
  canaryConfig: { metrics?: { groups?: unknown }[] };
  scoreThresholds: object;
  metricSetPairs: object[];
  expected?: { results: object[] };
}

const CASES: GoldenCase[] = readFileSync('test/golden/kayenta-judge/cases.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

const refusingJudge: CanaryJudge = {
  ...fakeJudge,
  name: 'RefusingJudge-v1.0',
  judge() {
    throw new CanaryError('JUDGEMENT_FAILED', "Metric 'm0': no verdict today.");
  },
};

let service: TestService;
beforeAll(async () => {
  service = await createTestService({ judges: [...createJudges({}), refusingJudge] });
});
afterAll(() => service.close());

const judge = ({ canaryConfig, scoreThresholds, metricSetPairs }: GoldenCase) =>
  service.http.inject({
    method: 'POST',
    url: '/judge',
    payload: { canaryConfig, scoreThresholds, metricSetPairList: metricSetPairs },
  });
const hasGroups = ({ canaryConfig }: Pick<GoldenCase, 'canaryConfig'>) =>
  (canaryConfig.metrics ?? []).every(({ groups }) => Array.isArray(groups));
const withoutEvidence = (body: string) => {
  const result = JSON.parse(body) as { results: { evidence?: object }[] };
  for (const one of result.results) delete one.evidence;
  return JSON.stringify(result);
};

describe('POST /judge', () => {
  it('answers every recorded case as the real judge does, to the last byte but for the evidence', async () => {
    const exact = CASES.filter(({ noisy, expected, ...one }) => expected !== undefined && !noisy && hasGroups(one));
    expect(exact.length).toBeGreaterThan(500);
    for (const one of exact) {
      const answer = await judge(one);
      expect(withoutEvidence(answer.body), one.name).toBe(JSON.stringify(one.expected));
    }
  });

  it('takes a null sample for a gap, and for 0 only with the judge of Kayenta', async () => {
    const values = { control: [null, ...Array(19).fill(5)], experiment: Array(20).fill(null) };
    const canary = { direction: 'increase' };
    const metrics = [{ name: 'm', query: { type: 'fake' }, groups: ['g'], analysisConfigurations: { canary } }];
    const judged = async (name: string) => {
      const canaryConfig = { judge: { name }, metrics, classifier: { groupWeights: { g: 100 } } };
      const payload = {
        canaryConfig,
        scoreThresholds: { pass: 95, marginal: 75 },
        metricSetPairList: [{ name: 'm', values }],
      };
      const { results, score } = (await service.http.inject({ method: 'POST', url: '/judge', payload })).json();
      return [results[0].classification, results[0].controlMetadata.stats.count, score.classification];
    };
    for (const name of ['HaldaneJudge-v1.0', 'WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0']) {
      expect(await judged(name)).toEqual(['Nodata', 19, 'Fail']);
    }
    for (const name of ['NetflixACAJudge-v1.0', '']) expect((await judged(name)).slice(0, 2)).toEqual(['Pass', 20]);
  });

  it('fills in absent groups as a run does, where the real judge, given none, throws or leaves them out', async () => {
    const ungrouped = CASES.filter((one) => !hasGroups(one));
    expect(ungrouped.map(({ name }) => name)).toEqual([
      'muted/274-muted-without-groups',
      'judgeerror/555-groups-absent',
    ]);
    for (const one of ungrouped) {
      const { results } = (await judge(one)).json();
      expect(results[0]).toMatchObject({ groups: [], classification: expect.stringMatching(/^(Pass|High|Low)$/) });
    }
  });

  it('answers 400 where the real judge throws, naming the metric or the field', async () => {
    const failing = CASES.filter(({ expected, ...one }) => expected === undefined && hasGroups(one));
    expect(failing).toHaveLength(11);
    for (const one of failing) {
      const answer = await judge(one);
      expect([one.name, answer.statusCode]).toEqual([one.name, 400]);
      expect(answer.json()).toMatchObject({
        errorCode: 'JUDGEMENT_FAILED',
        message: expect.stringMatching(/metric|classifier/i),
      });
    }
  });
});

it('JDG-2: a run that cannot be judged ends terminal, saying which metric and why, and keeps its series', async () => {
  const canaryConfig = { ...configOf(1), judge: { name: refusingJudge.name } };
  const payload = { canaryConfig, executionRequest: requestOf() };
  const run = (await service.http.inject({ method: 'POST', url: '/canary?wait=5s', payload })).json();
  expect(run).toMatchObject({
    status: 'terminal',
    stageStatus: { mixMetrics: 'succeeded', judge: 'terminal' },
    metricSetPairListId: expect.any(String),
    exception: { operation: 'canaryJudge', exceptionType: 'JUDGEMENT_FAILED' },
  });
  expect(run.exception.details.errors[0]).toBe("Metric 'm0': no verdict today.");
});

it('RemoteJudge-v1.0 of one Haldane asks another over a real socket, and the verdict is the same', async () => {
  const baseUrl = await service.http.listen({ host: '127.0.0.1', port: 0 });
  const noise = (index: number) => 10 + ((index * 7919) % 13) / 13;
  const provider = fakeProvider((request) => [
    seriesOf(
      request,
      Array.from({ length: 60 }, (_, index) => noise(index) * (request.side === 'experiment' ? 1.3 : 1)),
    ),
  ]);
  const asking = await createTestService({ providers: [provider], judges: createJudges({ remoteJudge: { baseUrl } }) });
  const run = async (name: string, judgeConfigurations = {}) => {
    const payload = {
      canaryConfig: configOf(2, { judge: { name, judgeConfigurations } }),
      executionRequest: requestOf(),
    };
    const answer = await asking.http.inject({ method: 'POST', url: '/canary?wait=10s', payload });
    const { judgeResult } = answer.json().result;
    return toWireJson({
      ...judgeResult,
      results: judgeResult.results.map(({ id: _, ...result }: { id: string }) => result),
    });
  };
  const [here, there] = [await run('NetflixACAJudge-v1.0'), await run('RemoteJudge-v1.0')];
  const chosen = await run('RemoteJudge-v1.0', { remoteJudge: 'MannWhitneyJudge-v1.0' });
  await asking.close();
  expect(chosen).toContain('"judgeName":"MannWhitneyJudge-v1.0"');
  expect(here).toContain('"classification":"High"');
  expect(there.replace(/"judgeName":"[^"]*"/, '')).toBe(here.replace(/"judgeName":"[^"]*"/, ''));
});
