import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import type { CanaryJudge } from '../../../src/domain/canary-judge.ts';
import type { Look } from '../../../src/domain/look.ts';
import {
  type CanaryAnalysisExecutionStatusResponse as Analysis,
  CanaryAnalysisExecutionRequest,
  type CanaryExecutionResult,
} from '../../../src/domain/standalone-analysis.ts';
import { fakeJudge } from '../../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NOON = Date.parse('2026-08-22T12:00:00Z');
const opened: TestService[] = [];

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: NOON }));
afterEach(async () => {
  vi.useRealTimers();
  for (const service of opened.splice(0)) await service.close();
});

/** A judge that gives these scores, one a run. */
const scores = (...values: number[]): CanaryJudge => ({
  ...fakeJudge,
  judge: async (request, signal) => {
    const result = await fakeJudge.judge(request, signal);
    return { ...result, score: { ...result.score, score: values.shift() ?? 100 } };
  },
});
/** A canary a little slower, in series that begin with each window. */
const slower = fakeProvider((request) => {
  const { start = '', end = '' } = request.scope;
  const minutes = (Date.parse(end) - Date.parse(start)) / 60_000;
  const level = request.side === 'control' ? 100 : 103;
  return [
    seriesOf(
      request,
      Array.from({ length: minutes }, (_, t) => level + ((t * (request.side === 'control' ? 7 : 5)) % 11)),
    ),
  ];
});
const open = async (options: Parameters<typeof createTestService>[0] = {}) => {
  const service = await createTestService(options);
  opened.push(service);
  return service;
};
const retrospective = (minutes = 30) =>
  CanaryAnalysisExecutionRequest.parse({
    scopes: [
      { startTimeIso: '2026-08-22T10:00:00Z', endTimeIso: new Date(NOON - 7_200_000 + minutes * 60_000).toISOString() },
    ],
    thresholds: { pass: 95, marginal: 75 },
    analysisIntervalMins: 10,
  });
const start = async (service: TestService, executionRequest: object) => {
  const payload = { canaryConfig: configOf(1), executionRequest };
  const answer = await service.http.inject({
    method: 'POST',
    url: '/standalone_canary_analysis?user=ann&application=shop',
    payload,
  });
  expect(answer.json()).toEqual({ canaryAnalysisExecutionId: expect.any(String), reportUrl: expect.any(String) });
  return answer.json().canaryAnalysisExecutionId as string;
};
const get = async (service: TestService, id: string) =>
  (await service.http.inject(`/standalone_canary_analysis/${id}`)).json();
const untilIt = async (service: TestService, id: string, is: (analysis: Analysis) => boolean) => {
  for (let look = 0; look < 500; look++) {
    await vi.advanceTimersByTimeAsync(20);
    const analysis = await get(service, id);
    if (is(analysis)) return analysis;
  }
  throw new Error('it never came to that');
};
const untilEnded = (service: TestService, id: string) => untilIt(service, id, ({ complete }) => complete);
const stagesOf = (analysis: Pick<Analysis, 'stageStatus'>) =>
  analysis.stageStatus.map(({ name, status }) => `${name}: ${status}`);

