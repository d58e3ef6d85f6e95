import { afterEach, describe, expect, it } from 'vitest';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import type { MetricsProvider } from '../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { createGate, type Gate } from '../support/gate.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { wireClient } from '../support/http/wire-client.ts';
import { ENDED, fieldsOf, fieldsWith, STARTED, stagesOf, untilComplete } from '../support/run-status.ts';

const opened: TestService[] = [];
const open = async (options: Parameters<typeof createTestService>[0] = {}) => {
  const service = await createTestService(options);
  opened.push(service);
  return wireClient(service);
};
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

const adhoc = { canaryConfig: configOf(2), executionRequest: requestOf() };
const waiting = (gate: Gate): MetricsProvider =>
  fakeProvider(async (request, signal) => {
    await gate.pass(signal);
    return [seriesOf(request, [1, 2, 3])];
  });
const waitingJudge = (gate: Gate): CanaryJudge => ({
  ...fakeJudge,
  async judge(request, signal) {
    await gate.pass(signal);
    return fakeJudge.judge(request, signal);
  },
});
const failing = (metricName: string, side: string, error: () => Error): MetricsProvider =>
  fakeProvider((request) => {
    if (request.metric.name === metricName && request.side === side) throw error();
    return [seriesOf(request, [1])];
  });

describe('RUN-10, RES-1: what a run says over its life', () => {
  it('has each field from the moment on that Kayenta has it', async () => {
    const [fetching, judging] = [createGate(), createGate()];
    const { get, post } = await open({ providers: [waiting(fetching)], judges: [waitingJudge(judging)] });
    await post('/admin/orca/instance/enabled', { enabled: false });
    const id = (await post('/canary?parentPipelineExecutionId=01ORCA', adhoc)).body.canaryExecutionId;
    const parent = ['parentPipelineExecutionId'];
    const read = async () => (await get(`/canary/${id}`)).body;

    const accepted = await read();
    expect(accepted).toMatchObject({ status: 'not_started', complete: false, parentPipelineExecutionId: '01ORCA' });
    expect(accepted.stageStatus).toEqual(stagesOf('not_started'));
    expect(fieldsOf(accepted)).toEqual(fieldsWith(parent));

    await post('/admin/orca/instance/enabled', { enabled: true });
    await fetching.reached;
    const fetchingNow = await read();
    expect(fetchingNow).toMatchObject({ status: 'running', complete: false });
    expect(fetchingNow.stageStatus).toMatchObject({
      setupContext: 'succeeded',
      fetchControl0: 'running',
      fetchExperiment0: 'running',
      mixMetrics: 'not_started',
      judge: 'not_started',
    });
    expect(fieldsOf(fetchingNow)).toEqual(fieldsWith(parent, STARTED));

    fetching.open();
    await judging.reached;
    const mixed = await read();
    expect(mixed).toMatchObject({ status: 'running', complete: false });
    expect(mixed.stageStatus).toEqual(stagesOf('succeeded', { judge: 'running' }));
    expect(fieldsOf(mixed)).toEqual(fieldsWith(parent, STARTED, ['metricSetPairListId']));
    const pairs = (await get(`/metricSetPairList/${mixed.metricSetPairListId}`)).text;

    judging.open();
    const done = await untilComplete(read);
    expect(done).toMatchObject({ status: 'succeeded', complete: true });
    expect(done.stageStatus).toEqual(stagesOf('succeeded'));
    expect(fieldsOf(done)).toEqual(fieldsWith(parent, STARTED, ENDED, ['metricSetPairListId', 'result']));
    expect(done.result.judgeResult.results.map(({ id }: { id: string }) => id)).toEqual(
      JSON.parse(pairs).map(({ id }: { id: string }) => id),
    );
  });

  it('has the account of the config only when the config is a stored one', async () => {
    const { get, post } = await open();
    const { canaryConfigId } = (await post('/canaryConfig', configOf(2))).body;
    const { pipelineId } = (await post(`/canary/${canaryConfigId}?wait=9s`, requestOf())).body;
    const status = (await get(`/canary/${pipelineId}`)).body;
    expect(fieldsOf(status)).toEqual(
      fieldsWith(STARTED, ENDED, ['metricSetPairListId', 'result', 'configurationAccountName']),
    );
    expect(status).toMatchObject({ canaryConfigId, configurationAccountName: 'haldane' });
  });

  it('fills lists and maps of the config that were left out, and leaves variables as they were', async () => {
    const { run } = await open();
    const query = { type: 'fake', metricName: 'x', customInlineTemplate: 'a="${scope}"' };
    const canaryConfig = {
      metrics: [{ name: 'm', query, scopeName: 'default' }],
      classifier: {},
    };
    expect((await run({ ...adhoc, canaryConfig })).config).toEqual({
      applications: [],
      templates: {},
      classifier: {},
      metrics: [
        {
          name: 'm',
          query: { ...query, serviceType: 'fake' },
          scopeName: 'default',
          groups: [],
          analysisConfigurations: {},
        },
      ],
    });
  });

  it('gives the request back as it came, with the parts only others read', async () => {
    const { run } = await open();
    const executionRequest = {
      ...requestOf(),
      scopes: { ...requestOf().scopes, spare: { controlScope: { scope: 'a', location: '' } } },
      metadata: [{ name: 'n', value: 'v', hidden: true }],
      siteLocal: { applicationMetadata: { a: [1, { b: 'c' }] } },
    };
    expect((await run({ ...adhoc, executionRequest })).canaryExecutionRequest).toEqual(executionRequest);
  });
});

