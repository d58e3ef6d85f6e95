import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import type { CanaryMetricConfig } from '../../../src/domain/canary-config.ts';
import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../../src/domain/values/instant.ts';
import { CanaryError } from '../../../src/errors.ts';
import { fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

// A store whose answers depend on the name of what is asked, as a real one's do.

const MINUTE = 60_000;
/** 0, 1, 2, … from the start of 2026 on: series that fit together whatever the window. */
const ticks = ({ scope: { start = '', end = '' } }: MetricsRequest) =>
  Array.from({ length: (instantMillis(end) - instantMillis(start)) / MINUTE }, (_, index) => {
    return (instantMillis(start) - instantMillis('2026-01-01T00:00:00Z')) / MINUTE + index;
  });
const noise = (t: number, seed: number) => ((((t * 7 + seed * 5) % 11) + 11) % 11) / 11;
const isCanary = ({ side }: MetricsRequest) => side === 'experiment';
const ANSWERS: Readonly<Record<string, (request: MetricsRequest) => MetricSet[]>> = {
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
const metric = (metricName: string, more: object = {}, canary: object = {}): CanaryMetricConfig => ({
  name: metricName,
  query: { type: 'fake', serviceType: 'fake', metricName, ...more } as CanaryMetricConfig['query'],
  groups: ['group'],
  scopeName: 'default',
  analysisConfigurations: { canary: { direction: 'increase', ...canary } },
});
const configOf = (metrics: CanaryMetricConfig[], judgeConfigurations: object = {}, judge = 'HaldaneJudge-v1.0') => ({
  name: 'checkout',
  applications: ['shop'],
  judge: { name: judge, judgeConfigurations },
  metrics,
  classifier: { groupWeights: { group: 100 } },
});
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

const DENOMINATOR = { denominator: { metricName: 'requests' } };

describe('a metric with a denominator', () => {
  it('is judged as a rate: a tenth of the traffic with twice the share of errors is harm', async () => {
    const { result, evidence, pairs, body } = await run(configOf([metric('errors', DENOMINATOR)]));
    expect(result.classification).toBe('High');
    expect(evidence.test).toContain('events over requests');
    expect(evidence.ratioEstimate).toBeCloseTo(2, 1);
    expect(pairs).toHaveLength(1);
    expect(pairs[0].denominator.values.control).toHaveLength(60);
    expect(Object.keys(body.stageStatus)).toEqual([
      'setupContext',
      'fetchControl0',
      'fetchExperiment0',
      'fetchControl0Denominator',
      'fetchExperiment0Denominator',
      'mixMetrics',
      'judge',
    ]);
    const windows = asked.map(({ scope: { start, end, step } }) => `${start} ${end} ${step}`);
    expect([asked.length, new Set(windows).size]).toEqual([4, 1]);
  });

  it('passes when only the traffic is less', async () => {
    const { result } = await run(configOf([metric('calm', DENOMINATOR)]));
    expect(result.classification).toBe('Pass');
  });

  it('says the same as with the requests named by ratioOf', async () => {
    const { evidence } = await run(configOf([metric('errors', DENOMINATOR)]));
    const named = await run(configOf([metric('errors', {}, { ratioOf: 'requests' }), metric('requests')]));
    expect(named.evidence.pValue).toBe(evidence.pValue);
    expect(named.evidence.ratioEstimate).toBe(evidence.ratioEstimate);
  });

  it('is shown with its second query in previews and in every report', async () => {
    const config = configOf([metric('errors', DENOMINATOR)]);
    const { body: queries } = await post('/canaryConfig/queries', {
      canaryConfig: config,
      executionRequest: requestOf(),
    });
    expect(queries[0].companions).toEqual([
      { companion: 'denominator', control: 'requests', experiment: 'requests of the experiment' },
    ]);
    const { id } = await run(config);
    const [reported] = JSON.parse(await get(`/reports/${id}.json`)).metrics;
    expect(reported.companions).toMatchObject([
      {
        companion: 'denominator',
        series: { stepMillis: MINUTE },
        fetches: [{ side: 'control' }, { side: 'experiment' }],
      },
    ]);
    expect(reported.fetches).toHaveLength(2);
    const page = await get(`/reports/${id}`);
    expect(page).toContain('Denominator: what these are events of');
    expect(page).toContain('class="beside"');
  });

  it.each([
    [{ type: 'prometheus', metricName: 'requests' }, 'query.denominator.type', /'prometheus'.*of one store/],
    [{ accountName: 'other', metricName: 'requests' }, 'query.denominator.accountName', /'other'.*of one store/],
    [{ metricName: [] }, 'query.denominator.metricName', /string/],
    [{}, 'query.denominator.metricName', /string/],
  ])('must be of the same store and of its kind: %j', async (denominator, field, words) => {
    const { status, message, problems } = await refused(configOf([metric('errors', { denominator })]));
    expect(status).toBe(400);
    expect(message).toContain(field);
    expect(message).toMatch(words);
    expect(problems).toContainEqual({
      path: `metrics[0].${field}`,
      message: expect.stringMatching(words),
      prevents: 'running',
    });
  });

  it('that several metrics have is asked for once a side', async () => {
    const denominator = { metricName: 'shared requests' };
    const { pairs } = await run(configOf([metric('errors', { denominator }), metric('calm', { denominator })]));
    expect(asked.filter(({ query }) => (query as typeof denominator).metricName === 'shared requests')).toHaveLength(2);
    expect(pairs[0].denominator.values).toEqual(pairs[1].denominator.values);
  });

  it('that does not depend on the scope is told', async () => {
    const everywhere = { ...metric('errors', { denominator: { metricName: 'requests' } }) };
    const fixed = fakeProvider();
    const same = { ...fixed, buildQuery: ({ query }: MetricsRequest) => (query as { metricName: string }).metricName };
    const other = await createTestService({ providers: [same], judges: createJudges({}) });
    const answer = await other.http.inject({
      method: 'POST',
      url: '/canaryConfig/validate',
      payload: configOf([everywhere]),
    });
    await other.close();
    const paths = answer.json().problems.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(['metrics[0].query', 'metrics[0].query.denominator']);
  });

  it('is refused beside ratioOf, which would name the same', async () => {
    const config = configOf([metric('errors', DENOMINATOR, { ratioOf: 'requests' }), metric('requests')]);
    const { status, message } = await refused(config);
    expect([status, message]).toEqual([400, expect.stringContaining('ratioOf is "requests"; leave it out')]);
  });

  it('whose points are further apart is not taken for one point by point', async () => {
    const { result, evidence } = await run(configOf([metric('errors', { denominator: { metricName: 'coarse' } })]));
    expect(result.classification).toBe('Nodata');
    expect(evidence.sentence).toContain('query.denominator has a point every 90.5 s');
  });

  it('without any data leaves the metric without, and says so', async () => {
    const { result, evidence } = await run(configOf([metric('errors', { denominator: { metricName: 'silent' } })]));
    expect(result.classification).toBe('Nodata');
    expect(evidence.sentence).toContain('no requests are known');
  });

  it('of one series goes with each series of the metric', async () => {
    const { pairs } = await run(configOf([metric('by pod', DENOMINATOR)]));
    expect(pairs.map(({ denominator }: { denominator: object }) => denominator)).toEqual([
      pairs[0].denominator,
      pairs[0].denominator,
    ]);
  });

  it('is not fetched for a judge that does not read it, which is said', async () => {
    const config = configOf([metric('errors', DENOMINATOR)], {}, 'NetflixACAJudge-v1.0');
    const { body, pairs } = await run(config);
    expect(body.fetchReport).toHaveLength(2);
    expect(pairs[0]).not.toHaveProperty('denominator');
    expect(body.warnings.join()).toContain('NetflixACAJudge-v1.0 does not read it');
    const again = await post('/judge', {
      canaryConfig: { ...config, judge: { name: 'HaldaneJudge-v1.0' } },
      ...{ scoreThresholds: {}, metricSetPairList: pairs },
    });
    expect(again.body.message).toContain('its config has query.denominator, but its series have no denominator');
  });
});

describe('the name of another metric', () => {
  it('that counts the requests has them shown with the metric, which is drawn as a rate', async () => {
    const { id } = await run(configOf([metric('errors', {}, { ratioOf: 'requests' }), metric('requests')]));
    const { metrics } = JSON.parse(await get(`/reports/${id}.json`));
    const [errors] = metrics.filter(({ name }: { name: string }) => name === 'errors');
    expect(errors.companions).toMatchObject([
      { companion: 'denominator', title: expect.stringContaining('the metric requests') },
    ]);
    expect(errors.companions[0].series.control).toHaveLength(60);
    expect(await get(`/reports/${id}`)).toContain('as rates: events over requests');
  });

  it.each([
    [[metric('errors', {}, { ratioOf: 'reqests' }), metric('requests')], /ratioOf is "reqests"; write .*'requests'/],
    [[metric('errors', {}, { ratioOf: 'errors' }), metric('requests')], /ratioOf is "errors"; write .*'requests'/],
    [[metric('errors', {}, { traffic: 'none' })], /traffic is "none"; .*query\.traffic asks for it directly/],
    [
      [metric('errors', {}, { ratioOf: 'requests' }), { ...metric('requests'), scopeName: 'other' }],
      /of the same scopeName, 'default'; that of 'requests' is 'other'/,
    ],
    [
      [metric('errors', {}, { ratioOf: 'requests' }), metric('requests', { accountName: 'another' })],
      /of the same store, fake; 'requests' is of fake 'another'/,
    ],
  ])('that cannot be meant is refused before anything is fetched', async (metrics, words) => {
    const { problems } = await refused(configOf(metrics));
    expect(problems.map(({ message }: { message: string }) => `ratioOf traffic ${message}`).join()).toMatch(
      new RegExp(words.source.replace(/^\w+ is/, 'It is')),
    );
  });
});

describe('a percentile with its traffic', () => {
  it('of too few requests is inconclusive, whoever asks for the traffic', async () => {
    const own = await run(configOf([metric('p99', { traffic: { metricName: 'few' } }, { percentile: 0.99 })]));
    const named = await run(configOf([metric('p99', {}, { percentile: 0.99, traffic: 'few' }), metric('few')]));
    for (const { evidence } of [own, named]) {
      expect(evidence).toMatchObject({ clause: 'tooLittleTraffic', outcome: 'Inconclusive' });
    }
    expect(own.pairs[0].traffic.values.experiment[0]).toBe(20);
  });

  it('of enough requests is judged', async () => {
    const { evidence } = await run(
      configOf([metric('p99', { traffic: { metricName: 'requests' } }, { percentile: 0.9 })]),
    );
    expect(evidence.clause).toBe('noHarm');
  });
});

describe("the control's history", () => {
  it('is asked for once a metric, up to the start of the canary, and finds spikes', async () => {
    const { result, evidence, pairs } = await run(configOf([metric('spiky')], { history: '24h' }));
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)).toMatchObject({
      side: 'control',
      scope: { start: '2025-12-31T00:00:00Z', end: '2026-01-01T00:00:00Z' },
    });
    expect(pairs[0].history.values.control).toHaveLength(1440);
    expect(result.classification).toBe('High');
    expect(evidence.decidedBy).toBe('spikes');
    expect(evidence.sentence).toMatch(/5 spikes up .* the control had 0 in 1500/);
    const without = await run(configOf([metric('spiky')]));
    expect(without.result.classification).toBe('Pass');
    expect(without.body.fetchReport).toHaveLength(2);
  });

  it('that cannot be had is told, and fails nothing', async () => {
    const { id, body, evidence } = await run(configOf([metric('no history')], { history: '24h' }));
    expect(body.status).toBe('succeeded');
    expect(evidence.notes.join()).toContain('not against its history: nothing is kept so long.');
    expect(body.stageStatus.fetchControl0History).toBe('terminal');
    expect(await get(`/reports/${id}`)).toContain('Not used: nothing is kept so long');
  });

  it('that is too short is told', async () => {
    const { evidence } = await run(configOf([metric('spiky')], { history: '1h' }));
    expect(evidence.notes.join()).toContain('it is 60 points long');
  });

  it('is not held against arms of unequal traffic', async () => {
    const traffic = { metricName: 'requests' };
    const { evidence } = await run(configOf([metric('spiky', { traffic })], { history: '24h' }));
    expect(evidence.notes.join()).toContain('the arms have unequal traffic');
  });

  it('is not asked for of a rate, which has no spikes', async () => {
    const { body } = await run(configOf([metric('errors', DENOMINATOR)], { history: '24h' }));
    expect(body.fetchReport).toHaveLength(4);
  });
});
