import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { fakeAccount, fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// The database says when a wait is over, and its clock is the real one: this one is behind it.
const NOON = Date.parse('2020-01-01T12:00:00Z');
const MINUTE = 60_000;
const opened: TestService[] = [];
const asked: string[] = [];
const provider = fakeProvider((request) => {
  asked.push(`${request.metric.name} ${request.side}`);
  return [seriesOf(request, [1, 2, 3])];
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: NOON });
  asked.length = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  for (const service of opened.splice(0)) await service.close();
});

const open = async (options: Parameters<typeof createTestService>[0] = {}) => {
  const service = await createTestService({ providers: [provider], ...options });
  opened.push(service);
  return service;
};
const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString();
interface Window {
  readonly start: string;
  readonly end: string | number;
  readonly step?: number | undefined;
}
const request = (experiment: Window, control: Window = experiment) =>
  requestOf({
    scopes: {
      default: { controlScope: { scope: 'v1', ...control }, experimentScope: { scope: 'v2', ...experiment } },
    } as never,
  });
const window = (from: number, to: number, step: number | undefined = 60) => ({ start: at(from), end: at(to), step });
const post = async (service: TestService, executionRequest: object, query = '', changes = {}) => {
  const payload = { canaryConfig: configOf(1, changes), executionRequest };
  return service.http.inject({ method: 'POST', url: `/canary${query}`, payload });
};
const get = async (service: TestService, id: string) => (await service.http.inject(`/canary/${id}`)).json();
const start = async (service: TestService, executionRequest: object, query = '') =>
  (await post(service, executionRequest, query)).json().canaryExecutionId as string;
const untilEnded = async (service: TestService, id: string) => {
  for (let look = 0; look < 500; look++) {
    await vi.advanceTimersByTimeAsync(1);
    const run = await get(service, id);
    if (run.complete) return run;
  }
  throw new Error(`the run did not end: ${JSON.stringify(await get(service, id))}`);
};