describe('OBJ-2: the pairs of a run', () => {
  it('are written before judging and stay as they are', async () => {
    const judging = createGate();
    const { get, post, send } = await open({ judges: [waitingJudge(judging)] });
    const { canaryExecutionId: id } = (await post('/canary', adhoc)).body;
    await judging.reached;
    const { metricSetPairListId } = (await get(`/canary/${id}`)).body;
    const before = (await get(`/metricSetPairList/${metricSetPairListId}`)).text;
    judging.open();
    await untilComplete(async () => (await get(`/canary/${id}`)).body);
    await post('/metricSetPairList', []);
    expect((await send('PUT', `/metricSetPairList/${metricSetPairListId}`, { body: [] })).status).toBe(405);
    expect((await get(`/metricSetPairList/${metricSetPairListId}`)).text).toBe(before);
  });

  it('are there although the judge failed', async () => {
    const { get, run } = await open({ judges: [brokenJudge] });
    const status = await run(adhoc);
    expect(status.stageStatus).toEqual(stagesOf('succeeded', { judge: 'terminal' }));
    expect(fieldsOf(status)).toEqual(fieldsWith(STARTED, ENDED, ['exception', 'metricSetPairListId']));
    expect((await get(`/metricSetPairList/${status.metricSetPairListId}`)).body).toHaveLength(2);
  });
});

const brokenJudge: CanaryJudge = {
  ...fakeJudge,
  judge() {
    throw new CanaryError('JUDGEMENT_FAILED', 'no verdict today');
  },
};

describe('EXC-1, EXC-2: a run that failed', () => {
  it('says why in an object, and has no result', async () => {
    const refused = () => new CanaryError('METRICS_QUERY_REJECTED', "account 'fake-metrics', metric 'm1': parse error");
    const { run } = await open({ providers: [failing('m1', 'control', refused)] });
    const status = await run(adhoc);
    expect(fieldsOf(status)).toEqual(fieldsWith(STARTED, ENDED, ['exception']));
    expect(status).toMatchObject({ status: 'terminal', complete: true });
    expect(status.stageStatus).toMatchObject({
      fetchControl1: 'terminal',
      mixMetrics: 'not_started',
      judge: 'not_started',
    });
    expect(status.exception).toEqual({
      timestamp: expect.any(Number),
      exceptionType: 'METRICS_QUERY_REJECTED',
      operation: 'fakeFetch',
      details: {
        error: 'Unexpected Task Failure',
        errors: ["account 'fake-metrics', metric 'm1': parse error"],
        stackTrace: expect.any(String),
      },
      shouldRetry: false,
    });
  });

  it.each([
    ['503', 'METRICS_STORE_UNAVAILABLE', 10],
    ['400', 'METRICS_QUERY_REJECTED', 1],
  ] as const)('is tried as often as helps: a %s', async (_, code, times) => {
    let tries = 0;
    const fail = () => {
      tries++;
      return new CanaryError(code, 'no answer');
    };
    const { run } = await open({ providers: [failing('m0', 'experiment', fail)], attempts: 10 });
    expect((await run(adhoc)).exception.exceptionType).toBe(code);
    expect(tries).toBe(times);
  });
});