describe('a standalone analysis', () => {
  it('STA-9, STA-11: judges every interval, and the last score decides', async () => {
    const service = await open({ judges: [scores(80, 85, 97.5)] });
    const analysis = await untilEnded(service, await start(service, retrospective()));
    expect(analysis).toMatchObject({
      application: 'shop',
      user: 'ann',
      executionStatus: 'SUCCEEDED',
      status: 'succeeded',
      canaryAnalysisExecutionResult: {
        didPassThresholds: true,
        hasWarnings: true,
        canaryScoreMessage: 'Final canary score 97.5 met or exceeded the pass score threshold.',
        canaryScores: [80, 85, 97.5],
      },
    });
    const { canaryExecutionResults } = analysis.canaryAnalysisExecutionResult;
    expect(canaryExecutionResults.map((one: { judgementEndTimeIso: string }) => one.judgementEndTimeIso)).toEqual([
      '2026-08-22T10:10:00Z',
      '2026-08-22T10:20:00Z',
      '2026-08-22T10:30:00Z',
    ]);
    const child = (await service.http.inject(`/canary/${canaryExecutionResults[2].executionId}`)).json();
    expect(child).toMatchObject({ application: 'shop', canaryConfigId: 'ad-hoc', status: 'succeeded' });
    expect(child.metricSetPairListId).toBe(canaryExecutionResults[2].metricSetPairListId);
  });

  it('STA-10: ends at a score that equals marginal, and drops the stages it did not reach', async () => {
    const service = await open({ judges: [scores(80, 75)] });
    const analysis = await untilEnded(service, await start(service, retrospective()));
    expect(analysis.executionStatus).toBe('TERMINAL');
    expect(stagesOf(analysis)).toEqual([
      'Run Canary #1: SUCCEEDED',
      'Run Canary #2: TERMINAL',
      'Plan the judgements and run them: TERMINAL',
      'Aggregate the judgements and evaluate the last score: SUCCEEDED',
    ]);
    expect(analysis.canaryAnalysisExecutionResult).toMatchObject({
      didPassThresholds: false,
      canaryScores: [80, 75],
      canaryScoreMessage: 'Final canary score 75.0 is not above the marginal score threshold.',
    });
  });

  it('STA-12: between marginal and pass it has SUCCEEDED and not passed', async () => {
    const service = await open({ judges: [scores(80)] });
    const analysis = await untilEnded(service, await start(service, retrospective(10)));
    expect(analysis).toMatchObject({
      executionStatus: 'SUCCEEDED',
      canaryAnalysisExecutionResult: {
        didPassThresholds: false,
        canaryScoreMessage: 'Final canary score 80.0 is below the pass score threshold.',
      },
    });
  });

  it('STA-10: ends with the exception of a run that could not be judged', async () => {
    const broken = fakeProvider(() => {
      throw new Error('defect');
    });
    const service = await open({ providers: [broken] });
    const analysis = await untilEnded(service, await start(service, retrospective()));
    expect(analysis).toMatchObject({
      executionStatus: 'TERMINAL',
      exception: { operation: 'fakeFetch' },
      canaryAnalysisExecutionResult: { canaryScores: [0], didPassThresholds: false },
    });
  });

  it('STA-7, STA-8: waits, with all stages to see, and goes on after a restart in a wait', async () => {
    const dataDir = temporaryDirectory();
    const first = await createTestService({ dataDir });
    const request = {
      scopes: [{}],
      thresholds: { pass: 95, marginal: 75 },
      lifetimeDurationMins: 4,
      analysisIntervalMins: 2,
      beginAfterMins: 1,
    };
    const id = await start(first, request);
    await vi.advanceTimersByTimeAsync(100);
    expect(stagesOf(await get(first, id)).slice(0, 3)).toEqual([
      'Warmup Wait: RUNNING',
      'Interval Wait #1: NOT_STARTED',
      'Run Canary #1: NOT_STARTED',
    ]);
    await first.close();
    const second = await open({ dataDir });
    expect(await second.resume()).toBe(1);
    await vi.advanceTimersByTimeAsync(3 * 60_000);
    const midway = await untilIt(second, id, (analysis) => stagesOf(analysis)[2] === 'Run Canary #1: SUCCEEDED');
    expect(midway.resultsSoFar).toMatchObject({ canaryScores: [100] });
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    const analysis = await untilEnded(second, id);
    expect(analysis.executionStatus).toBe('SUCCEEDED');
    const windows = analysis.canaryAnalysisExecutionResult.canaryExecutionResults;
    expect(windows.map((one: { judgementEndTimeIso: string }) => one.judgementEndTimeIso.slice(0, 16))).toEqual([
      '2026-08-22T12:03',
      '2026-08-22T12:05',
    ]);
  });

  it('judges windows that have not ended at once, since it was given their end, and says so', async () => {
    const service = await open();
    const executionRequest = {
      scopes: [{ startTimeIso: '2026-08-22T11:40:00Z', endTimeIso: '2026-08-22T12:20:00Z' }],
      thresholds: { pass: 95, marginal: 75 },
      analysisIntervalMins: 20,
    };
    const payload = { canaryConfig: configOf(1), executionRequest };
    const answer = await service.http.inject({ method: 'POST', url: '/standalone_canary_analysis', payload });
    const warning = 'A window ends at 2026-08-22T12:20:00Z, and the analysis judges at once what there is of it.';
    expect(answer.json().warnings).toBe(warning);
    const id = answer.json().canaryAnalysisExecutionId;
    const { canaryAnalysisExecutionResult: result } = await untilEnded(service, id);
    const [past, unended] = result.canaryExecutionResults.map(({ executionId }: CanaryExecutionResult) => executionId);
    expect(await service.runs.get(past)).not.toHaveProperty('partial');
    expect(await service.runs.get(unended)).toMatchObject({ status: 'succeeded', partial: true });
    expect((await service.http.inject(`/reports/${id}.md`)).body).toContain(warning);
  });

  it('carries what the judge knows from look to look, over a restart as without one', async () => {
    const looked = async (restarts: boolean) => {
      const seen: (Look | undefined)[] = [];
      const judge: CanaryJudge = {
        ...haldane,
        name: fakeJudge.name,
        judge: (asked, signal) => {
          seen.push(asked.look);
          return haldane.judge(asked, signal);
        },
      };
      const judges = [judge];
      const dataDir = temporaryDirectory();
      const providers = [slower];
      const first = await createTestService({ dataDir, judges, providers });
      const thresholds = { pass: 95, marginal: 75 };
      const request = { scopes: [{}], thresholds, lifetimeDurationMins: 60, analysisIntervalMins: 20 };
      const id = await start(first, request);
      await vi.advanceTimersByTimeAsync(20 * 60_000);
      await untilIt(first, id, (analysis) => stagesOf(analysis)[2]?.startsWith('Interval Wait #2: RUNNING') ?? false);
      if (restarts) await first.close();
      const second = restarts ? await createTestService({ dataDir, judges, providers }) : first;
      if (restarts) await second.resume();
      opened.push(second);
      await vi.advanceTimersByTimeAsync(20 * 60_000);
      await untilIt(second, id, (analysis) => stagesOf(analysis)[4]?.startsWith('Interval Wait #3: RUNNING') ?? false);
      await vi.advanceTimersByTimeAsync(20 * 60_000);
      const { canaryAnalysisExecutionResult: result } = await untilEnded(second, id);
      vi.setSystemTime(NOON);
      return { seen, results: result.canaryExecutionResults.map(({ result: one }: CanaryExecutionResult) => one) };
    };
    const [restarted, kept] = [await looked(true), await looked(false)];
    expect(restarted.seen.map((look) => [look?.number, look?.of, look?.carried !== undefined])).toEqual([
      [1, 3, false],
      [2, 3, true],
      [3, 3, true],
    ]);
    expect(restarted.seen).toEqual(kept.seen);
    const looks = (results: typeof kept.results) =>
      results.map((one: NonNullable<CanaryExecutionResult['result']>) => one.judgeResult.results[0]?.evidence?.look);
    expect(looks(restarted.results)).toEqual(looks(kept.results));
    expect(looks(kept.results)[2]).toMatchObject({ number: 3, of: 3 });
  });

  it('ends early at a harm that HaldaneJudge flags over all looks so far', async () => {
    const harmed = fakeProvider((request) => {
      const { start: from = '', end = '' } = request.scope;
      const minutes = (Date.parse(end) - Date.parse(from)) / 60_000;
      const level = request.side === 'control' ? 100 : 140;
      return [
        seriesOf(
          request,
          Array.from({ length: minutes }, (_, t) => level + ((t * 7) % 11)),
        ),
      ];
    });
    const judges = [{ ...haldane, name: fakeJudge.name }];
    const service = await open({ judges, providers: [harmed] });
    const analysis = await untilEnded(service, await start(service, retrospective(60)));
    expect(analysis.executionStatus).toBe('TERMINAL');
    const { canaryScores, didPassThresholds } = analysis.canaryAnalysisExecutionResult;
    expect([canaryScores, didPassThresholds]).toEqual([[0], false]);
  });

  it('ends with a pass once the judge says that no further look is needed', async () => {
    const judge: CanaryJudge = {
      ...fakeJudge,
      judge: async (request, signal) => {
        const result = await fakeJudge.judge(request, signal);
        return { ...result, look: request.look?.number === 2 ? { settled: 'Enough was seen.' } : { carried: {} } };
      },
    };
    const service = await open({ judges: [judge] });
    const analysis = await untilEnded(service, await start(service, retrospective(60)));
    expect(analysis.executionStatus).toBe('SUCCEEDED');
    expect(analysis.canaryAnalysisExecutionResult).toMatchObject({
      didPassThresholds: true,
      canaryScores: [100, 100],
      canaryScoreMessage: expect.stringMatching(/met or exceeded the pass score threshold\. Enough was seen\.$/),
    });
    expect(stagesOf(analysis)).toHaveLength(4);
  });

  it('STA-15: cancelled as a whole it ends at once, with its run, and has no result', async () => {
    const hangs = fakeProvider(() => new Promise(() => {}));
    const service = await open({ providers: [hangs] });
    const id = await start(service, retrospective());
    let child: string | undefined;
    while (child === undefined) {
      await vi.advanceTimersByTimeAsync(20);
      child = (await get(service, id)).stageStatus.find(
        ({ executionId }: { executionId?: string }) => executionId,
      )?.executionId;
    }
    await vi.advanceTimersByTimeAsync(50);
    const answer = await service.http.inject({
      method: 'PUT',
      url: `/pipelines/${id}/cancel`,
      payload: '""',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.statusCode).toBe(202);
    const analysis = await get(service, id);
    expect(analysis).toMatchObject({ executionStatus: 'CANCELED', complete: true });
    expect(analysis).not.toHaveProperty('canaryAnalysisExecutionResult');
    expect((await service.http.inject(`/canary/${child}`)).json().status).toBe('canceled');
  });

  it('RUN-5: is not a run, and a run is not one', async () => {
    const service = await open();
    const id = await start(service, retrospective(10));
    expect((await service.http.inject(`/canary/${id}`)).json()).toMatchObject({
      status: 400,
      message: expect.stringContaining("Only named pipelines of 'Standard Canary Pipeline' can be converted"),
    });
    await untilEnded(service, id);
  });

  it('SCA-1: is found when it has ended, whether its store is named or not; what is not there is a 404', async () => {
    const service = await open();
    const id = await start(service, retrospective(10));
    const ended = await untilEnded(service, id);
    const read = async (path: string) => (await service.http.inject(`/standalone_canary_analysis/${path}`)).json();
    expect(await read(`${id}?storageAccountName=haldane`)).toEqual(ended);
    for (const path of ['nope', 'nope?storageAccountName=haldane']) {
      expect(await read(path)).toMatchObject({ status: 404, message: 'No pipeline found for nope' });
    }
  });

  it('can be deleted once it has ended', async () => {
    const service = await open();
    const id = await start(service, retrospective(10));
    await untilEnded(service, id);
    const remove = () => service.http.inject({ method: 'DELETE', url: `/standalone_canary_analysis/${id}` });
    expect([(await remove()).statusCode, (await remove()).statusCode]).toEqual([204, 404]);
  });

  it('STA-16, SCA-2: that could not start its runs is refused, saying why', async () => {
    const service = await open();
    const request = { ...retrospective(), scopes: [{ ...retrospective().scopes[0], scopeName: 'other' }] };
    const payload = { canaryConfig: configOf(1), executionRequest: request };
    const answer = await service.http.inject({ method: 'POST', url: '/standalone_canary_analysis', payload });
    expect(answer.json()).toMatchObject({ status: 400, message: expect.stringContaining('[default]') });
  });
});
