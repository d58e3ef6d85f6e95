/**
 * The provider against a real Prometheus with the history of `samples.ts`.
 *
 * Seen with Prometheus 2.42, and worth knowing:
 * - A gauge that falls silent keeps its last value for five minutes; `avg_over_time(x[60s])` shows the gap at once.
 * - The end of a range belongs to it: asked for 12:45 to 12:52 every minute, it answers 8 points, not 7.
 * - 11,000 steps pass, that is 11,001 points; 11,001 steps are refused.
 * - A comparison of two scalars without `bool`, or a query that yields text, is refused with 400 before it runs;
 *   what fails while it runs, such as many-to-many matching, with 422.
 * - A path it does not have is answered 404 in plain text, but `/` with a redirect to its pages.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { readRefusal } from '../../providers/shared/promql/refusal.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { openMetricsText } from '../support/samples/samples.ts';
import { requiredPrometheus } from '../support/servers/required-prometheus.ts';

const server = await requiredPrometheus();
afterAll(() => server?.stop());

const NEVER = new AbortController().signal;
const GAP = Number.NaN;
const LATENCY = 'request_latency_seconds{version="canary"}';

interface Window {
  readonly start: string;
  readonly end: string;
  readonly step?: number;
}
const BEFORE_GAP: Window = { start: '12:40:00', end: '12:47:00' };

function requestOf(query: Record<string, unknown>, { start, end, step = 60 }: Window, account = {}) {
  return fixtureRequest(prometheus, {
    account: { endpoint: { baseUrl: server?.baseUrl }, ...account },
    metric: { name: 'm', query: { type: 'prometheus', ...query } },
    scope: { scope: 'shop-canary', location: 'us-east1', start: at(start), end: at(end), step },
  });
}

function ask(query: Record<string, unknown>, window: Window = BEFORE_GAP): Promise<MetricSet[]> {
  return askProvider(prometheus, requestOf(query, window), NEVER);
}

async function valuesOf(query: Record<string, unknown>, window: Window = BEFORE_GAP): Promise<number[]> {
  const [set] = await ask(query, window);
  return set?.values ?? [];
}

function at(time: string): string {
  return `2025-01-15T${time}Z`;
}

const LINES = openMetricsText().split('\n');

/** The latency of the canary as it was written, one value a minute. */
function writtenLatency(from: string, count: number, stepSeconds = 60): number[] {
  return Array.from({ length: count }, (_, index) => {
    const seconds = Date.parse(at(from)) / 1000 + index * stepSeconds;
    const line = LINES.find(
      (one) => one.startsWith('request_latency_seconds{app="shop",version="canary",') && one.endsWith(` ${seconds}`),
    );
    return line === undefined ? GAP : Number(line.split(' ').at(-2));
  });
}