describe('EXC-3: the operation that failed', () => {
  it('is the fetch of the type, and of failures on both sides that of control', async () => {
    const both = fakeProvider(({ side }) => {
      throw new CanaryError('METRICS_QUERY_REJECTED', `${side} failed`);
    });
    const { run } = await open({ providers: [both] });
    const { exception, stageStatus } = await run(adhoc);
    expect(exception).toMatchObject({ operation: 'fakeFetch', details: { errors: ['control failed'] } });
    expect(stageStatus.fetchControl0).toBe('terminal');
  });

  it('is the mixer when series cannot be paired', async () => {
    const nameless = fakeProvider((request) => [{ ...seriesOf(request, [1]), name: 'something else' }]);
    const { run } = await open({ providers: [nameless] });
    expect((await run(adhoc)).exception).toMatchObject({
      operation: 'metricSetMixer',
      details: {
        errors: ['No control metrics found for m0 and the metric service did not create a placeholder.'],
      },
    });
  });

  it('is the judge when it does not judge', async () => {
    const { run } = await open({ judges: [brokenJudge] });
    expect((await run(adhoc)).exception).toMatchObject({
      operation: 'canaryJudge',
      details: { errors: ['no verdict today'] },
    });
  });

  it('is the setup when the account is gone before the run begins', async () => {
    const { get, post, send } = await open();
    await post('/admin/orca/instance/enabled', { enabled: false });
    const { canaryExecutionId: id } = (await post('/canary', adhoc)).body;
    await send('DELETE', '/credentials/fake-metrics');
    await post('/admin/orca/instance/enabled', { enabled: true });
    const { exception, stageStatus } = await untilComplete(async () => (await get(`/canary/${id}`)).body);
    expect(exception).toMatchObject({ operation: 'setupCanary' });
    expect(stageStatus).toEqual(stagesOf('not_started', { setupContext: 'terminal' }));
  });
});

describe('EXC-4: a run that was canceled', () => {
  it('has neither exception nor result, and the times it had', async () => {
    const fetching = createGate();
    const { get, post, send } = await open({ providers: [waiting(fetching)] });
    const { canaryExecutionId: id } = (await post('/canary', adhoc)).body;
    await fetching.reached;
    expect((await send('PUT', `/pipelines/${id}/cancel`)).status).toBe(202);
    const status = (await get(`/canary/${id}`)).body;
    expect(status).toMatchObject({ status: 'canceled', complete: true });
    expect(fieldsOf(status)).toEqual(fieldsWith(STARTED, ENDED));
  });

  it('before it began never started nor ended', async () => {
    const { get, post, send } = await open();
    await post('/admin/orca/instance/enabled', { enabled: false });
    const { canaryExecutionId: id } = (await post('/canary', adhoc)).body;
    await send('PUT', `/pipelines/${id}/cancel`);
    await post('/admin/orca/instance/enabled', { enabled: true });
    const status = (await get(`/canary/${id}`)).body;
    expect(status).toMatchObject({ status: 'canceled', stageStatus: stagesOf('not_started') });
    expect(fieldsOf(status)).toEqual(fieldsWith());
  });
});

describe('RUN-11: a complete run', () => {
  it('has no stage that is still running', async () => {
    const fetching = createGate();
    const provider = fakeProvider(async (request, signal) => {
      if (request.side === 'experiment') await fetching.pass(signal);
      if (request.metric.name === 'm1') throw new CanaryError('METRICS_QUERY_REJECTED', 'no');
      return [seriesOf(request, [1])];
    });
    const { run } = await open({ providers: [provider] });
    const { status, stageStatus } = await run(adhoc);
    expect(status).toBe('terminal');
    expect(Object.values(stageStatus)).not.toContain('running');
  });
});
