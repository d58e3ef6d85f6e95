/** The provider against a real InfluxDB 1.x; what is worth knowing of it is in `providers/influxdb/README.md`. */
import { afterAll, describe, expect, test } from 'vitest';
import { influxdb } from '../../providers/influxdb/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { COMBINES, expectSameValues, writtenGauge } from '../support/samples/written-gauge.ts';
import { askInflux, INFLUX_ADMIN, INFLUX_DATABASE, startInflux, writeLines } from '../support/servers/influx-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';

const server = await requiredServer('influxd', () => startInflux());
const strict = await requiredServer('influxd', () =>
  startInflux({
    INFLUXDB_HTTP_MAX_ROW_LIMIT: '40',
    INFLUXDB_COORDINATOR_MAX_SELECT_BUCKETS: '100',
    INFLUXDB_HTTP_AUTH_ENABLED: 'true',
  }),
);
afterAll(() => Promise.all([server?.stop(), strict?.stop()]));

const NEVER = new AbortController().signal;
const GAP = Number.NaN;
const LATENCY = { metricName: 'request_latency_seconds', fields: ['value'], aggregation: 'mean' };
const NOTE = { metricName: 'odd-name', fields: ['note'] };
const WINDOW = { start: '12:40:00', end: '12:47:00', step: 60 };

function requestOf(query: Record<string, unknown>, window: Partial<typeof WINDOW> = {}, account = {}) {
  const { start, end, step } = { ...WINDOW, ...window };
  return fixtureRequest(influxdb, {
    account: { endpoint: { baseUrl: server?.baseUrl }, database: INFLUX_DATABASE, ...account },
    metric: { name: 'm', query: { type: 'influxdb', ...query } },
    scope: { scope: 'version:canary', start: at(start), end: at(end), step },
  });
}

function ask(...asked: Parameters<typeof requestOf>): Promise<MetricSet[]> {
  return askProvider(influxdb, requestOf(...asked), NEVER);
}

async function valuesOf(...asked: Parameters<typeof requestOf>): Promise<number[]> {
  return (await ask(...asked))[0]?.values ?? [];
}

function at(time: string): string {
  return `2025-01-15T${time}Z`;
}

