import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { wireClient } from '../support/http/wire-client.ts';

let service: TestService;
/** The series of the second metric of a run; the first has the usual ones. */
let second: (request: MetricsRequest) => MetricSet[];
beforeAll(async () => {
  const provider = fakeProvider((request) =>
    request.metric.name === 'm0' ? [seriesOf(request, usual)] : second(request),
  );
  service = await createTestService({ providers: [provider], judges: createJudges({}) });
});
afterAll(() => service.close());

let hours = 0;
/** An hour no test has queried before: answers are cached for a while. */
function nextRun() {
  const [start, end] = [hours++ * 3_600_000, hours * 3_600_000];
  const window = { start, end, step: 60 };
  const scopes = { default: { controlScope: window, experimentScope: window } };
  return { canaryConfig: configOf(2, { judge: {} }), executionRequest: { ...requestOf(), scopes } };
}
const usual = Array.from({ length: 60 }, (_, index) => index % 9);

async function runOn(series: typeof second) {
  second = series;
  const { run, get } = wireClient(service);
  const status = await run(nextRun());
  const pairs = status.metricSetPairListId && (await get(`/metricSetPairList/${status.metricSetPairListId}`)).body;
  return { status, pairs, results: status.result?.judgeResult.results, score: status.result?.judgeResult.score };
}
const bySide =
  (control: number[], experiment: number[]) =>
  (request: MetricsRequest): MetricSet[] => [seriesOf(request, request.side === 'control' ? control : experiment)];

describe('RES-1, RES-2, MIX-5: a run on series that do not match', () => {
  it.each([
    ['experiment', bySide(usual, [])],
    ['control', bySide([], usual)],
    ['both sides', bySide([], [])],
  ])(
    'without data in %s has gaps there, numbers in the statistics, and fails on half of the metrics',
    async (_, series) => {
      const { status, pairs, results, score } = await runOn(series);
      expect(status.status).toBe('succeeded');
      expect(pairs.map(({ values }: { values: { control: [] } }) => values.control.length)).toEqual([60, 60]);
      expect(results[1]).toMatchObject({ id: pairs[1].id, classification: 'Nodata' });
      for (const side of ['controlMetadata', 'experimentMetadata']) {
        expect(Object.values(results[1][side].stats).every(Number.isFinite)).toBe(true);
      }
      expect(score).toEqual({
        score: 0,
        classification: 'Fail',
        classificationReason: 'Canary Failed: 50% or more metrics returned NODATA',
      });
    },
  );

  it('of other lengths is padded and judged', async () => {
    const { pairs, results, score } = await runOn(bySide(usual.slice(0, 40), usual));
    expect(pairs[1].values.control.slice(38, 42)).toEqual([usual[38], usual[39], 'NaN', 'NaN']);
    expect(results[1].controlMetadata.stats.count).toBe(40);
    expect(score.score).toBe(100);
  });
});

describe('RES-1, MIX-2, MIX-3: a run on series with tags', () => {
  const zones = (request: MetricsRequest, names: string[]) => names.map((zone) => seriesOf(request, usual, { zone }));

  it('has a result for each, of the same name, and gaps for a tag one side lacks', async () => {
    const { pairs, results } = await runOn((request) =>
      zones(request, request.side === 'control' ? ['a', 'b'] : ['b']),
    );
    expect(results.map(({ name, tags }: { name: string; tags: object }) => [name, tags])).toEqual([
      ['m0', {}],
      ['m1', { zone: 'a' }],
      ['m1', { zone: 'b' }],
    ]);
    expect(results.map(({ id }: { id: string }) => id)).toEqual(pairs.map(({ id }: { id: string }) => id));
    expect(results[1].classification).toBe('Nodata');
  });

  it('of other keys on each side ends terminal, having paired nothing', async () => {
    const { status, pairs } = await runOn((request) => [seriesOf(request, usual, { [request.side]: 'x' })]);
    expect(status.exception).toMatchObject({
      operation: 'metricSetMixer',
      details: {
        errors: [expect.stringContaining('Control metrics have different tag keys than the experiment tag set')],
      },
    });
    expect([status.stageStatus.mixMetrics, status.stageStatus.judge, pairs]).toEqual([
      'terminal',
      'not_started',
      undefined,
    ]);
  });
});
