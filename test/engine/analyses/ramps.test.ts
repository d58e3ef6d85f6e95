import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import type { CanaryJudge } from '../../../src/domain/canary-judge.ts';
import type { Look } from '../../../src/domain/look.ts';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { NextStep } from '../../../src/domain/ramp.ts';
import { fakeJudge } from '../../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

const NOON = Date.parse('2026-08-22T12:00:00Z');
const MINUTE = 60_000;
const opened: TestService[] = [];
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: NOON }));
afterEach(async () => {
  vi.useRealTimers();
  for (const service of opened.splice(0)) await service.close();
});

const SCORES = { Pass: 100, Marginal: 80, Fail: 10 };
type Word = keyof typeof SCORES;
/** A judge that gives these verdicts, one a judgement; keeps the looks it is told of. */
function verdicts(words: Word[], looks: (Look | undefined)[] = []): CanaryJudge {
  return {
    ...fakeJudge,
    judge: async (request, signal) => {
      looks.push(request.look);
      const result = await fakeJudge.judge(request, signal);
      const classification = words.shift() ?? 'Pass';
      const look = { carried: { seen: looks.length } };
      return { ...result, look, score: { score: SCORES[classification], classification, classificationReason: '' } };
    },
  };
}
const open = async (options: Parameters<typeof createTestService>[0] = {}) => {
  const service = await createTestService(options);
  opened.push(service);
  return service;
};
const RAMP = {
  ramp: {},
  scopes: [{ controlScope: 'v1', experimentScope: 'v2' }],
  thresholds: { pass: 95, marginal: 75 },
  analysisIntervalMins: 10,
};
const post = (service: TestService, url: string, payload: object, headers = {}) =>
  service.http.inject({ method: 'POST', url, payload, headers });
const startRamp = async (service: TestService, more: object = {}, canaryConfig: object = configOf(1)) => {
  const answer = await post(service, '/standalone_canary_analysis', {
    canaryConfig,
    executionRequest: { ...RAMP, ...more },
  });
  expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
  return answer.json().canaryAnalysisExecutionId as string;
};
const announce = async (service: TestService, id: string, share: number, more: object = {}, key?: string) => {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return post(service, `/analyses/${id}/steps`, { share, ...more }, headers);
};
const nextStep = async (service: TestService, id: string) => {
  const answer = await service.http.inject(`/analyses/${id}/next-step`);
  expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
  expect(answer.body.length).toBeLessThan(2048);
  return NextStep.strict().parse(answer.json());
};
const untilAnswered = async (service: TestService, id: string) => {
  for (let look = 0; look < 500; look++) {
    await vi.advanceTimersByTimeAsync(20);
    const step = await nextStep(service, id);
    if (step.go !== 'wait') return step;
  }
  throw new Error('it never came to that');
};
const pass = async (minutes = 10) => void (await vi.advanceTimersByTimeAsync(minutes * MINUTE));
const judgedStep = async (service: TestService, id: string, share: number) => {
  expect((await announce(service, id, share)).statusCode).toBe(201);
  await pass();
  return untilAnswered(service, id);
};
const analysisOf = async (service: TestService, id: string) =>
  (await service.http.inject(`/standalone_canary_analysis/${id}`)).json();

