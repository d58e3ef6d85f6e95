import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf } from '../support/samples/random-series.ts';

const START = Date.UTC(2026, 0, 1);
const at = (hours: number) => new Date(START + hours * 3_600_000).toISOString();
const provider = fakeProvider((request) => {
  const { start = '', end = '', step = 60 } = request.scope;
  const draws = drawsOf(request.side, start);
  const points = (instantMillis(end) - instantMillis(start)) / 1000 / step;
  // Every other hour the canary has no data.
  const hasData = (t: number) => request.side === 'control' || Math.floor((t * step) / 3600) % 2 === 0;
  const values = Array.from({ length: points }, (_, t) => (hasData(t) ? 100 + draws.normal() : Number.NaN));
  return [seriesOf(request, values)];
});
const config = configOf(1, { judge: { name: 'NetflixACAJudge-v1.0' } });
const [metric] = config.metrics ?? [];
const named = (...names: string[]): CanaryConfig => ({
  ...config,
  metrics: names.map((name) => ({ ...metric, name })),
});

describe('an odd backtest', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await createTestService({ providers: [provider], judges: createJudges({}) });
  });
  afterAll(() => service.close());
  const start = async (backtest: object, { canaryConfig = config, step = 60 } = {}) => {
    const window = { start: at(0), end: at(12), step };
    const scopes = { default: { controlScope: { scope: 'a', ...window }, experimentScope: { scope: 'b', ...window } } };
    const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 } };
    const asked = { windowMinutes: 60, changes: ['25 %'], ...backtest };
    const payload = { canaryConfig, executionRequest, backtest: asked };
    const { statusCode, body } = await service.http.inject({ method: 'POST', url: '/canaryConfig/backtest', payload });
    return { status: statusCode, body: JSON.parse(body) };
  };
  const endOf = async (...of: Parameters<typeof start>) => {
    const { backtestId } = (await start(...of)).body;
    const read = async () => (await service.http.inject(`/backtests/${backtestId}`)).json();
    await expect.poll(async () => (await read()).complete, { timeout: 30_000 }).toBe(true);
    return read();
  };

  it.each([
    [{ windowMinutes: 0 }, {}, /windowMinutes: must be between 1 and 10080 minutes.*got 0/],
    [{ windowMinutes: -60 }, {}, /windowMinutes: must be between.*got -60/],
    [{ windowMinutes: 1e9 }, {}, /windowMinutes: must be between.*got 1000000000/],
    [{ windowMinutes: '90s' }, {}, /windowMinutes: write a whole number of minutes/],
    [{ judgements: 0 }, {}, /judgements: must be at least 1/],
    [{ arms: 'both' }, {}, /arms: write one of/],
    [{ judges: ['__proto__'] }, {}, /'__proto__'. Known judges/],
    // Its windows would not begin where they seem to.
    [{}, { step: 7 }, /controlScope.step is 7 seconds, and a window has 60 minutes: write a step that divides it/],
    [{ windowMinutes: 30 }, { step: 3600 }, /step is 3600 seconds.*at least 2 points/],
    [{}, { canaryConfig: named('cpu', 'cpu') }, /metric 'cpu' is in the config more than once/],
  ])('%j %j is refused with the field and the remedy', async (backtest, more, message) => {
    const { status, body } = await start(backtest, more);
    expect({ status, message: body.message }).toEqual({ status: 400, message: expect.stringMatching(message) });
  });

  it('counts windows without data as such, and judges the others', async () => {
    const { report, status } = await endOf({});
    expect({ status, ...report }).toMatchObject({ status: 'succeeded', windows: 12, judged: 6, withoutData: 6 });
    expect(report.judges[0].falseAlarms.of).toBe(6);
    expect(report.metrics[0]).toMatchObject({ judged: 6, withoutData: 6, missing: { control: 0, experiment: 0.5 } });
  });

  it('tries a change once however often it is named, and a judge', async () => {
    const judges = ['NetflixACAJudge-v1.0', 'WelchTJudge-v1.0', 'WelchTJudge-v1.0'];
    const { report } = await endOf({ changes: ['25 %', '25 %'], judges });
    const names = report.judges.map(({ judge }: { judge: string }) => judge);
    expect(names).toEqual(['NetflixACAJudge-v1.0', 'WelchTJudge-v1.0', 'HaldaneJudge-v1.0']);
    expect(report.metrics[0].judges[0].changes).toEqual([expect.objectContaining({ found: expect.anything() })]);
    expect(report.metrics[0].judges[0].changes[0].found.of).toBeLessThanOrEqual(6);
  });

  it('has metrics with the names of what every object has, and leaves every object alone', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const { report, status } = await endOf({}, { canaryConfig: named(...names) });
    expect(status).toBe('succeeded');
    const told = report.metrics.map(({ name, judged }: { name: string; judged: number }) => [name, judged]);
    expect(told).toEqual(names.map((name) => [name, 6]));
    expect(Object.keys(Object)).toEqual([]);
    expect('judged' in {}).toBe(false);
  });

  it('says what nobody reads', async () => {
    const { status, body } = await start({ window: 3 });
    expect({ status, warnings: body.warnings }).toEqual({
      status: 200,
      warnings: ["backtest.window: not known, does nothing; did you mean 'windowMinutes'?"],
    });
  });
});
