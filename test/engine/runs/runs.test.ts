import { afterEach, describe, expect, it } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { fakeJudge } from '../../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const opened: TestService[] = [];
const open = async (options?: Parameters<typeof createTestService>[0]) => {
  const service = await createTestService(options);
  opened.push(service);
  return service;
};
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

const START = { canaryConfigId: 'ad-hoc', application: 'shop' };
const start = (service: TestService, metrics = 1) =>
  service.runs.start({ ...START, config: configOf(metrics), request: requestOf() });
const untilEnded = async (service: TestService, id: string) => {
  expect(await service.runs.waitFor(id, 5000)).toBe(true);
  return service.runs.get(id);
};

describe('a run', () => {
  it('is stored before its id is answered, and can be read at once', async () => {
    const service = await open({ providers: [fakeProvider(() => new Promise(() => {}))] });
    const run = await service.runs.get(await start(service));
    expect(['not_started', 'running']).toContain(run.status);
    expect(Object.keys(run.stageStatus)).toEqual([
      'setupContext',
      'fetchControl0',
      'fetchExperiment0',
      'mixMetrics',
      'judge',
    ]);
  });

  it('builds each query once when it is started, and once more when it is worked on', async () => {
    const provider = fakeProvider();
    const built: string[] = [];
    const counting = {
      ...provider,
      buildQuery: (request: Parameters<typeof provider.buildQuery>[0]) => {
        built.push(request.side);
        return provider.buildQuery(request);
      },
    };
    const service = await open({ providers: [counting] });
    service.runs.setEnabled(false);
    const id = await start(service, 3);
    expect(built).toHaveLength(6);
    service.runs.setEnabled(true);
    expect((await untilEnded(service, id)).status).toBe('succeeded');
    expect(built).toHaveLength(12);
  });

  it('that takes long to check lets others have their turns before it is stored', async () => {
    const provider = fakeProvider();
    const slow = {
      ...provider,
      buildQuery: (request: Parameters<typeof provider.buildQuery>[0]) => {
        for (const begun = performance.now(); performance.now() < begun + 3; );
        return provider.buildQuery(request);
      },
    };
    const service = await open({ providers: [slow] });
    service.runs.setEnabled(false);
    let turns = 0;
    const others = setInterval(() => turns++, 0);
    await start(service, 3);
    clearInterval(others);
    expect(turns).toBeGreaterThan(0);
  });

  it('ends succeeded with its result, all stages succeeded and its series stored', async () => {
    const service = await open();
    const run = await untilEnded(service, await start(service, 3));
    expect(run.status).toBe('succeeded');
    expect(new Set(Object.values(run.stageStatus))).toEqual(new Set(['succeeded']));
    expect(run.result?.canaryDuration).toBe('PT1H');
    const pairs = await service.store.metricSetPairLists.get(run.metricSetPairListId ?? '');
    expect(pairs?.map(({ id }) => id)).toEqual(run.result?.judgeResult.results.map(({ id }) => id));
  });

  it('ends terminal when one query fails for good, saying which and why', async () => {
    const refuse = fakeProvider((request) => {
      if (request.metric.name !== 'm1') return [seriesOf(request, [1])];
      throw new CanaryError('METRICS_QUERY_REJECTED', "account 'fake-metrics', metric 'm1': parse error");
    });
    const service = await open({ providers: [refuse] });
    const run = await untilEnded(service, await start(service, 2));
    expect(run.status).toBe('terminal');
    expect(run.exception).toMatchObject({
      operation: 'fakeFetch',
      exceptionType: 'METRICS_QUERY_REJECTED',
      details: { errors: ["account 'fake-metrics', metric 'm1': parse error"] },
    });
    expect(run.stageStatus).toMatchObject({
      fetchControl1: 'terminal',
      mixMetrics: 'not_started',
      judge: 'not_started',
    });
    expect(run.result).toBeUndefined();
  });

  it('tries a query again when the store is away for a moment', async () => {
    let calls = 0;
    const flaky = fakeProvider((request) => {
      calls++;
      if (calls < 3) throw new CanaryError('METRICS_STORE_UNAVAILABLE', 'refused');
      return [seriesOf(request, [1])];
    });
    const service = await open({ providers: [flaky] });
    expect((await untilEnded(service, await start(service))).status).toBe('succeeded');
  });

  it('ends terminal when the tries are used up', async () => {
    let calls = 0;
    const away = fakeProvider((request) => {
      if (request.side === 'experiment') return [seriesOf(request, [1])];
      calls++;
      throw new CanaryError('METRICS_STORE_UNAVAILABLE', 'refused');
    });
    const service = await open({ providers: [away], attempts: 4 });
    expect((await untilEnded(service, await start(service))).exception?.exceptionType).toBe(
      'METRICS_STORE_UNAVAILABLE',
    );
    expect(calls).toBe(4);
  });

  it('does not tell clients what a defect said', async () => {
    const broken = fakeProvider(() => {
      throw new TypeError('secret detail');
    });
    const service = await open({ providers: [broken] });
    const { exception } = await untilEnded(service, await start(service));
    expect(exception?.exceptionType).toBe('INTERNAL');
    expect(JSON.stringify(exception)).not.toContain('secret detail');
  });

  it('that takes longer than its deadline ends terminal', async () => {
    const hangs = fakeProvider(
      (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const service = await open({ providers: [hangs], deadlineMillis: 50 });
    const run = await untilEnded(service, await start(service));
    expect(run.exception?.details.errors[0]).toMatch(/took longer than/);
  });

  it('is canceled at once, keeps no result, and stays canceled', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const hangs = fakeProvider((_, signal) => {
      resolve();
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const service = await open({ providers: [hangs] });
    const id = await start(service);
    await asked;
    await service.runs.cancel(id);
    const run = await service.runs.get(id);
    expect(run).toMatchObject({
      status: 'canceled',
      stageStatus: { judge: 'not_started', fetchControl0: 'canceled' },
    });
    expect([run.exception, run.result]).toEqual([undefined, undefined]);
    await service.runs.cancel(id);
    expect((await service.runs.get(id)).status).toBe('canceled');
  });

  it('left by a process that died is taken up by the next one', async () => {
    const dataDir = temporaryDirectory();
    const hangs = fakeProvider(
      (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const first = await createTestService({ dataDir, providers: [hangs] });
    const id = await start(first);
    await first.close();
    const second = await open({ dataDir });
    expect(await second.runs.resume()).toBe(1);
    expect((await untilEnded(second, id)).status).toBe('succeeded');
  });

  it('whose series are stored is judged after a restart without asking the metrics store again', async () => {
    const dataDir = temporaryDirectory();
    const { promise: judging, resolve } = Promise.withResolvers<void>();
    const stuck = {
      ...fakeJudge,
      judge: (_: unknown, signal: AbortSignal) => {
        resolve();
        return new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const first = await createTestService({ dataDir, judges: [stuck] });
    const id = await start(first);
    await judging;
    await first.close();
    const gone = fakeProvider(() => {
      throw new CanaryError('METRICS_QUERY_REJECTED', 'asked again');
    });
    const second = await open({ dataDir, providers: [gone] });
    await second.runs.resume();
    expect((await untilEnded(second, id)).status).toBe('succeeded');
  });
});
