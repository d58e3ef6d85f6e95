import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../src/domain/canary-judge.ts';
import { SIDES } from '../../src/domain/canary-scope.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { createGate } from '../support/gate.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf, seriesOf as seriesOfPoints } from '../support/samples/random-series.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const at = (hours: number) => new Date(START + hours * HOUR).toISOString().replace('.000Z', 'Z');
const thresholds = { pass: 95, marginal: 75 };
const config = configOf(1, { judge: { name: 'NetflixACAJudge-v1.0' } });

const NOISE = Object.fromEntries(
  SIDES.map((side) => {
    const draws = drawsOf('past', side);
    return [side, seriesOfPoints(100 * 60, () => 100 * Math.exp(0.05 * draws.normal()))];
  }),
);

/** The same of one side at one minute, whatever window asks for it. */
function valuesOf({ scope, side }: MetricsRequest): number[] {
  const minute = (instant = '') => (instantMillis(instant) - START) / 60_000;
  return NOISE[side]?.slice(minute(scope.start), minute(scope.end)) ?? [];
}

const body = (hours: number, backtest: object = {}, { from = 0, canaryConfig = config as CanaryConfig } = {}) => {
  const window = { start: at(from), end: at(from + hours), step: 60 };
  return {
    canaryConfig,
    executionRequest: {
      scopes: { default: { controlScope: { scope: 'a', ...window }, experimentScope: { scope: 'b', ...window } } },
      thresholds,
    },
    backtest: { windowMinutes: 60, changes: ['25 %'], judgements: 200, ...backtest },
  };
};

let asked: MetricsRequest[];
let service: TestService;
const provider = fakeProvider((request) => {
  asked.push(request);
  return [seriesOf(request, valuesOf(request))];
});
const judges = createJudges({});
const send = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
  const { statusCode, headers, body: text } = await service.http.inject({ method, url, ...(payload && { payload }) });
  return { status: statusCode, headers, body: text === '' ? undefined : JSON.parse(text) };
};
const start = (payload: object) => send('POST', '/canaryConfig/backtest', payload);
const read = async (id: string) => (await send('GET', `/backtests/${id}`)).body;
const ended = async (id: string) => {
  await expect.poll(async () => (await read(id)).complete, { timeout: 55_000 }).toBe(true);
  return read(id);
};
const endOf = async (payload: object) => ended((await start(payload)).body.backtestId);