describe.skipIf(server === undefined)('a real Prometheus', () => {
  test('answers what was written, as many points as there are slots', async () => {
    const expected = writtenLatency('12:40:00', 7);
    expect(await valuesOf({ expr: LATENCY })).toEqual(expected);
    expect(expected).not.toContain(GAP);
  });

  test('evaluates anywhere, also between two samples', async () => {
    const window = { start: '12:40:07.500', end: '12:43:07.500' };
    expect(await valuesOf({ expr: LATENCY }, window)).toEqual(writtenLatency('12:40:00', 3));
  });

  test('evaluates at the end of each step when asked to', async () => {
    expect(await valuesOf({ expr: LATENCY, evaluateAt: 'end' })).toEqual(writtenLatency('12:41:00', 7));
  });

  test('repeats the last value of a silent gauge for five minutes', async () => {
    const values = await valuesOf({ expr: LATENCY }, { start: '12:48:00', end: '13:17:00' });
    const [last] = writtenLatency('12:49:45', 1);
    expect(values.slice(2, 7)).toEqual(Array(5).fill(last));
    expect(values.slice(7, 27)).toEqual(Array(20).fill(GAP));
    expect(values.slice(27)).toEqual(writtenLatency('13:15:00', 2));
  });

  test('shows the silence at once in an average over the step', async () => {
    const expr = 'avg_over_time(request_latency_seconds{version="canary"}[${step}s])';
    const values = await valuesOf({ expr }, { start: '12:48:00', end: '13:17:00' });
    const gaps = values.flatMap((value, minute) => (Number.isNaN(value) ? [minute] : []));
    expect(gaps).toEqual(Array.from({ length: 24 }, (_, index) => 3 + index));
  });

  test('understands the queries built for Google and Amazon instances', async () => {
    const gce = { metricName: 'request_latency_seconds', resourceType: 'gce_instance' };
    expect(await valuesOf(gce)).toEqual(writtenLatency('12:40:00', 7));
    const ec2 = { metricName: 'request_latency_seconds', resourceType: 'aws_ec2_instance' };
    expect(await valuesOf(ec2)).toEqual(Array(7).fill(GAP));
  });

  test('answers a series for each group', async () => {
    const query = { metricName: 'http_requests_total', customInlineTemplate: 'version="canary"', aggregation: 'sum' };
    const sets = await ask({ ...query, groupByFields: ['code'] });
    expect(sets.map(({ tags }) => tags)).toEqual([{ code: '200' }, { code: '404' }, { code: '500' }]);
    const all = await valuesOf({ ...query });
    expect(await valuesOf({ ...query, groupByFields: ['code'], seriesMode: 'sum' })).toEqual(all);
  });

  test('answers a long window in parts without a seam', async () => {
    const window = { start: '12:00:00', end: '15:00:00', step: 1 };
    const values = await valuesOf({ expr: 'time()' }, window);
    const start = Date.parse(at('12:00:00')) / 1000;
    expect(values).toEqual(Array.from({ length: 10_800 }, (_, second) => start + second));
  });

  test('has no data of what it does not know', async () => {
    expect(await valuesOf({ expr: 'no_such_metric' })).toEqual(Array(7).fill(GAP));
    expect(await valuesOf({ expr: 'no_such_metric', emptyAs: 'zero' })).toEqual(Array(7).fill(0));
  });

  test('divides by zero', async () => {
    expect(await valuesOf({ expr: 'vector(0) / vector(0)' })).toEqual(Array(7).fill(GAP));
    expect(await valuesOf({ expr: 'vector(1) / vector(0)' })).toEqual(Array(7).fill(Number.POSITIVE_INFINITY));
  });

  test.each([
    ['avg(up', 'METRICS_QUERY_REJECTED', 'unclosed left parenthesis'],
    ['"text"', 'METRICS_QUERY_REJECTED', 'invalid expression type "string" for range query'],
    ['1 > 2', 'METRICS_QUERY_REJECTED', 'comparisons between scalars must use BOOL modifier'],
    ['http_requests_total / on(app) http_requests_total', 'METRICS_QUERY_REJECTED', 'many-to-many matching'],
    [
      '{__name__=~"work_queue_depth|db_connections_in_use",version="canary"}',
      'METRICS_QUERY_INVALID',
      'several series',
    ],
  ])('refuses %s: %s', async (expr, code, words) => {
    await expect(ask({ expr })).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('refuses more than 11,000 steps in words that are read as a limit', async () => {
    const askRaw = async (steps: number) => {
      const body = new URLSearchParams({ query: 'vector(1)', start: '0', end: String(steps), step: '1' });
      const answer = await fetch(`${server?.baseUrl}/api/v1/query_range`, { method: 'POST', body });
      return { status: answer.status, body: await answer.text() };
    };
    expect((await askRaw(11_000)).status).toBe(200);
    const { status, body } = await askRaw(11_001);
    expect(readRefusal(status, body)).toMatchObject({ code: 'METRICS_LIMIT_EXCEEDED' });
  });

  test('has no API below a wrong path', async () => {
    const wrong = requestOf({ expr: 'up' }, BEFORE_GAP, { endpoint: { baseUrl: `${server?.baseUrl}/prometheus` } });
    await expect(askProvider(prometheus, wrong, NEVER)).rejects.toMatchObject({
      code: 'METRICS_QUERY_REJECTED',
      message: expect.stringContaining("check the account's endpoint.baseUrl"),
    });
  });

  test('is given up after timeoutMillis, and at once when canceled', async () => {
    const slow = { expr: 'sum(avg_over_time(http_request_duration_seconds_bucket[1h:1s]))' };
    const window = { start: '12:00:00', end: '15:00:00', step: 15 };
    const impatient = requestOf(slow, window, { timeoutMillis: 30 });
    await expect(askProvider(prometheus, impatient, NEVER)).rejects.toMatchObject({ code: 'METRICS_STORE_TIMEOUT' });
    const canceled = askProvider(prometheus, requestOf(slow, window), AbortSignal.timeout(30));
    await expect(canceled).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  });

  test('lists its metrics', async () => {
    const names = await listNames(prometheus, requestOf({}, BEFORE_GAP).account, 'REQUEST', NEVER);
    expect(names?.map(({ name }) => name)).toEqual([
      'cache_requests_total',
      'http_request_duration_seconds_bucket',
      'http_request_duration_seconds_count',
      'http_request_duration_seconds_sum',
      'http_requests_total',
      'request_latency_seconds',
    ]);
  });

  test('passes the check; a store that is gone does not', async () => {
    const { account } = requestOf({}, BEFORE_GAP);
    await expect(prometheus.check(account, NEVER)).resolves.toBeUndefined();
    const gone = requestOf({}, BEFORE_GAP, { endpoint: { baseUrl: 'http://127.0.0.1:9' } }).account;
    await expect(prometheus.check(gone, NEVER)).rejects.toMatchObject({ code: 'METRICS_STORE_UNAVAILABLE' });
  });
});
