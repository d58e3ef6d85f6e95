import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import { ownJudges } from '../../../src/cli/kayenta/judge-source.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { CanaryJudge } from '../../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { judgeSeries } from '../../../src/engine/judging/judge-series.ts';
import { CanaryError } from '../../../src/errors.ts';
import { fakeJudge } from '../../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

const { signal } = new AbortController();
const refuse = (name: string, error: () => Error): CanaryJudge => ({
  ...fakeJudge,
  name,
  judge() {
    throw error();
  },
});
const judges = [
  ...createJudges({}),
  refuse('Refusing-v1.0', () => new CanaryError('JUDGEMENT_FAILED', 'no verdict today')),
  refuse('Broken-v1.0', () => new TypeError('secret of the code')),
];

const values = { control: [1, 2, 3, 4, 5, 6], experiment: [11, 12, 13, 14, 15, 16] };
const pairs: MetricSetPair[] = [{ name: 'm0', id: 'p', values }];
const thresholds = { pass: 95, marginal: 75 };
const ofJudge = (name: string): CanaryConfig => {
  const metrics = configOf(1).metrics?.map(({ groups: _, ...metric }) => metric) ?? [];
  return configOf(1, { name: crypto.randomUUID(), judge: { name }, metrics });
};

let service: TestService;
beforeAll(async () => {
  const provider = fakeProvider((request) => [seriesOf(request, values[request.side])]);
  service = await createTestService({ providers: [provider], judges });
});
afterAll(() => service.close());

/** What a door says: the classification of the metric, or the code and message of the failure. */
type Said = Promise<{ classification?: unknown; code?: unknown; message?: unknown }>;
const post = async (url: string, payload?: object) =>
  (await service.http.inject({ method: 'POST', url, ...(payload && { payload }) })).json();
const said = (answer: Record<string, unknown>) => {
  const [first] = (answer.results ?? []) as { classification: string }[];
  return first === undefined
    ? { code: answer.errorCode ?? answer.code, message: answer.message }
    : { classification: first.classification };
};
const runOf = (name: string) =>
  post('/canary?wait=10s', { canaryConfig: ofJudge(name), executionRequest: requestOf() });
const stored = async (name: string) => {
  const { metricSetPairListId } = await post('/metricSetPairList', pairs);
  const { canaryConfigId } = await post('/canaryConfig', ofJudge(name));
  return new URLSearchParams({ canaryConfigId, metricSetPairListId, passThreshold: '95', marginalThreshold: '75' });
};

const DOORS: Record<string, (judge: string) => Said> = {
  'POST /canary': async (judge) => {
    const { result, exception } = await runOf(judge);
    return said(result?.judgeResult ?? { code: exception.exceptionType, message: exception.details.errors[0] });
  },
  'POST /judge': async (judge) => {
    const series = { scoreThresholds: thresholds, metricSetPairList: pairs };
    return said(await post('/judge', { canaryConfig: ofJudge(judge), ...series }));
  },
  'POST /judges/judge': async (judge) => said(await post(`/judges/judge?${await stored(judge)}`)),
  'POST /judges/comparison': async (judge) => {
    const { canaryExecutionId } = await post(`/judges/comparison?${await stored(judge)}`);
    const { json } = await service.http.inject(`/judges/comparison/${canaryExecutionId}`);
    const { comparisonResult, exceptions = {} } = json();
    const exception = exceptions['Perform Analysis with Judge 1'];
    const failure = { code: exception?.exceptionType, message: exception?.details.errors[0] };
    return said(comparisonResult?.judge1Result ?? failure);
  },
  'haldane diff kayenta': async (judge) => {
    const source = ownJudges(judges, 5000);
    const canaryConfig = ofJudge(judge);
    const judged = await source.judge({ canaryConfig, scoreThresholds: thresholds, metricSetPairList: pairs });
    return judged.ok ? said({ ...judged.value }) : { code: 'JUDGEMENT_FAILED', message: judged.reason };
  },
};
const doors = Object.keys(DOORS).map((door) => ({ door, judge: DOORS[door] as (judge: string) => Said }));

describe.each(doors)('$door', ({ judge }) => {
  it('judges a metric without groups as every other door does', async () => {
    expect(await judge('NetflixACAJudge-v1.0')).toEqual({ classification: 'High' });
  });

  it('says why a judge refuses, in its words', async () => {
    expect(await judge('Refusing-v1.0')).toEqual({ code: 'JUDGEMENT_FAILED', message: 'no verdict today' });
  });
});

it.each(doors.filter(({ door }) => !door.startsWith('haldane')))(
  '$door keeps the message of a defect in the log',
  async ({ judge }) => {
    const { code, message } = await judge('Broken-v1.0');
    expect([code, message]).toEqual(['INTERNAL', expect.stringMatching(/^Internal error/)]);
  },
);

describe('judging series', () => {
  const judgement = { judges, config: ofJudge('Refusing-v1.0'), thresholds, pairs };

  it('is done by another judge than the one the config names, when it is told so, and the config says so', async () => {
    let named: string | undefined;
    const other: CanaryJudge = {
      ...fakeJudge,
      judge(request, abort) {
        named = request.canaryConfig.judge?.name;
        return fakeJudge.judge(request, abort);
      },
    };
    const result = await judgeSeries({ ...judgement, judges: [...judges, other], judge: other.name }, signal);
    expect([result.judgeName, named]).toEqual([other.name, other.name]);
  });

  it('fails as an operation of a run, whoever asks', async () => {
    await expect(judgeSeries(judgement, signal)).rejects.toMatchObject({
      operation: 'canaryJudge',
      cause: { code: 'JUDGEMENT_FAILED' },
    });
    await expect(judgeSeries({ ...judgement, judge: 'Solomon' }, signal)).rejects.toMatchObject({
      operation: 'canaryJudge',
      cause: { code: 'JUDGE_UNKNOWN' },
    });
  });

  it('is the only caller of a judge in the service and the command line', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const callers = files.filter((name) => /\bjudge\w*\.judge\(/i.test(readFileSync(`src/${name}`, 'utf8')));
    // The source of judges of `diff kayenta` and the service behind the routes go through it too.
    expect(callers.sort()).toEqual(['cli/kayenta/compare-run.ts', 'engine/judging/judge-series.ts']);
  });
});
