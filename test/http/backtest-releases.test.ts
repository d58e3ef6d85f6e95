import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { HALDANE_JUDGE } from '../../src/domain/canary-judge.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf } from '../support/samples/random-series.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const at = (hours: number) => new Date(START + hours * HOUR).toISOString().replace('.000Z', 'Z');
const thresholds = { pass: 95, marginal: 75 };
const config = configOf(1, { name: 'checkout', applications: ['shop'], judge: { name: HALDANE_JUDGE } });

/** Of what the store is asked after a release, v2 is three times as slow as it was. */
let worseSince: boolean;

/** Day 3 is a release that went badly; of day 5 there are no data. */
function valuesOf({ scope, side }: MetricsRequest): number[] {
  const [from, to] = [instantMillis(scope.start ?? ''), instantMillis(scope.end ?? '')];
  const draws = drawsOf(side, scope.scope ?? '', from);
  const isWorse = scope.scope === 'v3' || (worseSince && scope.scope === 'v2');
  const factor = side === 'experiment' && isWorse ? 3 : 1;
  return Array.from({ length: (to - from) / 60_000 }, () =>
    scope.scope === 'v5' ? Number.NaN : factor * 100 * Math.exp(0.05 * draws.normal()),
  );
}

let asked: MetricsRequest[];
let service: TestService;
const provider = fakeProvider((request) => {
  asked.push(request);
  return [seriesOf(request, valuesOf(request))];
});
const send = async (method: 'GET' | 'POST', url: string, payload?: object) => {
  const { statusCode, body } = await service.http.inject({ method, url, ...(payload && { payload }) });
  return { status: statusCode, body: JSON.parse(body) };
};
const until = async (url: string) => {
  await expect.poll(async () => (await send('GET', url)).body.complete, { timeout: 30_000 }).toBe(true);
  return (await send('GET', url)).body;
};
/** A release on a day: the version before against it, for so many hours. */
const release = async (day: number, { hours = 2, configId = '', version = day } = {}) => {
  const window = { start: at(24 * day), end: at(24 * day + hours), step: 60 };
  const scopes = {
    default: {
      controlScope: { scope: `v${version - 1}`, ...window },
      experimentScope: { scope: `v${version}`, ...window },
    },
  };
  const request = { scopes, thresholds };
  const started = await (configId === ''
    ? send('POST', '/canary?application=shop', { canaryConfig: config, executionRequest: request })
    : send('POST', `/canary/${configId}?application=shop`, request));
  return until(`/canary/${started.body.canaryExecutionId}`);
};
const asking = (backtest: object = {}, more: object = {}) => ({
  canaryConfig: config,
  executionRequest: { thresholds },
  backtest: { windowMinutes: 60, arms: 'releases', changes: [], ...backtest },
  ...more,
});
const start = (payload: object) => send('POST', '/canaryConfig/backtest', payload);
const endOf = async (payload: object) => until(`/backtests/${(await start(payload)).body.backtestId}`);

describe('a backtest of the last releases that went well', () => {
  beforeEach(async () => {
    asked = [];
    worseSince = false;
    service = await createTestService({ providers: [provider], judges: createJudges({}) });
  });
  afterEach(() => service.close());

  it('judges each once, from the start of its window, with its own scopes', async () => {
    const configId = (await send('POST', '/canaryConfig', config)).body.canaryConfigId;
    for (const day of [1, 2, 3, 4, 5]) await release(day, { configId });
    // Judged again: still one release. Another config's: not among them. Half an hour: too short.
    await release(4, { configId });
    await release(6);
    await release(7, { configId, hours: 0.5 });
    asked = [];
    const found = await endOf(asking({}, { canaryConfigId: configId }));
    expect(found).toMatchObject({ status: 'succeeded', canaryConfigId: configId, report: { windows: 3, judged: 3 } });
    const sent = asked.map(({ side, scope }) => [side, scope.scope, scope.start, scope.end]);
    expect(sent).toEqual(
      [4, 2, 1].flatMap((day) => [
        ['control', `v${day - 1}`, at(24 * day), at(24 * day + 1)],
        ['experiment', `v${day}`, at(24 * day), at(24 * day + 1)],
      ]),
    );
    expect(found.report.notes.join(' ')).toContain('because they passed');
    const listed = (await send('GET', `/backtests?canaryConfigId=${configId}`)).body;
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([found.id]);
    expect((await send('GET', '/backtests?canaryConfigId=other')).body).toEqual([]);
  });

  it('names the run of a release that would be stopped now', async () => {
    await release(1);
    const { pipelineId } = await release(2);
    worseSince = true;
    const found = await endOf(asking());
    const [own] = found.report.judges;
    expect(own.falseAlarms).toMatchObject({ count: 1, of: 2 });
    expect(own.alarms).toEqual([{ start: at(48), run: pipelineId, verdict: 'Fail', metrics: ['m0'] }]);
  });

  it('of a config that is not stored are the runs of its name; so many as are asked for', async () => {
    for (const day of [1, 2, 4]) await release(day);
    const found = await endOf(asking({ releases: 2 }));
    expect(found.report.windows).toBe(2);
    expect(found.canaryConfigId).toBeUndefined();
    const { status, body } = await start(asking({}, { canaryConfig: { ...config, name: 'other' } }));
    expect({ status, message: body.message }).toEqual({
      status: 400,
      message: expect.stringContaining("no stored run of a config named 'other' ended Pass with data"),
    });
  });

  it.each([
    ['with scopes', asking({}, { executionRequest: { thresholds, scopes: { default: {} } } }), /leave the scopes out/],
    ['of more than there may be', asking({ releases: 201 }), /releases/],
    ['of none', asking({ releases: 0 }), /releases/],
    ['of a config that there is not', asking({}, { canaryConfigId: 'nothing' }), /nothing/],
    ['of other arms', asking({ arms: 'scopes', releases: 3 }), /reads no releases/],
    ['longer than all', asking({ windowMinutes: 180 }), /windowMinutes is 180.* the longest has 120 minutes/],
  ])('%s is refused with the field and the remedy', async (_, payload, message) => {
    await release(1);
    asked = [];
    const { status, body } = await start(payload);
    expect([400, 404]).toContain(status);
    expect(JSON.stringify(body)).toMatch(message);
    expect(asked).toEqual([]);
  });

  it('without a config is of the stored one', async () => {
    const configId = (await send('POST', '/canaryConfig', config)).body.canaryConfigId;
    await release(1, { configId });
    const found = await endOf(asking({}, { canaryConfig: undefined, canaryConfigId: configId }));
    expect(found).toMatchObject({ status: 'succeeded', config: 'checkout', report: { windows: 1 } });
  });
});