describe('a run whose window has not ended', () => {
  it('waits for the end, says so, and is judged then', async () => {
    const service = await open();
    const answer = (await post(service, request(window(-60, 30)))).json();
    expect(answer).toEqual({
      canaryExecutionId: expect.any(String),
      reportUrl: expect.any(String),
      waitsUntilIso: '2020-01-01T12:30:00Z',
      waiting:
        'The run waits until 2020-01-01 12:30 UTC for the window to end; with partial=true it judges at once what there is.',
    });
    await vi.advanceTimersByTimeAsync(29 * MINUTE);
    const waiting = await get(service, answer.canaryExecutionId);
    expect(waiting).toMatchObject({ status: 'not_started', complete: false, waitsUntilMillis: NOON + 30 * MINUTE });
    expect(waiting.waitsUntilIso).toBe('2020-01-01T12:30:00Z');
    expect(CanaryExecutionStatusResponse.safeParse(waiting).error).toBeUndefined();
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    const run = await untilEnded(service, answer.canaryExecutionId);
    expect(run).toMatchObject({ status: 'succeeded', startTimeMillis: NOON + 30 * MINUTE });
    expect(run).not.toHaveProperty('waitsUntilMillis');
    expect(run).not.toHaveProperty('partial');
    expect(asked).toHaveLength(2);
  });

  it.each<[what: string, experiment: Window, control: Window, minutes: number]>([
    ['the later end of both sides', window(-60, 10), window(-60, 20), 20],
    ['a window wholly in the future', window(60, 120), window(60, 120), 120],
    ['one side alone', window(-10, 50), window(-1500, -1440), 50],
    ['a window at a step of 5 s', window(-1, 1, 5), window(-1, 1, 5), 1],
    ['a window without a step, over by more than a minute', window(-10, 2, 0), window(-10, 2, 0), 2],
    ['an end as a number', { start: at(-10), end: NOON + 7 * MINUTE, step: 60 }, window(-10, 0), 7],
  ])('waits for %s', async (_, experiment, control, minutes) => {
    const service = await open();
    // A step of 0 is refused elsewhere, so it is left out here.
    const told = [experiment, control].map(({ step, ...rest }) => (step ? { ...rest, step } : rest));
    const id = await start(service, request(told[0] as Window, told[1]));
    expect((await get(service, id)).waitsUntilMillis).toBe(NOON + minutes * MINUTE);
  });

  it('waits as much longer as the points of an account come late, of the account a metric names too', async () => {
    const late = { ...fakeAccount, name: 'late', ingestionDelaySeconds: 300 };
    const service = await open({ metricsStores: [{ ...fakeAccount, ingestionDelaySeconds: 90 }, late] });
    const id = await start(service, request(window(-60, 10)));
    expect((await get(service, id)).waitsUntilIso).toBe('2020-01-01T12:11:30Z');
    const [metric] = configOf(1).metrics ?? [];
    const canaryConfig = configOf(1, {
      metrics: [{ ...metric, name: 'm0', query: { type: 'fake', metricName: 'a', accountName: 'late' } }] as never,
    });
    const payload = { canaryConfig, executionRequest: request(window(-60, 10)) };
    const other = await service.http.inject({ method: 'POST', url: '/canary', payload });
    expect(other.json().waitsUntilIso).toBe('2020-01-01T12:15:00Z');
  });

  it.each([
    ['now', 0],
    ['in the past', -60],
    ['within a step, since clocks differ', 1],
  ])('does not wait for an end %s', async (_, minutes) => {
    const metricsStores = [{ ...fakeAccount, ingestionDelaySeconds: 300 }];
    const service = await open({ metricsStores });
    const answer = (await post(service, request(window(-120, minutes)))).json();
    expect(Object.keys(answer)).toEqual(['canaryExecutionId', 'reportUrl']);
    expect((await untilEnded(service, answer.canaryExecutionId)).status).toBe('succeeded');
    expect(Date.now()).toBeLessThan(NOON + MINUTE);
  });

  it('has its whole deadline from the moment its work begins', async () => {
    const service = await open({ deadlineMillis: 60_000 });
    const id = await start(service, request(window(-60, 600)));
    await vi.advanceTimersByTimeAsync(600 * MINUTE);
    expect((await untilEnded(service, id)).status).toBe('succeeded');
  });

  it('is answered to ?wait= as it stands, at once when it cannot end by then', async () => {
    const service = await open();
    const run = (await post(service, request(window(-60, 30)), '?wait=9m')).json();
    expect(run).toMatchObject({ status: 'not_started', complete: false, waitsUntilIso: '2020-01-01T12:30:00Z' });
    expect(run.canaryExecutionId).toBe(run.pipelineId);
    expect(Date.now()).toBeLessThan(NOON + MINUTE);
  });

  it('that ends within ?wait= is answered when it has ended', async () => {
    const service = await open();
    const answer = post(service, request(window(-60, 5)), '?wait=9m');
    for (let minute = 0; minute < 6; minute++) await vi.advanceTimersByTimeAsync(MINUTE);
    expect((await answer).json()).toMatchObject({ status: 'succeeded', startTimeIso: '2020-01-01T12:05:00Z' });
  });

  it('is canceled at once, then deleted, and never judged', async () => {
    const service = await open();
    const id = await start(service, request(window(-60, 30)));
    const del = () => service.http.inject({ method: 'DELETE', url: `/canary/${id}` });
    expect((await del()).statusCode).toBe(401);
    expect((await service.http.inject({ method: 'PUT', url: `/canary/${id}/cancel` })).statusCode).toBe(202);
    const canceled = await get(service, id);
    expect(canceled).toMatchObject({ status: 'canceled', complete: true });
    expect(canceled).not.toHaveProperty('waitsUntilMillis');
    expect((await del()).statusCode).toBe(204);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(asked).toEqual([]);
  });

  it('waits on after a restart, and a shutdown does not wait for it', async () => {
    const dataDir = temporaryDirectory();
    const first = await createTestService({ dataDir, providers: [provider] });
    const id = await start(first, request(window(-60, 30)));
    await first.close();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const second = await open({ dataDir });
    expect(await second.runs.resume()).toBe(1);
    await vi.advanceTimersByTimeAsync(19 * MINUTE);
    expect(await get(second, id)).toMatchObject({ status: 'not_started', waitsUntilIso: '2020-01-01T12:30:00Z' });
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect((await untilEnded(second, id)).status).toBe('succeeded');
  });

  it('whose window ended while no process was there is judged at the next start', async () => {
    const dataDir = temporaryDirectory();
    const first = await createTestService({ dataDir, providers: [provider] });
    const id = await start(first, request(window(-60, 30)));
    await first.close();
    await vi.advanceTimersByTimeAsync(300 * MINUTE);
    const second = await open({ dataDir });
    await second.runs.resume();
    expect((await untilEnded(second, id)).status).toBe('succeeded');
  });

  it('is refused when its end is more than 30 days away, with field, value and remedy', async () => {
    const service = await open();
    const day = 24 * 60;
    const answer = await post(service, request(window(0, 31 * day), window(-60, 0)));
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toBe(
      'scopes.default.experimentScope: end 2020-02-01T12:00:00Z is more than 30 days away, and a run waits for its window ' +
        'to end; give an end before 2020-01-31T12:00:00Z, or start it with partial=true to judge at once what there is.',
    );
    expect((await post(service, request(window(0, 30 * day)))).statusCode).toBe(200);
  });
});