describe('a ramp', () => {
  it('waits for its first share, judges each from its announcement on, and goes on only when it passed', async () => {
    const service = await open({ judges: [verdicts(['Pass', 'Pass'])] });
    const id = await startRamp(service);
    await pass(3);
    expect(await nextStep(service, id)).toMatchObject({
      ...{ go: 'wait', rollback: false, verdict: 'running', done: false, step: null, score: null, secondsLeft: null },
      reason: 'No share of the traffic was announced yet: announce the first one.',
    });
    const announced = await announce(service, id, 1);
    expect([announced.statusCode, announced.json()]).toMatchObject([
      201,
      {
        ...{ go: 'wait', verdict: 'running', secondsLeft: 600 },
        step: { number: 1, share: 1, minutes: 10, announcedTimeIso: '2026-08-22T12:03:00Z', overrides: false },
        reason: 'Step 1 at 1 % of the traffic is watched for 10 min more, then judged.',
      },
    ]);
    await pass(4);
    expect(await nextStep(service, id)).toMatchObject({ go: 'wait', secondsLeft: 360, links: { judgement: null } });
    await pass(6);
    const judged = await untilAnswered(service, id);
    expect(judged).toMatchObject({ go: 'yes', verdict: 'pass', done: false, score: 100, secondsLeft: 0 });
    expect(judged.reason).toBe(
      'Step 1 at 1 % of the traffic passed, go on: Score 100 passes (95 is needed): no metric failed; 1 of 1 metrics could be judged.',
    );
    const runId = judged.links.judgement?.split('/').at(-1);
    const run = (await service.http.inject(`/canary/${runId}`)).json();
    expect(run.canaryExecutionRequest.scopes.default.experimentScope).toMatchObject({
      start: '2026-08-22T12:03:00Z',
      end: '2026-08-22T12:13:00Z',
    });
    expect((await announce(service, id, 5, { minutes: '20m' })).json()).toMatchObject({
      ...{ go: 'wait', step: { number: 2, share: 5, minutes: 20 } },
    });
    await pass(20);
    expect(await untilAnswered(service, id)).toMatchObject({ go: 'yes', step: { number: 2, share: 5 } });
    expect(await analysisOf(service, id)).toMatchObject({ status: 'running', complete: false });
  });

  it('ends with its last share, and says that the canary may be promoted', async () => {
    const service = await open();
    const id = await startRamp(service, { ramp: { shares: [5, 50] } });
    expect(await judgedStep(service, id, 5)).toMatchObject({ go: 'yes', done: false, nextShare: 50 });
    const last = await judgedStep(service, id, 50);
    expect(last).toMatchObject({ go: 'yes', nextShare: null });
    await vi.advanceTimersByTimeAsync(1000);
    const ended = await nextStep(service, id);
    expect(ended).toMatchObject({ go: 'yes', done: true, nextShare: null });
    expect(ended.reason).toMatch(/^Step 2 at 50 % of the traffic passed, the ramp is over, promote the canary: /);
    expect(await analysisOf(service, id)).toMatchObject({
      status: 'succeeded',
      canaryAnalysisExecutionResult: { didPassThresholds: true, canaryScores: [100, 100] },
    });
    const verdict = (await service.http.inject(`/standalone_canary_analysis/${id}/verdict`)).json();
    expect(verdict).toMatchObject({ verdict: 'pass', done: true });
    const late = await announce(service, id, 50, {}, 'late');
    expect([late.statusCode, late.json().errorCode]).toEqual([409, 'STEP_REFUSED']);
    expect(late.json().message).toMatch(/^The ramp has ended, so no step can follow\. Step 2/);
  });

  it('ends with the step that fails, and says roll back', async () => {
    const service = await open({ judges: [verdicts(['Pass', 'Fail'])] });
    const id = await startRamp(service);
    await judgedStep(service, id, 5);
    const failed = await judgedStep(service, id, 25);
    expect(failed).toMatchObject({ go: 'no', rollback: true, verdict: 'fail', done: true, score: 10 });
    expect(failed.reason).toMatch(/^Step 2 at 25 % of the traffic failed, roll back: Score 10 fails/);
    expect(await analysisOf(service, id)).toMatchObject({ status: 'terminal', complete: true });
    expect((await announce(service, id, 50)).statusCode).toBe(409);
  });

  it('does not go on after a marginal step, which may be watched longer from its beginning', async () => {
    const service = await open({ judges: [verdicts(['Marginal', 'Pass'])] });
    const id = await startRamp(service);
    const marginal = await judgedStep(service, id, 5);
    expect(marginal).toMatchObject({ go: 'no', rollback: false, verdict: 'marginal', done: false });
    expect(marginal.reason).toMatch(/did not pass, do not go on: .* with another Idempotency-Key\.$/);
    expect((await announce(service, id, 5)).json()).toMatchObject({ go: 'no', step: { number: 1 } });
    expect((await announce(service, id, 25)).json().message).toMatch(/do not go on.* or with "override": true/);
    const again = await announce(service, id, 5, {}, 'longer');
    expect([again.statusCode, again.json()]).toMatchObject([201, { go: 'wait', step: { number: 1, share: 5 } }]);
    await pass();
    const passed = await untilAnswered(service, id);
    expect(passed).toMatchObject({ go: 'yes', step: { number: 1 } });
    const run = (await service.http.inject(`/canary/${passed.links.judgement?.split('/').at(-1)}`)).json();
    const { start, end } = run.canaryExecutionRequest.scopes.default.experimentScope;
    expect([start.slice(11, 16), Date.parse(end) - Date.parse(start)]).toEqual(['12:00', expect.any(Number)]);
    expect(Date.parse(end) - Date.parse(start)).toBeGreaterThanOrEqual(20 * MINUTE);
  });

  it.each([
    [
      'errors',
      () => {
        throw new Error('defect');
      },
      'error',
    ],
    ['no data', (request: MetricsRequest) => [seriesOf(request, [NaN, NaN, NaN])], 'nodata'],
  ] as const)('never goes on after %s, and goes on living', async (_, answer, verdict) => {
    const service = await open({ providers: [fakeProvider(answer)], judges: [haldane] });
    const config = { ...configOf(1), judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: {} } };
    const id = await startRamp(service, {}, config);
    expect(await judgedStep(service, id, 5)).toMatchObject({ go: 'no', rollback: false, verdict, done: false });
    const again = await announce(service, id, 5, {}, 'again');
    expect([again.statusCode, again.json().go]).toEqual([201, 'wait']);
  });

  it('announces once: the same share, and the same key, are no new step', async () => {
    const service = await open();
    const id = await startRamp(service);
    const [first, second] = await Promise.all([announce(service, id, 5, {}, 'a'), announce(service, id, 5, {}, 'a')]);
    expect([first.statusCode, second.statusCode].toSorted()).toEqual([200, 201]);
    expect((await announce(service, id, 5)).statusCode).toBe(200);
    await pass();
    await untilAnswered(service, id);
    await judgedStep(service, id, 25);
    const late = await announce(service, id, 5, {}, 'a');
    expect([late.statusCode, late.json().step]).toMatchObject([200, { number: 2, share: 25 }]);
    const reused = await announce(service, id, 50, {}, 'a');
    expect([reused.statusCode, reused.json().errorCode]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('refuses a share that falls, and one before the last is judged', async () => {
    const service = await open();
    const id = await startRamp(service);
    await announce(service, id, 25);
    const early = await announce(service, id, 50);
    expect([early.statusCode, early.json().message]).toEqual([
      409,
      expect.stringMatching(/is watched for 10 min more/),
    ]);
    expect((await announce(service, id, 25, {}, 'other')).json().message).toMatch(/announced and not judged yet/);
    await pass();
    await untilAnswered(service, id);
    const lower = await announce(service, id, 5, { override: true });
    expect([lower.statusCode, lower.json().message]).toEqual([409, expect.stringMatching(/a ramp only rises/)]);
  });

  it('goes on against its advice only when it is told to, and says that a step was never judged', async () => {
    const service = await open();
    const id = await startRamp(service);
    await announce(service, id, 5);
    await pass(2);
    const forced = await announce(service, id, 25, { override: true });
    expect([forced.statusCode, forced.json().step]).toMatchObject([201, { number: 2, share: 25, overrides: true }]);
    await pass();
    expect(await untilAnswered(service, id)).toMatchObject({ go: 'yes', step: { number: 2 } });
    const { stageStatus } = await analysisOf(service, id);
    expect(
      stageStatus.map(({ name, status, step }: { name: string; status: string; step?: { share: number } }) => [
        name,
        status,
        step?.share,
      ]),
    ).toEqual([
      ['Interval Wait #1', 'CANCELED', undefined],
      ['Run Canary #1', 'CANCELED', 5],
      ['Interval Wait #2', 'SUCCEEDED', undefined],
      ['Run Canary #2', 'SUCCEEDED', 25],
      ['Plan the judgements and run them', 'RUNNING', undefined],
    ]);
  });

  it('never goes on once it is canceled', async () => {
    const service = await open();
    const id = await startRamp(service);
    await judgedStep(service, id, 5);
    await service.http.inject({ method: 'PUT', url: `/standalone_canary_analysis/${id}/cancel` });
    expect(await nextStep(service, id)).toMatchObject({
      ...{ go: 'no', rollback: false, verdict: 'canceled', done: true },
      reason: 'The ramp was canceled, so nothing may go on.',
    });
    expect((await announce(service, id, 25)).json().message).toMatch(/The ramp was canceled/);
  });

  it('ends without a verdict when nobody continues it in time', async () => {
    const service = await open();
    const id = await startRamp(service, { lifetimeDurationMins: 30 });
    await judgedStep(service, id, 5);
    await pass(25);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await nextStep(service, id)).toMatchObject({ go: 'no', verdict: 'error', done: true, rollback: false });
    expect((await nextStep(service, id)).reason).toMatch(
      /^The ramp ended without a verdict: No step followed that at 5 %/,
    );
    const verdict = (await service.http.inject(`/standalone_canary_analysis/${id}/verdict`)).json();
    expect(verdict.verdict).toBe('error');
  });

  it('carries the evidence on: over a step that could not be judged, and told how many looks are planned', async () => {
    const looks: (Look | undefined)[] = [];
    let broken = false;
    const provider = fakeProvider((request) => {
      if (broken) throw new Error('defect');
      return [seriesOf(request, [1, 2, 3])];
    });
    const service = await open({ providers: [provider], judges: [verdicts(['Pass', 'Pass', 'Pass'], looks)] });
    const id = await startRamp(service, { ramp: { shares: [1, 5, 25, 50] } });
    await judgedStep(service, id, 1);
    broken = true;
    expect(await judgedStep(service, id, 5)).toMatchObject({ go: 'no', verdict: 'error' });
    broken = false;
    await announce(service, id, 5, {}, 'again');
    await pass();
    expect(await untilAnswered(service, id)).toMatchObject({ go: 'yes' });
    await judgedStep(service, id, 50);
    expect(looks).toEqual([
      { number: 1, of: 4 },
      { number: 2, of: 4, carried: { seen: 1 } },
      { number: 4, of: 4, carried: { seen: 2 } },
    ]);
    const unplanned = await announce(service, await startRamp(service, { ramp: { shares: [1, 5] } }), 7);
    expect([unplanned.statusCode, unplanned.json().message]).toEqual([
      400,
      'share: 7 is none of the shares of this ramp: 1, 5.',
    ]);
  });

  it('judges a planned share once', async () => {
    const service = await open({ judges: [verdicts(['Marginal'])] });
    const id = await startRamp(service, { ramp: { shares: [5, 50] } });
    await judgedStep(service, id, 5);
    expect((await announce(service, id, 5, {}, 'again')).json().message).toMatch(
      /with planned shares each is judged once/,
    );
  });

  it.each([
    [{ analysisIntervalMins: 0 }, /^analysisIntervalMins is missing/],
    [{ lookbackMins: 5 }, /^lookbackMins has no meaning in a ramp/],
    [{ thresholds: { pass: 95 } }, /^thresholds: a ramp needs pass and marginal/],
    [{ scopes: [] }, /at least one scope/],
    [{ scopes: [{ endTimeIso: '2026-08-22T12:00:00Z' }] }, /^scopes: endTimeIso has no meaning in a ramp/],
    [{ ramp: { shares: [5, 1] } }, /^ramp\.shares\[1\]: 1 does not rise above 5/],
  ])('is refused with %j', async (more, message) => {
    const service = await open();
    const payload = { canaryConfig: configOf(1), executionRequest: { ...RAMP, ...more } };
    const answer = await post(service, '/standalone_canary_analysis', payload);
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(message)]);
  });

  it('is told at its start that nothing is left to compare with at 100 %', async () => {
    const service = await open();
    const warningsOf = async (scope: object) => {
      const executionRequest = { ...RAMP, ramp: { shares: [50, 100] }, scopes: [scope] };
      const payload = { canaryConfig: configOf(1), executionRequest };
      return (await post(service, '/standalone_canary_analysis', payload)).json().warnings;
    };
    expect(await warningsOf({})).toMatch(/^executionRequest\.ramp\.shares: at 100 % the baseline has no traffic/);
    expect(await warningsOf({ controlOffsetInMinutes: 60 })).toBeUndefined();
  });

  it('holds a waiting client until there is something to say', async () => {
    const service = await open();
    const id = await startRamp(service);
    await announce(service, id, 5, { minutes: 1 });
    const waiting = service.http.inject(`/analyses/${id}/next-step?wait=5m`);
    await pass(1);
    let held = true;
    const answered = waiting.then((answer) => {
      held = false;
      return answer;
    });
    for (let look = 0; held && look < 100; look++) {
      await vi.advanceTimersByTimeAsync(20);
      await sleep(50); // the watch looks by a clock that is not faked
    }
    expect((await answered).json()).toMatchObject({ go: 'yes' });
  });
});

it('an analysis that is no ramp has no steps, and one that does not exist is a 404', async () => {
  const service = await open();
  const { ramp: _, ...plain } = { ...RAMP, lifetimeDurationMins: 30 };
  const started = await post(service, '/standalone_canary_analysis', {
    canaryConfig: configOf(1),
    executionRequest: plain,
  });
  const id = started.json().canaryAnalysisExecutionId;
  for (const answer of [await announce(service, id, 5), await service.http.inject(`/analyses/${id}/next-step`)]) {
    expect([answer.statusCode, answer.json().message]).toEqual([
      400,
      expect.stringMatching(/is no ramp, so it has no steps/),
    ]);
  }
  expect((await announce(service, 'nowhere', 5)).statusCode).toBe(404);
});
