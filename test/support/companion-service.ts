import { afterAll, beforeAll, expect } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeProvider, seriesOf } from './fake-provider.ts';
import { requestOf } from './http/requests.ts';
import { createTestService, type TestService } from './http/test-service.ts';

// A store whose answers depend on the name of what is asked, as a real one's do.

export const MINUTE = 60_000;
/** 0, 1, 2, … from the start of 2026 on: series that fit together whatever the window. */
const ticks = ({ scope: { start = '', end = '' } }: MetricsRequest) =>
  Array.from({ length: (instantMillis(end) - instantMillis(start)) / MINUTE }, (_, index) => {
    return (instantMillis(start) - instantMillis('2026-01-01T00:00:00Z')) / MINUTE + index;
  });
const noise = (t: number, seed: number) => ((((t * 7 + seed * 5) % 11) + 11) % 11) / 11;
const isCanary = ({ side }: MetricsRequest) => side === 'experiment';
export const ANSWERS: Readonly<Record<string, (request: MetricsRequest) => MetricSet[]>> = {
  // A tenth of the traffic, and twice the share of errors.
  requests: (request) => [
    seriesOf(
      request,
      ticks(request).map((t) => Math.round((isCanary(request) ? 1 : 10) * (1000 + 40 * noise(t, 1)))),
    ),
  ],
  errors: (request) => [
    seriesOf(
      request,
      ticks(request).map((t) => Math.round((isCanary(request) ? 0.02 : 0.1) * (1000 + 200 * noise(t, 2)))),
    ),
  ],
  calm: (request) => [
    seriesOf(
      request,
      ticks(request).map((t) => Math.round((isCanary(request) ? 0.01 : 0.1) * (1000 + 200 * noise(t, 2)))),
    ),
  ],
  share: (request) => sharesOf(request, 1),
  percent: (request) => sharesOf(request, 100),
  spiky: (request) => [
    seriesOf(
      request,
      ticks(request).map((t) => (100 + 4 * noise(t, 3)) * (isCanary(request) && t % 12 === 5 ? 3 : 1)),
    ),
  ],
  p99: (request) => [
    seriesOf(
      request,
      ticks(request).map((t) => (isCanary(request) ? 60 : 100) + noise(t, 4)),
    ),
  ],
  few: (request) => [
    seriesOf(
      request,
      ticks(request).map(() => (isCanary(request) ? 20 : 2000)),
    ),
  ],
  'no history': (request) => {
    if (instantMillis(request.scope.start ?? '') < instantMillis('2026-01-01T00:00:00Z')) {
      throw new CanaryError('METRICS_QUERY_REJECTED', 'nothing is kept so long');
    }
    return ANSWERS.spiky?.(request) ?? [];
  },
  coarse: (request) => [{ ...seriesOf(request, [1000]), stepMillis: 90_500 }],
  'shared requests': (request) => ANSWERS.requests?.(request) ?? [],
  silent: (request) => [
    seriesOf(
      request,
      ticks(request).map(() => Number.NaN),
    ),
  ],
  'by pod': (request) => ['a', 'b'].map((pod) => ({ ...seriesOf(request, ticks(request)), tags: { pod } })),
};
/** Errors over requests. */
function sharesOf(request: MetricsRequest, inOne: number): MetricSet[] {
  const [errors, requests] = [ANSWERS.errors?.(request)[0]?.values ?? [], ANSWERS.requests?.(request)[0]?.values ?? []];
  return [
    seriesOf(
      request,
      errors.map((count, index) => (inOne * count) / (requests[index] ?? 0)),
    ),
  ];
}
export const metric = (metricName: string, more: object = {}, canary: object = {}): CanaryMetricConfig => ({
  name: metricName,
  query: { type: 'fake', serviceType: 'fake', metricName, ...more } as CanaryMetricConfig['query'],
  groups: ['group'],
  scopeName: 'default',
  analysisConfigurations: { canary: { direction: 'increase', ...canary } },
});
export const configOf = (
  metrics: CanaryMetricConfig[],
  judgeConfigurations: Record<string, unknown> = {},
  judge = 'HaldaneJudge-v1.0',
) => ({
  name: 'checkout',
  applications: ['shop'],
  judge: { name: judge, judgeConfigurations },
  metrics,
  classifier: { groupWeights: { group: 100 } },
});
export const DENOMINATOR = { denominator: { metricName: 'requests' } };

/** A service on that store with all judges, for the tests of a file. */
export function companionService() {
  const asked: MetricsRequest[] = [];
  let service: TestService;
  beforeAll(async () => {
    const provider = fakeProvider((request) => {
      asked.push(request);
      const { metricName } = request.query as { metricName: string };
      return ANSWERS[metricName]?.(request) ?? [];
    });
    service = await createTestService({ providers: [provider], judges: createJudges({}) });
  });
  afterAll(() => service.close());

  const get = async (url: string) => (await service.http.inject(url)).body;
  const post = async (url: string, payload: object) => {
    const answer = await service.http.inject({ method: 'POST', url, payload });
    return { status: answer.statusCode, body: answer.json() };
  };
  const run = async (canaryConfig: object) => {
    asked.length = 0;
    const { status, body } = await post('/canary?wait=10s', { canaryConfig, executionRequest: requestOf() });
    expect([status, body.exception?.details]).toEqual([200, undefined]);
    const pairs = JSON.parse(await get(`/metricSetPairList/${body.metricSetPairListId}`));
    const [result] = body.result.judgeResult.results;
    return { id: body.pipelineId, body, pairs, result, evidence: result.evidence };
  };
  const refused = async (canaryConfig: object) => {
    const { status, body } = await post('/canary', { canaryConfig, executionRequest: requestOf() });
    const { problems } = (await post('/canaryConfig/validate', canaryConfig)).body;
    return { status, message: body.message as string, problems };
  };

  return { asked, get, post, run, refused };
}