describe('?partial=true', () => {
  const points = (values: Record<string, number>) =>
    fakeProvider((asking) => [
      seriesOf(
        asking,
        Array.from({ length: values[asking.side] ?? 0 }, (_, index) => index),
      ),
    ]);

  it.each<[what: string, experiment: Window, control: Window, counts: Record<string, number>, said: string]>([
    ['both sides', window(-17, 715), window(-17, 715), { control: 17, experiment: 17 }, '17 of 732 expected points.'],
    [
      'sides of which one has fewer points',
      window(-17, 3),
      window(-17, 3),
      { control: 17, experiment: 16 },
      '17 of 20 expected points of the baseline and 16 of 20 expected points of the canary.',
    ],
    [
      'only the canary',
      window(-17, 43),
      window(-1500, -1440),
      { control: 60, experiment: 17 },
      '17 of 60 expected points of the canary.',
    ],
  ])('judges at once, and the headline says on how much of %s', async (_, experiment, control, counts, said) => {
    const service = await open({ providers: [points(counts)], judges: createJudges({}) });
    const answer = (await post(service, request(experiment, control), '?partial=true', { judge: {} })).json();
    expect(answer.warnings).toMatch(/^The window ends at 2020-.*; with partial=true the run judges at once/);
    expect(answer).not.toHaveProperty('waitsUntilIso');
    const run = await untilEnded(service, answer.canaryExecutionId);
    expect(run).toMatchObject({ status: 'succeeded', partial: true });
    expect(run.warnings.join('\n')).toBe(answer.warnings);
    const sentence = `The window had not ended: judged on ${said}`;
    const report = (await service.http.inject(`/reports/${run.pipelineId}.json`)).json();
    expect(report.headline.startsWith(`${sentence} `)).toBe(true);
    expect(report.partial).toBe(sentence);
    for (const form of ['.md', '.junit.xml', '.html', '']) {
      expect((await service.http.inject(`/reports/${run.pipelineId}${form}`)).body).toContain(sentence);
    }
  });

  it('asks windows of the past for the same minutes, and no later ones', async () => {
    const windows: unknown[] = [];
    const looking = fakeProvider((asking) => {
      windows.push([asking.side, asking.scope.start, asking.scope.end]);
      return [seriesOf(asking, [1, 2, 3])];
    });
    const service = await open({ providers: [looking], judges: createJudges({}) });
    const { default: pair } = request(window(-17, 43)).scopes ?? {};
    const scopes = { default: { experimentScope: pair?.experimentScope } };
    const past = { ...request(window(-17, 43)), scopes, baseline: { kind: 'earlier', offsets: ['24h', '48h'] } };
    const answer = await post(service, past, '?partial=true', { judge: { name: 'HaldaneJudge-v1.0' } });
    await untilEnded(service, answer.json().canaryExecutionId);
    expect(windows.toSorted()).toEqual([
      ['control', '2019-12-30T11:43:00Z', '2019-12-30T12:00:00Z'],
      ['control', '2019-12-31T11:43:00Z', '2019-12-31T12:00:00Z'],
      ['experiment', '2020-01-01T11:43:00Z', '2020-01-01T12:00:00Z'],
    ]);
  });

  it('asks for what there is alone: what has not been yet is no missing value', async () => {
    const windows: unknown[] = [];
    const looking = fakeProvider((asking) => {
      windows.push([asking.side, asking.scope.start, asking.scope.end]);
      return [seriesOf(asking, [1, 2, 3])];
    });
    const service = await open({ providers: [looking] });
    const id = await start(service, request(window(-17, 715), window(-1500, -1440)), '?partial=true');
    const run = await untilEnded(service, id);
    expect(windows.toSorted()).toEqual([
      ['control', '2019-12-31T11:00:00Z', '2019-12-31T12:00:00Z'],
      ['experiment', '2020-01-01T11:43:00Z', '2020-01-01T12:00:00Z'],
    ]);
    expect(run.canaryExecutionRequest.scopes.default.experimentScope.end).toBe('2020-01-01T23:55:00Z');
  });

  it('with a stored config, too', async () => {
    const service = await open();
    const saved = await service.http.inject({ method: 'POST', url: '/canaryConfig', payload: configOf(1) });
    const url = `/canary/${saved.json().canaryConfigId}?partial=true`;
    const answer = await service.http.inject({ method: 'POST', url, payload: request(window(-17, 715)) });
    const run = await untilEnded(service, answer.json().canaryExecutionId);
    expect(run).toMatchObject({ status: 'succeeded', partial: true });
  });

  it('says nothing of a window that has ended', async () => {
    const service = await open();
    const answer = (await post(service, request(window(-60, 0)), '?partial=true')).json();
    expect(answer).not.toHaveProperty('warnings');
    expect(await untilEnded(service, answer.canaryExecutionId)).not.toHaveProperty('partial');
  });

  it.each([
    ['?partial=yes', window(-60, 30), /partial/],
    [
      '?partial=true',
      window(10, 30),
      /^scopes\.default\.controlScope: start 2020-01-01T12:10:00Z is in the future.*leave out partial=true/,
    ],
  ])('%s is refused where it cannot be followed', async (query, asking, message) => {
    const service = await open();
    const answer = await post(service, request(asking), query);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toMatch(message);
  });
});