describe.skipIf(server === undefined || strict === undefined)('a real InfluxDB', () => {
  test('answers the mean of what was written, as many points as there are slots', async () => {
    expectSameValues(await valuesOf(LATENCY), writtenGauge({ start: at(WINDOW.start), count: 7 }));
  });

  test.each([
    ['max', COMBINES.max],
    ['min', COMBINES.min],
    ['sum', COMBINES.sum],
    ['last', COMBINES.last],
    ['count', COMBINES.count],
    ['percentile(75)', (values: readonly number[]) => values.toSorted((one, other) => one - other)[2] ?? GAP],
  ])('aggregates by %s', async (aggregation, combine) => {
    const expected = writtenGauge({ start: at(WINDOW.start), count: 7, combine });
    expectSameValues(await valuesOf({ ...LATENCY, aggregation }), expected);
  });

  test('answers points as they are, whose mean is the same', async () => {
    expectSameValues(
      await valuesOf({ ...LATENCY, aggregation: 'none' }),
      writtenGauge({ start: at(WINDOW.start), count: 7 }),
    );
  });

  test('begins its buckets where the window begins', async () => {
    const window = { start: '12:40:30', end: '12:44:30' };
    expectSameValues(await valuesOf(LATENCY, window), writtenGauge({ start: at('12:40:30'), count: 4 }));
  });

  test('shows a silence as gaps, but counts it as zeros', async () => {
    const window = { start: '12:48:00', end: '13:17:00' };
    expectSameValues(await valuesOf(LATENCY, window), writtenGauge({ start: at('12:48:00'), count: 29 }));
    expect(writtenGauge({ start: at('12:48:00'), count: 29 }).filter(Number.isNaN)).toHaveLength(25);
    const counted = await valuesOf({ ...LATENCY, aggregation: 'count' }, window);
    expect(counted).toEqual([4, 4, ...Array(25).fill(0), 4, 4]);
  });

  test('answers a series for each group, and one for each field', async () => {
    const grouped = await ask({ ...LATENCY, groupBy: ['app'] });
    expect(grouped.map(({ tags }) => tags)).toEqual([{ app: 'shop' }]);
    const seconds = Date.parse(at('12:40:00')) / 1000;
    await writeLines(server?.baseUrl ?? '', [`odd-name,version=canary duration=1,end=2i,note="x" ${seconds}`]);
    const all = await ask({ metricName: 'odd-name' });
    expect(all.map(({ tags, values }) => [tags, values[0]])).toEqual([
      [{ field: 'duration' }, 1],
      [{ field: 'end' }, 2],
    ]);
    expect(all[0]?.attributes?.warnings).toBe('the column note contains text and was dropped');
    expect((await valuesOf({ metricName: 'odd-name', fields: ['duration'], aggregation: 'max' }))[0]).toBe(1);
    expect((await valuesOf({ metricName: 'odd-name', aggregation: 'mean', fields: ['end'] }))[0]).toBe(2);
  });

  test('finds the scope whatever its tag and value are called', async () => {
    const seconds = Date.parse(at('12:40:00')) / 1000;
    const lines = [`quoting,the\\ key=it's value=1 ${seconds}`, `quoting,the\\ key=--;\\ \\,\\= value=2 ${seconds}`];
    await writeLines(server?.baseUrl ?? '', lines);
    for (const [scope, value] of [
      ["it's", 1],
      ['--; ,=', 2],
      ["' OR 1=1", GAP],
    ] as const) {
      const request = requestOf({ metricName: 'quoting', fields: ['value'], scopeTag: 'the key' });
      const [set] = await askProvider(influxdb, { ...request, scope: { ...request.scope, scope } }, NEVER);
      expect(set?.values[0]).toBe(value);
    }
  });

  test('understands a template, and longer buckets than the step', async () => {
    const text = 'SELECT mean(value) FROM request_latency_seconds WHERE ${scope} AND ${timeFilter} ';
    const steps = `${text} GROUP BY time(\${step}, \${offset}) fill(null)`;
    expectSameValues(
      await valuesOf({ customInlineTemplate: steps }),
      writtenGauge({ start: at(WINDOW.start), count: 7 }),
    );
    const window = { start: '12:40:00', end: '12:50:00' };
    const [set] = await ask({ customInlineTemplate: `${text} GROUP BY time(5m)` }, window);
    expectSameValues(set?.values ?? [], writtenGauge({ start: at('12:40:00'), count: 2, stepSeconds: 300 }));
    expect(set).toMatchObject({ stepMillis: 300_000, attributes: { warnings: expect.stringContaining('300 s') } });
  });

  test('answers a long window in parts without a seam', async () => {
    const window = { start: '12:00:00', end: '15:00:00', step: 1 };
    const values = await valuesOf(LATENCY, window);
    expectSameValues(values, writtenGauge({ start: at('12:00:00'), count: 10_800, stepSeconds: 1 }));
  });

  test('has no data of what it does not know', async () => {
    expect(await valuesOf({ ...LATENCY, metricName: 'no_such' })).toEqual(Array(7).fill(GAP));
    expect(await valuesOf({ ...LATENCY, metricName: 'no_such', emptyAs: 'zero' })).toEqual(Array(7).fill(0));
  });

  test.each([
    ['what is no InfluxQL', { ...LATENCY, metricName: 'a b' }, {}, 'METRICS_QUERY_REJECTED', 'error parsing query'],
    [
      'an unknown database',
      LATENCY,
      { database: 'nope' },
      'METRICS_QUERY_REJECTED',
      "nope - check the account's database",
    ],
    ['an unknown policy', LATENCY, { retentionPolicy: 'nope' }, 'METRICS_QUERY_REJECTED', 'policy not found: nope'],
    ['Flux', { ...LATENCY, language: 'flux' }, {}, 'METRICS_QUERY_REJECTED', 'have no Flux'],
    ['the mean of texts', { ...NOTE, aggregation: 'mean' }, {}, 'METRICS_QUERY_REJECTED', 'unsupported mean'],
    ['texts', NOTE, {}, 'METRICS_ANSWER_INVALID', '"x"'],
  ])('refuses %s', async (_, query, account, code, words) => {
    const refused = ask(query, {}, account);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('lists its measurements, and passes the check', async () => {
    const { account } = requestOf(LATENCY);
    const names = await listNames(influxdb, account, 'LATENCY', NEVER);
    expect(names).toEqual([{ name: 'request_latency_seconds' }]);
    await influxdb.check(account, NEVER);
    await expect(influxdb.check(requestOf({}, {}, { database: 'nope' }).account, NEVER)).rejects.toThrow('not found');
  });

  test('with limits and users of its own: asks in parts, and says who may not', async () => {
    const baseUrl = strict?.baseUrl ?? '';
    await askInflux(baseUrl, "CREATE USER guest WITH PASSWORD 'pa55-w0rd'");
    const admin = { ...INFLUX_ADMIN, endpoint: { baseUrl } };
    const window = { start: '12:00:00', end: '15:00:00' };
    expectSameValues(await valuesOf(LATENCY, window, admin), writtenGauge({ start: at('12:00:00'), count: 180 }));
    expectSameValues(
      await valuesOf({ ...LATENCY, aggregation: 'none' }, window, admin),
      writtenGauge({ start: at('12:00:00'), count: 180 }),
    );
    for (const [who, words] of [
      [{}, 'unable to parse authentication credentials'],
      [{ ...INFLUX_ADMIN, password: 'wrong-w0rd' }, 'authorization failed'],
      [{ ...INFLUX_ADMIN, username: 'nobody' }, 'authorization failed'],
      [{ ...INFLUX_ADMIN, username: 'guest' }, 'not authorized'],
    ] as const) {
      const refused = ask(LATENCY, {}, { endpoint: { baseUrl }, ...who });
      await expect(refused).rejects.toMatchObject({
        code: 'METRICS_ACCESS_DENIED',
        message: expect.stringContaining(words),
      });
    }
  });
});
