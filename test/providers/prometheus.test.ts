import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { CanaryError } from '../../src/errors.ts';
import { anyText } from '../support/any-text.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const NEVER = new AbortController().signal;
const START = Date.parse('2025-01-15T12:00:00Z') / 1000;

interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: Readonly<Record<string, string>>;
}
let server: LoopbackServer;
let asked: Asked[];
let answer: (asked: Asked) => { status?: number; body: string };

beforeAll(async () => {
  server = await startLoopback(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const one = { path: request.url ?? '', headers: request.headers, form };
    asked.push(one);
    const { status = 200, body } = answer(one);
    response.writeHead(status).end(body);
  });
});
beforeEach(() => {
  asked = [];
});
afterAll(() => server.stop());

function requestOf(seconds: number, fields: Record<string, unknown> = {}) {
  return fixtureRequest(prometheus, {
    account: { endpoint: { baseUrl: server.baseUrl }, tenantId: 'team', flavor: 'mimir' },
    metric: { name: 'm', query: { type: 'prometheus', expr: 'x', ...fields } },
    scope: { start: START * 1000, end: (START + seconds) * 1000, step: 1 },
  });
}

function accountOf() {
  return requestOf(1).account;
}

describe('long windows', () => {
  const TIMES_SEEN = { always: [0, Infinity], late: [15_000, 22_000], never: [-2, -1] } as const;
  const valueAt = (second: number) => (second * 7919) % 1000;

  /** As Prometheus: both ends belong to the range, at most 11,000 steps, series without points are left out. */
  function answerRange({ form }: Asked) {
    const [start = 0, end = 0, step = 0] = [form.start, form.end, form.step].map(Number);
    if ((end - start) / step > 11_000) return { status: 400, body: '{"error":"exceeded maximum resolution"}' };
    const moments = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
    const result = Object.entries(TIMES_SEEN).map(([seen, [from, to]]) => ({
      // A store may write the labels in another order each time.
      metric: asked.length % 2 === 0 ? { seen, app: 'shop' } : { app: 'shop', seen },
      values: moments.filter((t) => t - START >= from && t - START < to).map((t) => [t, String(valueAt(t - START))]),
    }));
    const data = { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) };
    return { body: JSON.stringify({ status: 'success', data, infos: ['PromQL info: slow'] }) };
  }

  test.each([
    [9_999, 1],
    [10_000, 1],
    [10_001, 2],
    [34_567, 4],
  ])('%d points are asked for in %d parts, and joined by their labels', async (size, parts) => {
    answer = answerRange;
    const sets = await askProvider(prometheus, requestOf(size), NEVER);
    const expected = Object.entries(TIMES_SEEN).slice(0, size > 15_000 ? 2 : 1);
    expect(sets.map(({ tags }) => tags)).toEqual(expected.map(([seen]) => ({ seen, app: 'shop' })));
    for (const [index, [, [from, to]]] of expected.entries()) {
      const values = Array.from({ length: size }, (_, t) => (t >= from && t < to ? valueAt(t) : Number.NaN));
      expect(sets[index]?.values).toEqual(values);
    }
    expect(sets[0]?.attributes).toEqual({ query: 'x', warnings: 'PromQL info: slow' });
    expect(asked).toHaveLength(parts);
  });

  test('parts evaluated at the end of each step are shifted alike', async () => {
    answer = answerRange;
    const [set] = await askProvider(prometheus, requestOf(10_001, { evaluateAt: 'end' }), NEVER);
    expect(set?.values).toEqual(Array.from({ length: 10_001 }, (_, t) => valueAt(t + 1)));
    expect(asked.map(({ form }) => Number(form.start) - START)).toEqual([1, 10_001]);
  });

  test('a part that fails fails the whole', async () => {
    answer = (one) => (asked.length === 2 ? { status: 503, body: 'restarting' } : answerRange(one));
    await expect(askProvider(prometheus, requestOf(34_567), NEVER)).rejects.toMatchObject({
      code: 'METRICS_STORE_UNAVAILABLE',
    });
    expect(asked).toHaveLength(2);
  });

  test('more than five million points in all are a limit', async () => {
    const result = Array.from({ length: 100 }, (_, index) => ({ metric: { n: String(index) }, values: [] }));
    answer = () => ({ body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }) });
    const error = await askProvider(prometheus, requestOf(60_000), NEVER).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'METRICS_LIMIT_EXCEEDED' });
    expect(String(error)).toContain('100 series of 60000 points');
    expect(asked).toHaveLength(1);
  });

  test('Thanos may answer with coarser points for more than two days', async () => {
    answer = answerRange;
    for (const [seconds, resolution] of [
      [172_800, '0'],
      [172_860, 'auto'],
    ] as const) {
      const request = fixtureRequest(prometheus, {
        account: { endpoint: { baseUrl: server.baseUrl }, flavor: 'thanos' },
        metric: { name: 'm', query: { type: 'prometheus', expr: 'x' } },
        scope: { start: START * 1000, end: (START + seconds) * 1000, step: 60 },
      });
      await askProvider(prometheus, request, NEVER);
      expect(asked.at(-1)?.form.max_source_resolution).toBe(resolution);
    }
  });
});

