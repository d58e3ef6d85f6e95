import { afterEach, describe, expect, it, vi } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { judgementOf } from '../../../src/engine/analyses/judgement.ts';
import { fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

const opened: TestService[] = [];
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

const NOON = Date.parse('2020-01-10T12:00:00Z');
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString().replace('.000Z', 'Z');

/** A store that remembers what it was asked; latency 100, and 150 in version v2. */
async function open(level: (request: MetricsRequest) => number = ({ scope }) => (scope.scope === 'v2' ? 150 : 100)) {
  const asked: string[] = [];
  const provider = fakeProvider((request) => {
    const { scope, side } = request;
    asked.push(`${side} ${scope.scope} ${scope.start} ${scope.end}`);
    const wave = Array.from({ length: 60 }, (_, t) => level(request) * (1 + 0.02 * Math.sin(7 * t ** 2)));
    return [seriesOf(request, wave)];
  });
  const service = await createTestService({ providers: [provider], judges: createJudges({}) });
  opened.push(service);
  return { service, asked };
}

interface Asked {
  readonly baseline?: object;
  readonly control?: object;
  /** minutes from noon */
  readonly start?: number;
  readonly scope?: string;
  readonly judge?: string;
  readonly more?: object;
}

function bodyOf({ baseline, control, start = 0, scope = 'v2', judge = 'HaldaneJudge-v1.0', more = {} }: Asked) {
  const experimentScope = { scope, start: at(start), end: at(start + 60), step: 60 };
  const pair = { experimentScope, ...(control === undefined ? {} : { controlScope: control }) };
  const request = { scopes: { default: pair }, thresholds: { pass: 95, marginal: 75 }, ...(baseline && { baseline }) };
  return { canaryConfig: configOf(1, { judge: { name: judge } }), executionRequest: { ...request, ...more } };
}

const post = (service: TestService, asked: Asked) =>
  service.http.inject({ method: 'POST', url: '/canary?wait=10s&application=shop', payload: bodyOf(asked) });

describe('the same minutes some time before', () => {
  const baseline = { kind: 'earlier', offsets: ['72h', '24h', '48h'] };

  it('are fetched, judged together, stored with the run and told in every form of its report', async () => {
    const { service, asked } = await open();
    const run = (await post(service, { baseline, control: { scope: 'v1' } })).json();
    expect(run.status).toBe('succeeded');
    expect(asked.toSorted()).toEqual([
      `control v1 2020-01-07T12:00:00Z 2020-01-07T13:00:00Z`,
      `control v1 2020-01-08T12:00:00Z 2020-01-08T13:00:00Z`,
      `control v1 2020-01-09T12:00:00Z 2020-01-09T13:00:00Z`,
      `experiment v2 2020-01-10T12:00:00Z 2020-01-10T13:00:00Z`,
    ]);
    const stored = run.canaryExecutionRequest;
    expect(stored.scopes.default.controlScope).toMatchObject({ scope: 'v1', start: '2020-01-09T12:00:00Z', step: 60 });
    expect(stored.baseline.windows.map(({ name }: { name: string }) => name)).toEqual([
      '1 day earlier',
      '2 days earlier',
      '3 days earlier',
    ]);
    expect(run.result.judgeResult.results[0]).toMatchObject({ classification: 'High' });
    expect(run.stageStatus).toMatchObject({ fetchControl0Earlier1: 'succeeded', fetchControl0Earlier2: 'succeeded' });
    expect(run.warnings).toBeUndefined();
    const pairs = (await service.http.inject(`/metricSetPairList/${run.metricSetPairListId}`)).json();
    expect(pairs[0].earlier).toHaveLength(2);
    for (const form of ['.md', '.junit.xml', '.html', '']) {
      const { body } = await service.http.inject(`/reports/${run.pipelineId}${form}`);
      expect([form, body.includes('3 days earlier, 2020-01-07 12:00–13:00 UTC')]).toEqual([form, true]);
    }
  });

  it('are of the canary itself where no control scope names another', async () => {
    const { service, asked } = await open();
    const run = (await post(service, { baseline: { kind: 'earlier', offsets: ['168h'] } })).json();
    expect(asked.toSorted()[0]).toBe('control v2 2020-01-03T12:00:00Z 2020-01-03T13:00:00Z');
    expect(run.result.judgeResult.score.classification).toBe('Pass');
    expect(run.warnings).toEqual([expect.stringContaining('One window of the past')]);
  });

  it('without data are no pass', async () => {
    const { service } = await open(({ side }) => (side === 'control' ? Number.NaN : 100));
    const run = (await post(service, { baseline })).json();
    expect(run.result.judgeResult.score.classification).toBe('Fail');
    expect(run.result.judgeResult.results[0].classification).toBe('Nodata');
  });

  it('are the newest alone for a judge that compares with one, which is said', async () => {
    const { service, asked } = await open();
    const run = (await post(service, { baseline, judge: 'NetflixACAJudge-v1.0' })).json();
    expect(asked).toHaveLength(2);
    expect(run.warnings).toEqual([
      expect.stringMatching(/NetflixACAJudge-v1.0 compares with one window, the newest of 3/),
    ]);
  });

  it('are repeated by a run that is started again', async () => {
    const { service, asked } = await open();
    const { pipelineId } = (await post(service, { baseline, control: { scope: 'v1' } })).json();
    asked.length = 0;
    const again = await service.http.inject({ method: 'POST', url: `/reports/${pipelineId}/rerun` });
    expect(again.statusCode).toBe(303);
  });

  it.each([
    ['no offsets', { kind: 'earlier' }, 'baseline.offsets is missing; say how long before, such as ["24h"]'],
    ['an offset twice', { kind: 'earlier', offsets: ['24h', 1440] }, 'baseline.offsets has 1 day twice'],
    [
      'one that overlaps',
      { kind: 'earlier', offsets: ['30m'] },
      '30 minutes is shorter than the window of scopes.default, 1 hour',
    ],
    ['a word', { kind: 'yesterday', offsets: ['24h'] }, 'must be one of earlier, goodReleases, sameAge'],
    [
      'fields of another kind',
      { kind: 'earlier', offsets: ['24h'], releases: 2 },
      "baseline.releases belongs to the kind 'goodReleases'",
    ],
    ['no releases', { kind: 'goodReleases' }, 'baseline.releases is missing'],
    ['no deployment', { kind: 'sameAge' }, 'baseline.controlSince is missing'],
  ])('are refused with %s', async (_, asked, message) => {
    const { service } = await open();
    const answer = await post(service, { baseline: asked });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain(message);
  });

  it('are refused beside a control scope that says a third time', async () => {
    const { service } = await open();
    const answer = await post(service, { baseline, control: { scope: 'v1', start: at(-90), end: at(-30) } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain('scopes.default.controlScope.start is 2020-01-10T10:30:00Z');
  });

  it('are told before a run, with what would be asked', async () => {
    const { service } = await open();
    const body = bodyOf({ baseline: { kind: 'earlier', offsets: ['90m', '24h'] } });
    const checked = await service.http.inject({ method: 'POST', url: '/canaryConfig/validate', payload: body });
    const rules = checked.json().problems.map(({ rule }: { rule: string }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['history-other-hour', 'history-few-windows']));
    const shown = await service.http.inject({ method: 'POST', url: '/canaryConfig/queries', payload: body });
    expect(shown.json()[0]).toMatchObject({ control: 'metric_0', experiment: 'metric_0 of the experiment' });
  });
});

describe('earlier releases that passed', () => {
  const baseline = { kind: 'goodReleases', releases: 2 };

  it('are compared with at the same age, the newest first, and named', async () => {
    const { service, asked } = await open(() => 100);
    for (const start of [-6000, -4000, -2000]) {
      const run = (
        await post(service, { start, scope: 'v1', control: { scope: 'v1', start: at(start), end: at(start + 60) } })
      ).json();
      expect(run.result.judgeResult.score.classification).toBe('Pass');
    }
    asked.length = 0;
    const run = (await post(service, { baseline })).json();
    expect(asked.filter((one) => one.startsWith('control')).toSorted()).toEqual([
      `control v1 ${at(-4000)} ${at(-3940)}`,
      `control v1 ${at(-2000)} ${at(-1940)}`,
    ]);
    const { windows, missing } = run.canaryExecutionRequest.baseline;
    expect(windows).toHaveLength(2);
    expect(windows[0].runId).toEqual(expect.any(String));
    expect(missing).toBeUndefined();
  });

  it('are not those that failed a later judgement, nor fewer without a word', async () => {
    const { service } = await open(({ scope }) => (scope.scope === 'bad' ? 200 : 100));
    const control = (start: number) => ({ scope: 'v1', start: at(start), end: at(start + 60), step: 60 });
    await post(service, { start: -6000, scope: 'v1', control: control(-6000) });
    await post(service, { start: -4000, scope: 'bad', control: control(-4000) });
    const run = (await post(service, { baseline })).json();
    const { windows, missing } = run.canaryExecutionRequest.baseline;
    expect(windows.map(({ scopes }: { scopes: { default: object } }) => scopes.default)).toMatchObject([
      { start: at(-6000) },
    ]);
    expect(missing).toEqual(['1 of 2 earlier releases that passed were found; of the others 1 did not pass.']);
    expect(run.warnings).toEqual(expect.arrayContaining([expect.stringContaining(missing[0])]));
  });

  it('are one release where windows of one place touch: the newest decides', async () => {
    const levels: Record<string, number> = { [at(-6000)]: 100, [at(-5960)]: 200 };
    const { service } = await open(({ scope, side }) =>
      side === 'control' ? 100 : (levels[scope.start ?? ''] ?? 100),
    );
    for (const start of [-6000, -5960])
      await post(service, { start, control: { scope: 'v1', start: at(start), end: at(start + 60) } });
    const answer = await post(service, { baseline });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toMatch(
      /no earlier release of this config in the application 'shop' can be used; of the others 1 did not pass\. Judge this one/,
    );
  });

  it('that there are none of is refused with what to do', async () => {
    const { service } = await open();
    const answer = await post(service, { baseline });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain('with baseline.kind "earlier"; the next one has it.');
  });
});

describe('a baseline at the same age', () => {
  it('is asked for so many minutes after its own deployment', async () => {
    const { service, asked } = await open();
    const baseline = { kind: 'sameAge', controlSince: at(-5000), experimentSince: at(-15) };
    const run = (await post(service, { baseline, control: { scope: 'v1' } })).json();
    expect(asked.toSorted()[0]).toBe(`control v1 ${at(-4985)} ${at(-4925)}`);
    expect(run.result.judgeResult.score.classification).toBe('Fail');
  });

  it('is refused where the canary would be judged before it was deployed', async () => {
    const { service } = await open();
    const answer = await post(service, {
      baseline: { kind: 'sameAge', controlSince: at(-5000), experimentSince: at(5) },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain('judged before it was deployed');
  });
});

describe('arms that differ', () => {
  it('in their time are told of, where nobody says that it is meant', async () => {
    const { service } = await open();
    const run = (await post(service, { control: { scope: 'v1', start: at(-120), end: at(-60), step: 60 } })).json();
    expect(run.warnings).toEqual([expect.stringContaining('the arms were measured at different times')]);
  });

  it('in their traffic are told of with the share, the expected one and p', async () => {
    const provider = fakeProvider((request) => {
      const isTraffic = request.metric.name?.includes('traffic');
      const size = !isTraffic ? 100 : request.side === 'control' ? 700 : 300;
      return [
        seriesOf(
          request,
          Array.from({ length: 60 }, (_, t) => size * (1 + 0.02 * Math.sin(7 * t ** 2))),
        ),
      ];
    });
    const service = await createTestService({ providers: [provider], judges: createJudges({}) });
    opened.push(service);
    const control = { scope: 'v1', start: at(0), end: at(60), step: 60 };
    const body = bodyOf({ control, more: { trafficPercent: 50 } });
    const [metric] = body.canaryConfig.metrics ?? [];
    const query = { type: 'fake', serviceType: 'fake', metricName: 'm', traffic: { metricName: 'requests' } };
    const canaryConfig = { ...body.canaryConfig, metrics: [{ ...metric, query }] };
    const url = '/canary?wait=10s&application=shop';
    const run = (await service.http.inject({ method: 'POST', url, payload: { ...body, canaryConfig } })).json();
    expect(run.result.judgeResult.sampleRatio).toMatchObject({ mismatch: true, expectedShare: 0.5, metric: 'm0' });
    expect(run.result.judgeResult.sampleRatio.seenShare).toBeCloseTo(0.3, 10);
    const said = 'The canary got 30 % of the requests instead of 50 % (p ';
    for (const form of ['.md', '.junit.xml', '.html', '', '.json']) {
      const { body: text } = await service.http.inject(`/reports/${run.pipelineId}${form}`);
      expect([form, text.replaceAll('&lt;', '<').includes(said)]).toEqual([form, true]);
    }
  });
});

describe('a standalone analysis', () => {
  const scopes = [
    { scopeName: 'default', controlScope: 'v1', experimentScope: 'v2', startTimeIso: at(0), endTimeIso: at(60) },
  ];
  const analyse = (service: TestService, baseline: object, more: object = {}) => {
    const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 }, baseline, ...more };
    const payload = { canaryConfig: configOf(1, { judge: { name: 'HaldaneJudge-v1.0' } }), executionRequest };
    return service.http.inject({
      method: 'POST',
      url: '/standalone_canary_analysis?application=shop&user=jo',
      payload,
    });
  };

  it('has history as the baseline of each of its judgements, and its report says which', async () => {
    const { service } = await open();
    const started = await analyse(
      service,
      { kind: 'earlier', offsets: ['24h', '48h', '72h'] },
      { analysisIntervalMins: 30 },
    );
    const id = started.json().canaryAnalysisExecutionId;
    const ended = await vi.waitUntil(
      async () => {
        const found = (await service.http.inject(`/standalone_canary_analysis/${id}`)).json();
        return found.complete ? found : undefined;
      },
      { timeout: 20_000, interval: 20 },
    );
    const [first] = ended.canaryAnalysisExecutionResult.canaryExecutionResults;
    const run = (await service.http.inject(`/canary/${first.executionId}`)).json();
    expect(
      run.canaryExecutionRequest.baseline.windows.map(({ scopes: of }: { scopes: { default: object } }) => of.default),
    ).toMatchObject([
      { scope: 'v1', start: at(-1440), end: at(-1410) },
      { scope: 'v1', start: at(-2880), end: at(-2850) },
      { scope: 'v1', start: at(-4320), end: at(-4290) },
    ]);
    const report = await service.http.inject(`/reports/${id}.md`);
    expect(report.body).toContain('the same minutes 1 d, 2 d, 3 d earlier');
  });

  it('is refused at its start where no earlier release can be compared with', async () => {
    const { service } = await open();
    const answer = await analyse(service, { kind: 'goodReleases', releases: 1 });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain('baseline.releases: no earlier release');
  });

  it('holds the traffic of a ramp against the share of its step', () => {
    const request = { scopes: [], beginAfterMins: 0, lookbackMins: 0, ramp: {} };
    const step = { share: 25, announcedMillis: NOON } as never;
    const stage = { type: 'runCanary', name: 'Run Canary #1', status: 'not_started', step } as const;
    const analysis = {
      ...{ application: 'shop', config: {}, storageAccountName: '', metricsAccountName: '' },
      request,
    };
    expect(judgementOf(analysis, stage).request.trafficPercent).toBe(25);
  });
});

describe('a backtest', () => {
  it('refuses history, which it would not read', async () => {
    const { service } = await open();
    const { canaryConfig, executionRequest } = bodyOf({
      baseline: { kind: 'earlier', offsets: ['24h'] },
      control: { scope: 'v1', start: at(0), end: at(60) },
    });
    const payload = { canaryConfig, executionRequest, backtest: { windowMinutes: 10 } };
    const answer = await service.http.inject({ method: 'POST', url: '/canaryConfig/backtest', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toContain('executionRequest.baseline: a backtest judges windows beside each other');
  });
});
