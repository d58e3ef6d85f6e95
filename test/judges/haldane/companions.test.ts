import { describe, expect, it } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import { createJudges } from '../../../judges/index.ts';
import type { JudgeRequest } from '../../../src/domain/canary-judge.ts';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { renderPreview } from '../../../src/web/configs/preview.ts';
import { ANSWERS, companionService, configOf, DENOMINATOR, MINUTE, metric } from '../../support/companion-service.ts';
import { fakeProvider } from '../../support/fake-provider.ts';
import { requestOf } from '../../support/http/requests.ts';
import { createTestService } from '../../support/http/test-service.ts';

const { asked, get, post, run, refused } = companionService();

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

  it.each([
    ['share', 1],
    ['percent', 100],
  ])(
    'may give its errors as a %s of the requests: the same verdict, and statistics of what it gives',
    async (valuesAre, inOne) => {
      const counted = await run(configOf([metric('errors', DENOMINATOR)]));
      const { result, evidence } = await run(configOf([metric(valuesAre, DENOMINATOR, { valuesAre })]));
      expect(evidence.ratioEstimate).toBeCloseTo(counted.evidence.ratioEstimate, 9);
      expect(evidence.pValue).toBeCloseTo(counted.evidence.pValue, 12);
      expect(result.controlMetadata.stats.mean / inOne).toBeCloseTo(0.0107, 3);
      expect(result.resultMetadata.ratio).toBeCloseTo(2, 1);
      const floor = await run(configOf([metric(valuesAre, DENOMINATOR, { valuesAre, absoluteFloor: 0.02 * inOne })]));
      expect(floor.evidence.clause).toBe('belowFloor');
    },
  );

  it('is drawn as it is where it gives shares, and as a rate where it counts', async () => {
    const drawnOf = async (name: string, canary: object) => {
      const { id } = await run(configOf([metric(name, DENOMINATOR, canary)]));
      return get(`/reports/${id}`);
    };
    expect(await drawnOf('errors', {})).toContain('as rates: events over requests');
    const percent = await drawnOf('percent', { valuesAre: 'percent' });
    expect(percent).not.toContain('as rates');
    expect(percent).not.toContain('Statistics of the events');
  });

  it('is no share when a value is above any: the run says what to write', async () => {
    const config = configOf([metric('percent', DENOMINATOR, { valuesAre: 'share' })]);
    const { body } = await post('/canary?wait=10s', { canaryConfig: config, executionRequest: requestOf() });
    expect(body.status).toBe('terminal');
    expect(JSON.stringify(body.exception)).toMatch(
      /Metric 'percent': .*canary.valuesAre is ..share.., but a value is [\d.]+; write ..percent.., or leave it out/,
    );
  });

  it('is no share of nothing: a metric that says so names its requests', async () => {
    const { status, problems } = await refused(configOf([metric('percent', {}, { valuesAre: 'percent' })]));
    expect(status).toBe(400);
    expect(problems).toContainEqual({
      rule: 'judge-setting',
      path: 'metrics[0].analysisConfigurations.canary.valuesAre',
      message: expect.stringMatching(
        /is "percent"; ask for the requests in query.denominator, .*ratioOf, or leave it out/,
      ),
      prevents: 'running',
    });
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
    const series = { canaryConfig: config, executionRequest: requestOf() };
    const { body: drawn } = await post('/canaryConfig/series?metric=0', series);
    expect(drawn[0].denominator.values.control).toHaveLength(60);
    const page = renderPreview({ config, queries, drawn: { index: 0, pairs: drawn } }, { form: 'f' });
    expect(page).toContain('Denominator: what these are events of');
    expect(page).toContain('>requests of the experiment</pre>');
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
    const report = await get(`/reports/${id}`);
    expect(report).toContain('Denominator: what these are events of');
    expect(report).toContain('class="beside"');
  });

  it.each([
    [{ type: 'prometheus', metricName: 'requests' }, 'query.denominator.type', /'prometheus'.*of one store/],
    [{ accountName: 'other', metricName: 'requests' }, 'query.denominator.accountName', /'other'.*of one store/],
    [{ metricName: [] }, 'query.denominator.metricName', /a text/],
    [{}, 'query.denominator.metricName', /a text/],
  ])('must be of the same store and of its kind: %j', async (denominator, field, words) => {
    const { status, message, problems } = await refused(configOf([metric('errors', { denominator })]));
    expect(status).toBe(400);
    expect(message).toContain(field);
    expect(message).toMatch(words);
    expect(problems).toContainEqual({
      rule: 'companion-invalid',
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

describe('the remote judge of another Haldane', () => {
  it('is given the companions and the look that the judge it names reads', async () => {
    const looks: unknown[] = [];
    const spy = {
      ...haldane,
      judge: (request: JudgeRequest, signal: AbortSignal) => {
        looks.push(request.look);
        return haldane.judge(request, signal);
      },
    };
    const remote = await createTestService({ judges: [spy] });
    const baseUrl = await remote.http.listen({ port: 0, host: '127.0.0.1' });
    const provider = fakeProvider(
      (request) => ANSWERS[(request.query as { metricName: string }).metricName]?.(request) ?? [],
    );
    const near = await createTestService({ providers: [provider], judges: createJudges({ remoteJudge: { baseUrl } }) });
    const named = { remoteJudge: 'HaldaneJudge-v1.0' };
    const config = configOf([metric('errors', DENOMINATOR)], named, 'RemoteJudge-v1.0');
    const payload = { canaryConfig: config, executionRequest: requestOf() };
    const answer = await near.http.inject({ method: 'POST', url: '/canary?wait=10s', payload });
    const { evidence } = answer.json().result.judgeResult.results[0];
    expect(evidence.test).toContain('events over requests');
    const body = { canaryConfig: config, scoreThresholds: {}, metricSetPairList: [], look: { number: 2, of: 3 } };
    await remote.http.inject({ method: 'POST', url: '/judge', payload: body });
    expect(looks).toEqual([undefined, { number: 2, of: 3 }]);
    await near.close();
    await remote.close();
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
      [
        metric('errors', { accountName: 'fake-metrics' }, { ratioOf: 'requests' }),
        metric('requests', { accountName: 'another' }),
      ],
      /of the same store, fake 'fake-metrics'; 'requests' is of fake 'another'/,
    ],
  ])('that cannot be meant is refused before anything is fetched', async (metrics, words) => {
    const { problems } = await refused(configOf(metrics));
    expect(problems.map(({ message }: { message: string }) => `ratioOf traffic ${message}`).join()).toMatch(
      new RegExp(words.source.replace(/^\w+ is/, 'It is')),
    );
  });
});