describe('metadata', () => {
  test('lists the names that contain the filter, whatever its case', async () => {
    answer = () => ({
      body: JSON.stringify({ status: 'success', data: ['http_requests_total', 'HTTP_latency', 'up'] }),
    });
    const names = await listNames(prometheus, accountOf(), 'HtTp', NEVER);
    expect(names).toEqual([{ name: 'http_requests_total' }, { name: 'HTTP_latency' }]);
    expect(asked).toMatchObject([
      { path: '/api/v1/label/__name__/values', form: {}, headers: { 'x-scope-orgid': 'team' } },
    ]);
  });

  test('lists everything without a filter, but no more than a picker can show', async () => {
    const data = Array.from({ length: 6000 }, (_, index) => `metric_${index}`);
    answer = () => ({ body: JSON.stringify({ status: 'success', data }) });
    expect(await listNames(prometheus, accountOf(), '', NEVER)).toHaveLength(5000);
  });

  test('fails as queries fail', async () => {
    answer = () => ({ status: 401, body: 'no org id' });
    await expect(listNames(prometheus, accountOf(), '', NEVER)).rejects.toMatchObject({
      code: 'METRICS_ACCESS_DENIED',
      message: expect.stringContaining('tenantId'),
    });
  });
});

describe('check', () => {
  test('asks one cheap question', async () => {
    answer = () => ({ body: '{"status":"success","data":{"resultType":"vector","result":[]}}' });
    await prometheus.check(accountOf(), NEVER);
    expect(asked).toMatchObject([
      { path: '/api/v1/query', form: { query: 'vector(1)' }, headers: { 'x-scope-orgid': 'team' } },
    ]);
  });

  test.each([
    [403, 'no', 'METRICS_ACCESS_DENIED'],
    [200, '<html>', 'METRICS_ANSWER_INVALID'],
    [503, '', 'METRICS_STORE_UNAVAILABLE'],
  ])('%d %s is no success', async (status, body, code) => {
    answer = () => ({ status, body });
    await expect(prometheus.check(accountOf(), NEVER)).rejects.toMatchObject({ code });
  });
});

test('what is shown of an account is its address and user', () => {
  expect(prometheus.describeAccount(accountOf())).toEqual({ endpoint: { baseUrl: server.baseUrl } });
});

test.each([
  [{ flavor: 'prometheus', google: {} }, 'is for flavor gmp'],
  [{ flavor: 'gmp', azure: { managedIdentity: true } }, 'is for flavor azure-managed'],
  [{ flavor: 'azure-managed' }, 'is required for flavor azure-managed'],
  [{ flavor: 'azure-managed', azure: {} }, 'give one of clientSecret'],
  [{ flavor: 'azure-managed', bearerToken: 'x' }, undefined],
  [{ flavor: 'gmp' }, undefined],
])('of an account with %o is said: %s', (fields, problem) => {
  const endpoint = { baseUrl: server.baseUrl };
  const { error } = prometheus.Account.safeParse({ name: 'p', type: 'prometheus', endpoint, ...fields });
  expect(error?.issues.map(({ message }) => message).join()).toEqual(problem && expect.stringContaining(problem));
});

describe('hostile answers', () => {
  const number = fc.oneof(fc.double(), fc.double().map(String), fc.constantFrom('NaN', '+Inf', '-Inf', '1e999', '-0'));
  const text = anyText();
  const point = fc.tuple(fc.integer({ min: START - 3, max: START + 8 }), number);
  const series = fc.record({ metric: fc.dictionary(text, text), values: fc.array(point) });
  const good = fc
    .array(series, { maxLength: 4 })
    .map((result) => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  const damaged = fc.tuple(good, fc.nat(), fc.nat(), text).map(([body, from, length, noise]) => {
    const cut = from % (body.length + 1);
    return body.slice(0, cut) + noise + body.slice(cut + (length % 20));
  });
  const wrongTypes = fc
    .anything()
    .map((result) => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  const wrongSeries = fc
    .array(fc.record({ metric: fc.anything(), values: fc.anything(), histograms: fc.anything() }, { requiredKeys: [] }))
    .map((result) => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  const page = text.map((words) => `<!doctype html><title>${words}</title>`);
  const body = fc.oneof(good, damaged, wrongTypes, wrongSeries, page, text, fc.json());
  const KINDS = ['METRICS_ANSWER_INVALID', 'METRICS_QUERY_INVALID'];

  test('become whole series or an error of the right kind', async () => {
    const property = fc.asyncProperty(body, async (bytes) => {
      answer = () => ({ body: bytes });
      const outcome = await askProvider(prometheus, requestOf(5), NEVER).catch((error: unknown) => error);
      if (outcome instanceof CanaryError) expect(KINDS).toContain(outcome.code);
      else
        for (const set of outcome as MetricSet[])
          expect(set.values.map((one) => typeof one)).toEqual(Array(5).fill('number'));
    });
    await fc.assert(property, { numRuns: 150 });
  });

  test('with any status become an error', async () => {
    const property = fc.asyncProperty(body, fc.integer({ min: 300, max: 599 }), async (bytes, status) => {
      answer = () => ({ body: bytes, status });
      const outcome = await askProvider(prometheus, requestOf(5), NEVER).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(CanaryError);
      expect((outcome as CanaryError).code).toMatch(/^METRICS_/);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
