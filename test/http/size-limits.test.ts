import { afterEach, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const services: TestService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

const start = async (limits: { metricsPerRun?: number; pointsPerRun?: number }, dataDir = temporaryDirectory()) => {
  const service = await createTestService({ limits, dataDir });
  services.push(service);
  return async (method: 'POST' | 'PUT', url: string, payload: object) => {
    const answer = await service.http.inject({ method, url, payload });
    const sent = answer.json() as Record<string, unknown>;
    return { ...sent, status: answer.statusCode } as Record<string, unknown>;
  };
};

const pairs = (count: number, points = 1) =>
  Array.from({ length: count }, (_, index) => {
    const values = new Array<number>(points).fill(1);
    return { name: `m${index}`, id: `p${index}`, tags: {}, values: { control: values, experiment: values } };
  });
const thresholds = { pass: 95, marginal: 75 };
const analysis = {
  scopes: [{ controlScope: 'v1', experimentScope: 'v2', startTimeIso: '2026-01-01T00:00:00Z' }],
  thresholds,
  lifetimeDurationMins: 120,
  analysisIntervalMins: 60,
};

const TOO_MANY_METRICS: Readonly<Record<string, readonly ['POST' | 'PUT', string, object]>> = {
  'a run': ['POST', '/canary', { canaryConfig: configOf(4), executionRequest: requestOf() }],
  'an analysis': ['POST', '/standalone_canary_analysis', { canaryConfig: configOf(4), executionRequest: analysis }],
  'a stored config': ['POST', '/canaryConfig', configOf(4)],
  'a replaced config': ['PUT', '/canaryConfig/any', configOf(4)],
  'series to judge': [
    'POST',
    '/judge',
    { canaryConfig: configOf(1), scoreThresholds: thresholds, metricSetPairList: pairs(4) },
  ],
  'a config to judge by': [
    'POST',
    '/judge',
    { canaryConfig: configOf(4), scoreThresholds: thresholds, metricSetPairList: pairs(1) },
  ],
  'pairs to store': ['POST', '/metricSetPairList', pairs(4)],
  'the queries of a config': [
    'POST',
    '/canaryConfig/queries',
    { canaryConfig: configOf(4), executionRequest: requestOf() },
  ],
  'the series of a config': [
    'POST',
    '/canaryConfig/series',
    { canaryConfig: configOf(4), executionRequest: requestOf() },
  ],
};

describe('more metrics than limits.metricsPerRun', () => {
  it.each(Object.entries(TOO_MANY_METRICS))('are a 413 that names limit, value and setting: %s', async (_, sent) => {
    const send = await start({ metricsPerRun: 3 });
    expect(await send(...sent)).toMatchObject({
      status: 413,
      errorCode: 'REQUEST_TOO_LARGE',
      message:
        '4 metrics are more than the limit of 3; split the config, or raise limits.metricsPerRun in the configuration.',
      details: [{ limit: 'limits.metricsPerRun', value: 4, most: 3 }],
    });
  });

  it('are refused in a config that was stored when the limit was higher', async () => {
    const dataDir = temporaryDirectory();
    const send = await start({ metricsPerRun: 4 }, dataDir);
    const { canaryConfigId: id } = await send('POST', '/canaryConfig', configOf(4));
    const { metricSetPairListId: list } = await send('POST', '/metricSetPairList', pairs(4));
    await services.pop()?.close();
    const later = await start({ metricsPerRun: 3 }, dataDir);
    expect(await later('POST', `/canary/${id}`, requestOf())).toMatchObject({ status: 413 });
    expect(await later('POST', `/standalone_canary_analysis/${id}`, analysis)).toMatchObject({ status: 413 });
    const query = `canaryConfigId=${id}&metricSetPairListId=${list}&passThreshold=95&marginalThreshold=75`;
    expect(await later('POST', `/judges/judge?${query}`, {})).toMatchObject({ status: 413 });
    expect(await later('POST', `/judges/comparison?${query}&overrideCanaryJudge1=FakeJudge-v1.0`, {})).toMatchObject({
      status: 413,
    });
  });

  it('are a problem when a config is validated', async () => {
    const send = await start({ metricsPerRun: 3 });
    const found = await send('POST', '/canaryConfig/validate', configOf(4));
    expect(found).toMatchObject({ status: 200, problems: [{ path: 'metrics', prevents: 'saving' }] });
  });

  it('are not those at the limit', async () => {
    const send = await start({ metricsPerRun: 3, pointsPerRun: 360 });
    expect(await send('POST', '/canary', { canaryConfig: configOf(3), executionRequest: requestOf() })).toMatchObject({
      status: 200,
    });
  });
});

describe('more points than limits.pointsPerRun', () => {
  const message = /^120 points .* limit of 119; .*limits\.pointsPerRun/;

  it('are a 413 when a run is started, and a problem when it is validated', async () => {
    const send = await start({ pointsPerRun: 119 });
    const body = { canaryConfig: configOf(1), executionRequest: requestOf() };
    expect(await send('POST', '/canary', body)).toMatchObject({
      status: 413,
      message: expect.stringMatching(message),
    });
    const { problems } = await send('POST', '/canaryConfig/validate', body);
    expect(problems).toContainEqual(expect.objectContaining({ message: expect.stringMatching(message) }));
  });

  it('are a 413 for the last window of an analysis, which is the longest', async () => {
    const send = await start({ pointsPerRun: 200 });
    expect(
      await send('POST', '/standalone_canary_analysis', { canaryConfig: configOf(1), executionRequest: analysis }),
    ).toMatchObject({ status: 413, details: [{ limit: 'limits.pointsPerRun', value: 240, most: 200 }] });
  });

  it('are a 413 for series that are sent', async () => {
    const send = await start({ pointsPerRun: 119 });
    expect(await send('POST', '/metricSetPairList', pairs(2, 30))).toMatchObject({
      status: 413,
      message: expect.stringMatching(message),
    });
  });
});
