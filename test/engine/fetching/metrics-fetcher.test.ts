import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../src/domain/account.ts';
import type { MetricFetch } from '../../../src/domain/metric-fetch.ts';
import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { MetricsProvider } from '../../../src/domain/metrics-provider.ts';
import { LONGEST_PAUSE_MILLIS } from '../../../src/engine/fetching/closure.ts';
import { MetricsFetcher } from '../../../src/engine/fetching/metrics-fetcher.ts';
import { planQueries } from '../../../src/engine/fetching/plan-queries.ts';
import { CanaryError } from '../../../src/errors.ts';
import { BytesInFlight } from '../../../src/waiting/bytes-in-flight.ts';
import { fakeAccount, fakeProvider, seriesOf } from '../../support/fake-provider.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';

const NEVER = new AbortController().signal;
const DEFAULT_POLICY = { attempts: 10, backoffPeriodMultiplierMs: 1000, maxWaitMillis: 30_000 };
const HOUR = 3_600_000;

let fetcher: MetricsFetcher;
/** as unlucky as can be */
let random: number;
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
    now: Date.parse('2026-01-02T00:00:00Z'),
  });
  random = 0;
  fetcher = new MetricsFetcher({
    latest: (account) => account,
    limits: { pointsPerRun: 1000 },
    bytesInFlight: new BytesInFlight(1e9),
    policy: DEFAULT_POLICY,
    longestWaitMillis: HOUR / 2,
    random: () => random,
    now: Date.now,
    // Another clock than the one on the wall, as in a service: mixing them up shows.
    monotonic: () => performance.now(),
    log: pino({ level: 'silent' }),
  });
});
afterEach(() => void vi.useRealTimers());

/** A run of the provider's; `report` tells how it stands. */
function run(
  provider: MetricsProvider,
  {
    metrics = 1,
    skipped = 0,
    account = fakeAccount,
    signal = NEVER,
    request = requestOf(),
    deadlineIn = HOUR / 2,
  } = {},
) {
  const config = configOf(0, { metrics: configOf(metrics).metrics?.slice(skipped) });
  const queries = planQueries({
    config,
    request,
    account,
    accounts: { metricsStore: () => account, metricsStores: () => [account] },
    providers: [provider],
  });
  let report: () => MetricFetch[] = () => [];
  const answer = fetcher.fetchAll(queries, signal, {
    stage: () => {},
    fetching: (tell) => {
      report = tell;
    },
    deadlineMillis: performance.now() + deadlineIn,
  });
  answer.catch(() => {});
  return { answer, report: () => report() };
}

/** The same text for both sides. */
function alike(answer: (signal: AbortSignal) => Promise<number[]>) {
  const asked = vi.fn();
  const provider: MetricsProvider = {
    ...fakeProvider(async (request, signal) => {
      asked(request.side);
      return [seriesOf(request, await answer(signal))];
    }),
    buildQuery: ({ query }) => (query as { metricName: string }).metricName,
  };
  return { provider, asked };
}
const away = () => new CanaryError('METRICS_STORE_UNAVAILABLE', 'refused');

describe('a store that answers in longer steps than asked', () => {
  /** For the control never closer than five minutes. */
  const coarse = fakeProvider((request) => {
    const step = Math.max(request.scope.step ?? 60, request.side === 'control' ? 300 : 60);
    return [seriesOf({ ...request, scope: { ...request.scope, step } }, new Array(3600 / step).fill(step))];
  });

  it('makes the other side be asked again, in the same step', async () => {
    const { answer, report } = run(coarse, { metrics: 2 });
    const { control, experiment } = await answer;
    expect(control.map(({ stepMillis }) => stepMillis)).toEqual([300_000, 300_000]);
    expect(experiment.map(({ name, stepMillis, values }) => [name, stepMillis, values.length])).toEqual([
      ['m0', 300_000, 12],
      ['m1', 300_000, 12],
    ]);
    expect(report()).toHaveLength(6);
  });

  it('is not asked again when both sides have that step', async () => {
    const request = requestOf();
    for (const scope of Object.values(request.scopes?.default ?? {})) Object.assign(scope ?? {}, { step: 300 });
    const { answer, report } = run(coarse, { request });
    await answer;
    expect(report()).toHaveLength(2);
  });
});