describe('a backtest', () => {
  beforeEach(async () => {
    asked = [];
    service = await createTestService({ providers: [provider], judges });
  });
  afterEach(() => service.close());

  it('answers how often the config alarms, and what it finds, from few queries', async () => {
    const { status, body: begun, headers } = await start(body(100));
    expect(status).toBe(200);
    expect(headers.location).toBe(`/backtests/${begun.backtestId}`);
    const found = await ended(begun.backtestId);
    expect(found).toMatchObject({
      application: 'shop',
      config: 'checkout',
      status: 'succeeded',
      complete: true,
      windows: { planned: 100, done: 100 },
      report: { windows: 100, judged: 100, withoutData: 0, windowMinutes: 60 },
    });
    expect(found.report.judges.map(({ judge }: { judge: string }) => judge)).toEqual([
      'NetflixACAJudge-v1.0',
      HALDANE_JUDGE,
    ]);
    expect(found.report.metrics[0].judges[1].changes[0].found).toMatchObject({ share: 1 });
    // 100 windows of 60 points: two queries a side.
    expect(asked).toHaveLength(4);
    expect(asked.map(({ scope }) => [scope.start, scope.end])).toContainEqual([at(83), at(100)]);
    const { body: list } = await send('GET', '/backtests?application=shop');
    expect(list).toEqual([expect.objectContaining({ id: found.id, windows: { planned: 100, done: 100 } })]);
  });

  it('compares the control with itself one window earlier when asked to', async () => {
    const found = await endOf(body(20, { arms: 'before', changes: [] }));
    expect(found).toMatchObject({ status: 'succeeded', windows: { planned: 19, done: 19 } });
    expect(asked.map(({ scope, side }) => [side, scope.scope, scope.start, scope.end])).toEqual([
      ['control', 'a', at(0), at(19)],
      ['experiment', 'a', at(1), at(20)],
    ]);
  });

  it('fails with the reason when the store does, and keeps what it has counted', async () => {
    const failing = fakeProvider((request) => {
      if (instantMillis(request.scope.start ?? '') > START) throw new Error('broken');
      return [seriesOf(request, valuesOf(request))];
    });
    await service.close();
    service = await createTestService({ providers: [failing], judges, attempts: 1 });
    const found = await endOf(body(100, { changes: [] }));
    expect(found).toMatchObject({ status: 'terminal', windows: { planned: 100, done: 83 }, report: { judged: 83 } });
    expect(found.exception.details.errors[0]).not.toContain('broken');
  });

  it('is canceled at once, and deleted once it has ended', async () => {
    const gate = createGate();
    const slow = fakeProvider(async (request, signal) => {
      await gate.pass(signal);
      return [seriesOf(request, valuesOf(request))];
    });
    await service.close();
    service = await createTestService({ providers: [slow], judges });
    const id = (await start(body(100))).body.backtestId;
    await gate.reached;
    expect(await read(id)).toMatchObject({ complete: false, windows: { planned: 100, done: 0 } });
    expect((await send('DELETE', `/backtests/${id}`)).status).toBe(401);
    expect((await send('PUT', `/backtests/${id}/cancel`)).status).toBe(202);
    expect(await read(id)).toMatchObject({ status: 'canceled', complete: true });
    expect((await send('DELETE', `/backtests/${id}`)).status).toBe(204);
    expect((await send('GET', `/backtests/${id}`)).status).toBe(404);
  });

  const window = (changes: object) => {
    const asking = body(20);
    const { controlScope } = asking.executionRequest.scopes.default;
    return {
      ...asking,
      executionRequest: {
        ...asking.executionRequest,
        scopes: { default: { controlScope: { ...controlScope, ...changes }, experimentScope: controlScope } },
      },
    };
  };
  it.each([
    ['without options', { ...body(20), backtest: undefined }, /backtest/],
    ['with a window that is no length', body(20, { windowMinutes: 'long' }), /windowMinutes.*30m/],
    ['with an unknown change', body(20, { changes: ['100 %'] }), /changes/],
    ['with an unknown judge', body(20, { judges: ['Solomon'] }), /'Solomon'.*Known judges/],
    ['of too little time', body(0.5), /windowMinutes is 60; .* has 30 minutes/],
    ['of the future', body(20, {}, { from: 1_000_000 }), /is not over; .* earlier end/],
    ['of too many windows', body(100, { windowMinutes: 1 }), /6000 windows .* at most 2000/],
    ['with two times', window({ end: at(19) }), /experimentScope.end is .* same time/],
    ['without an end', window({ end: undefined }), /controlScope.end is missing/],
    [
      'without thresholds',
      { ...body(20), executionRequest: { scopes: body(20).executionRequest.scopes } },
      /thresholds/,
    ],
    ['without a metric', body(20, {}, { canaryConfig: { ...config, metrics: [] } }), /at least one metric/],
  ])('%s is refused with the field and the remedy', async (_, payload, message) => {
    const { status, body: answer } = await start(payload);
    expect([400, 413]).toContain(status);
    expect(JSON.stringify(answer)).toMatch(message);
    expect(asked).toEqual([]);
  });

  it('whose sides ask the same is refused: it could never alarm', async () => {
    await service.close();
    const same = { ...fakeProvider(), buildQuery: () => 'always the same' };
    service = await createTestService({ providers: [same], judges });
    const { status, body: answer } = await start(body(20));
    expect(status).toBe(400);
    expect(answer.message).toContain('both sides ask the same question');
  });
});

describe('a backtest whose process ends', () => {
  it('goes on in the next from where it was', async () => {
    const requests: MetricsRequest[] = [];
    const gate = createGate();
    const slow = fakeProvider(async (request, signal) => {
      requests.push(request);
      if (instantMillis(request.scope.start ?? '') > START) await gate.pass(signal);
      return [seriesOf(request, valuesOf(request))];
    });
    const dataDir = temporaryDirectory();
    service = await createTestService({ providers: [slow], judges, dataDir });
    const id = (await start(body(100, { changes: [] }))).body.backtestId;
    await expect.poll(async () => (await read(id)).windows.done, { timeout: 20_000 }).toBe(83);
    await service.close();
    requests.length = 0;
    gate.open();
    service = await createTestService({ providers: [slow], judges, dataDir });
    expect(await service.resume()).toBe(1);
    expect(await ended(id)).toMatchObject({
      status: 'succeeded',
      windows: { planned: 100, done: 100 },
      report: { judged: 100 },
    });
    await service.close();
    expect(requests.map(({ scope }) => scope.start)).toEqual([at(83), at(83)]);
  });
});