describe('the same question', () => {
  it('of control and experiment is asked once, and both get series of their own', async () => {
    const { provider, asked } = alike(async () => [1, 2, 3]);
    const { control, experiment } = await run(provider).answer;
    expect(asked).toHaveBeenCalledTimes(1);
    control[0]?.values.reverse();
    expect(experiment[0]?.values).toEqual([1, 2, 3]);
  });

  it('of a later run is answered from the cache, with series nobody else has changed', async () => {
    const { provider, asked } = alike(async () => [1, 2, 3]);
    const first = await run(provider).answer;
    first.control[0]?.values.fill(0);
    Object.assign(first.control[0]?.attributes ?? {}, { query: 'changed' });
    const later = run(provider);
    expect((await later.answer).control).toMatchObject([{ values: [1, 2, 3], attributes: { query: 'fake' } }]);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(later.report()[0]).toMatchObject({ attempts: 0, cached: true });
  });

  it('is asked again when its window goes on', async () => {
    const { provider, asked } = alike(async () => [1]);
    const window = { start: '2026-01-01T23:00:00Z', end: '2026-01-02T00:00:00Z', step: 60 };
    const request = requestOf({ scopes: { default: { controlScope: window, experimentScope: window } } });
    await run(provider, { request }).answer;
    await run(provider, { request }).answer;
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('is another with another text', async () => {
    const { provider, asked } = alike(async () => [1]);
    await run({ ...provider, buildQuery: ({ side }) => side }).answer;
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['step', { step: 30 }],
    ['start', { start: '2026-01-01T00:30:00Z' }],
    ['end', { end: '2026-01-01T02:00:00Z' }],
    ['location', { location: 'eu' }],
    ['extendedScopeParams', { extendedScopeParams: { project: 'p' } }],
  ])('is another with another %s', async (_, changes) => {
    const { provider, asked } = alike(async () => [1]);
    const { controlScope = {} } = requestOf().scopes?.default ?? {};
    const request = requestOf({
      scopes: { default: { controlScope, experimentScope: { ...controlScope, ...changes } } },
    });
    await run(provider, { request }).answer;
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('to another account is another', async () => {
    const { provider, asked } = alike(async () => [1]);
    await run(provider).answer;
    await run(provider, { account: { ...fakeAccount, name: 'other' } }).answer;
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('fails for all who wait, and is asked again by the next', async () => {
    const { provider, asked } = alike(async () => {
      if (asked.mock.calls.length === 1) throw new CanaryError('METRICS_QUERY_REJECTED', 'no');
      return [1];
    });
    await expect(run(provider).answer).rejects.toThrow('no');
    await expect(run(provider).answer).resolves.toMatchObject({ control: [{ values: [1] }] });
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('goes on for the others when the first to ask is canceled', async () => {
    const gate = Promise.withResolvers<number[]>();
    const { provider, asked } = alike(() => gate.promise);
    const canceled = new AbortController();
    const first = run(provider, { signal: canceled.signal });
    const second = run(provider);
    canceled.abort(new Error('canceled'));
    await expect(first.answer).rejects.toThrow('canceled');
    gate.resolve([7]);
    expect((await second.answer).control).toMatchObject([{ values: [7] }]);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(second.report()[0]).toMatchObject({ shared: true, attempts: 1 });
  });

  it('is given up when nobody wants the answer any more, and asked anew by the next', async () => {
    const signals: AbortSignal[] = [];
    const { provider } = alike((signal) => {
      signals.push(signal);
      return signals.length === 1 ? new Promise(() => {}) : Promise.resolve([1]);
    });
    const canceled = new AbortController();
    const first = run(provider, { signal: canceled.signal });
    await vi.advanceTimersByTimeAsync(10);
    canceled.abort(new Error('canceled'));
    await expect(first.answer).rejects.toThrow('canceled');
    expect(signals[0]?.aborted).toBe(true);
    await expect(run(provider).answer).resolves.toBeDefined();
  });

  it('of a small run does not wait behind the rest of a large one', async () => {
    let asked = 0;
    const provider = fakeProvider(async (request) => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return [seriesOf(request, [1])];
    });
    const account: Account = { ...fakeAccount, maxConcurrent: 1 };
    const large = run(provider, { metrics: 50, account });
    const small = run(provider, { metrics: 50, skipped: 48, account });
    const askedBySmallsEnd = small.answer.then(() => asked);
    await vi.runAllTimersAsync();
    await large.answer;
    expect(await askedBySmallsEnd).toBeLessThanOrEqual(12);
    expect(asked).toBe(100);
  });
});

describe('the answers of a run', () => {
  it('end it when they have more points than a run may have, whatever the window says', async () => {
    const many = fakeProvider((request) =>
      Array.from({ length: 3 }, (_, pod) => seriesOf(request, new Array(300).fill(1), { pod: String(pod) })),
    );
    await expect(run(many).answer).rejects.toMatchObject({
      operation: 'fakeFetch',
      cause: { code: 'METRICS_LIMIT_EXCEEDED' },
      message: expect.stringMatching(/^The queries answered 1800 points so far, more than the 1000 of a run/),
    });
  });
});

describe('a store', () => {
  it('that refuses connections for two minutes loses no run', async () => {
    const upAt = Date.now() + 120_000;
    const provider = fakeProvider((request) => {
      if (Date.now() < upAt) throw away();
      return [seriesOf(request, [1])];
    });
    const { answer, report } = run(provider);
    await vi.runAllTimersAsync();
    await expect(answer).resolves.toBeDefined();
    expect(report()[0]).toMatchObject({ attempts: 10, lastError: 'METRICS_STORE_UNAVAILABLE: refused' });
    expect(report()[0]?.waitedMillis).toBeGreaterThanOrEqual(120_000);
  });

  it('that hangs for two minutes loses no run', async () => {
    const upAt = Date.now() + 120_000;
    const provider = fakeProvider(async (request) => {
      if (Date.now() >= upAt) return [seriesOf(request, [1])];
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      throw new CanaryError('METRICS_STORE_TIMEOUT', 'no answer within 30000 ms');
    });
    const { answer } = run(provider);
    await vi.runAllTimersAsync();
    await expect(answer).resolves.toBeDefined();
  });

  it('that answers again gives its turn to others while it is waited for', async () => {
    const account: Account = { ...fakeAccount, maxConcurrent: 1 };
    const order: string[] = [];
    const provider = fakeProvider((request) => {
      order.push(request.metric.name ?? '');
      if (order.length === 1) throw away();
      return [seriesOf(request, [1])];
    });
    const { answer } = run(provider, { metrics: 2, account });
    await vi.runAllTimersAsync();
    await answer;
    expect(order).toEqual(['m0', 'm0', 'm1', 'm1', 'm0']);
  });

  it.each([
    ['says it is too much', 'METRICS_STORE_THROTTLED', undefined, 1000],
    ['asks to come back later', 'METRICS_STORE_UNAVAILABLE', 20_000, 20_000],
    ['asks to come back next year', 'METRICS_STORE_THROTTLED', 365 * 24 * HOUR, LONGEST_PAUSE_MILLIS],
  ] as const)('that %s is left alone by all runs of the account, and no other', async (_, code, asked, pause) => {
    random = 1;
    const beganAt = Date.now();
    const times: number[] = [];
    const provider = fakeProvider((request) => {
      times.push(Date.now() - beganAt);
      if (times.length > 1) return [seriesOf(request, [1])];
      throw new CanaryError(code, 'later', asked === undefined ? {} : { retryAfterMillis: asked });
    });
    const first = run(provider);
    await vi.advanceTimersByTimeAsync(0);
    expect(times.length).toBeGreaterThan(0);
    const before = times.length;
    const second = run(provider, { metrics: 3 });
    const other = run(fakeProvider(), { account: { ...fakeAccount, name: 'other' } });
    await other.answer;
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(times).toHaveLength(before);
    await vi.runAllTimersAsync();
    await Promise.all([first.answer, second.answer]);
    expect(times[before]).toBeGreaterThanOrEqual(pause);
  });

  it('that asks for a day is asked once after five minutes, before anything else is sent', async () => {
    const beganAt = Date.now();
    const times: number[] = [];
    const provider = fakeProvider(async (request) => {
      times.push(Date.now() - beganAt);
      if (times.length <= 2)
        throw new CanaryError('METRICS_STORE_UNAVAILABLE', 'busy', { retryAfterMillis: 24 * HOUR });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return [seriesOf(request, [1])];
    });
    const { answer } = run(provider, { account: { ...fakeAccount, maxConcurrent: 1 }, metrics: 2 });
    await vi.runAllTimersAsync();
    await answer;
    const [first, probe, next, afterwards] = times;
    expect(first).toBe(0);
    expect(probe).toBeGreaterThanOrEqual(LONGEST_PAUSE_MILLIS);
    expect(next).toBeGreaterThanOrEqual((probe ?? 0) + LONGEST_PAUSE_MILLIS);
    expect(afterwards).toBeGreaterThanOrEqual((next ?? 0) + 1000);
  });

  it('that would keep a run beyond its deadline ends it at once, and says until when it is closed and why', async () => {
    const provider = fakeProvider(() => {
      throw new CanaryError('METRICS_STORE_UNAVAILABLE', 'the store answered 503: busy', {
        retryAfterMillis: 24 * HOUR,
      });
    });
    const impatient = run(provider, { deadlineIn: 60_000 });
    const patient = run(provider);
    await vi.advanceTimersByTimeAsync(0);
    await expect(impatient.answer).rejects.toThrow(
      /account 'fake-metrics' is closed until 00:05:00Z: the store answered 503: busy \(it asked for a pause of 86400 s/,
    );
    expect(patient.report()[0]).toMatchObject({
      attempts: 1,
      waitedMillis: 0,
      nextAttemptMillis: Date.now() + LONGEST_PAUSE_MILLIS,
      waitingFor: expect.stringContaining('closed until 00:05:00Z'),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(run(provider, { deadlineIn: 60_000 }).answer).rejects.toThrow('closed until 00:05:00Z');
    await vi.runAllTimersAsync();
    await expect(patient.answer).rejects.toThrow();
  });

  it('that does not end with the signal does not keep a canceled run', async () => {
    const canceled = new AbortController();
    const { answer } = run(
      fakeProvider(() => new Promise<MetricSet[]>(() => {})),
      { signal: canceled.signal },
    );
    canceled.abort(new Error('canceled'));
    await expect(answer).rejects.toThrow('canceled');
  });
});

describe('the report of a run', () => {
  it('tells of each query, while it is under way and afterwards', async () => {
    let calls = 0;
    const provider = fakeProvider(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      calls += 1;
      if (calls === 1) throw away();
      return [seriesOf(request, [1])];
    });
    const { answer, report } = run(provider, { account: { ...fakeAccount, maxConcurrent: 1 } });
    await vi.advanceTimersByTimeAsync(50);
    expect(report()).toEqual([
      { stage: 'fetchControl0', metric: 'm0', side: 'control', attempts: 1, waitedMillis: 0 },
      { stage: 'fetchExperiment0', metric: 'm0', side: 'experiment', attempts: 0, waitedMillis: 0 },
    ]);
    await vi.runAllTimersAsync();
    await answer;
    expect(report()).toEqual([
      {
        ...{ stage: 'fetchControl0', metric: 'm0', side: 'control', attempts: 2, waitedMillis: 800, millis: 1000 },
        lastError: 'METRICS_STORE_UNAVAILABLE: refused',
      },
      { stage: 'fetchExperiment0', metric: 'm0', side: 'experiment', attempts: 1, waitedMillis: 100, millis: 200 },
    ]);
  });

  it('does not tell what a defect said', async () => {
    const { answer, report } = run(
      fakeProvider(() => {
        throw new TypeError('secret detail');
      }),
    );
    await expect(answer).rejects.toThrow();
    expect(JSON.stringify(report())).not.toContain('secret detail');
  });
});

describe("the control's history", () => {
  it('is missing when the store does not answer in half of the time, and the metric is not', async () => {
    const asked: string[] = [];
    const provider = fakeProvider((request, signal) => {
      asked.push(request.metric.name ?? '');
      if (request.metric.name !== 'm0 (history)') return [seriesOf(request, [1, 2, 3])];
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const queries = planQueries({
      config: configOf(1),
      request: requestOf(),
      account: fakeAccount,
      accounts: { metricsStore: () => fakeAccount, metricsStores: () => [fakeAccount] },
      providers: [provider],
      companions: [{ metricIndex: 0, companion: 'history', historyMillis: HOUR }],
    });
    const stages: string[] = [];
    const answer = fetcher.fetchAll(queries, NEVER, {
      stage: (name, status) => stages.push(`${name} ${status}`),
      fetching: () => {},
      deadlineMillis: performance.now() + HOUR / 2,
    });
    await vi.advanceTimersByTimeAsync(HOUR / 4 - 1000);
    expect(stages).not.toContain('fetchControl0History terminal');
    await vi.advanceTimersByTimeAsync(1000);
    const fetched = await answer;
    expect(fetched.control).toHaveLength(1);
    expect(fetched.companions).toMatchObject([
      { companion: 'history', sets: [], missing: 'it was not answered within half of the time that the run has' },
    ]);
    expect(stages).toContain('fetchControl0History terminal');
    expect(asked).toContain('m0 (history)');
  });
});
