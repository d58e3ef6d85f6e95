import { describe, expect, test } from 'vitest';
import { bucketMillis } from '../../providers/influxdb/bucket-length.ts';
import { influxdb } from '../../providers/influxdb/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const V2 = { version: 2, org: 'acme', bucket: 'shop', token: 't0k-en' };

function requestOf(account: Record<string, unknown>, query: Record<string, unknown> = {}) {
  return fixtureRequest(influxdb, {
    account,
    metric: { name: 'm', query: { type: 'influxdb', metricName: 'a', ...query } },
    scope: { start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
}

function accountOf(fields: Record<string, unknown>) {
  return requestOf(fields).account;
}

function onFlux(query: RegExp | string, body: string) {
  const asked = (sent: { query: string }) =>
    typeof query === 'string' ? sent.query === query : query.test(sent.query);
  nock(STORE)
    .post('/api/v2/query', asked)
    .query({ org: 'acme' })
    .matchHeader('authorization', 'Token t0k-en')
    .reply(200, body);
}

describe('metadata', () => {
  const namesOf = async (account: Record<string, unknown>, filter: string) =>
    (await listNames(influxdb, accountOf(account), filter, NEVER)).map(({ name }) => name);

  test('lists the measurements whose names contain the filter, whatever its case', async () => {
    const values = [['http_latency'], ['Latency'], ['errors']];
    const series = [{ name: 'measurements', columns: ['name'], values }];
    nock(STORE)
      .get('/query')
      .query({ db: 'shop', rp: '90d', epoch: 'ms', q: 'SHOW MEASUREMENTS' })
      .reply(200, { results: [{ statement_id: 0, series }] });
    const account = { database: 'shop', retentionPolicy: '90d' };
    expect(await namesOf(account, 'LAT')).toEqual(['http_latency', 'Latency']);
  });

  test('lists those of a bucket', async () => {
    const script = 'import "influxdata/influxdb/schema"\n\nschema.measurements(bucket: "shop")';
    onFlux(script, '#datatype,string,long,string\r\n,result,table,_value\r\n,,0,latency\r\n,,0,errors\r\n\r\n');
    expect(await namesOf(V2, 'err')).toEqual(['errors']);
  });

  test('lists none where the account names neither database nor bucket', async () => {
    expect(await namesOf({}, '')).toEqual([]);
    expect(await namesOf({ version: 2 }, '')).toEqual([]);
  });
});

describe('check', () => {
  const onStatement = (parameters: Record<string, string>, result: object) =>
    nock(STORE)
      .get('/query')
      .query({ epoch: 'ms', ...parameters })
      .reply(200, { results: [result] });

  test('needs the database, when the account names one', async () => {
    const q = 'SELECT * FROM "_check" WHERE time > now() LIMIT 1';
    onStatement({ db: 'shop', q }, { error: 'database not found: shop' });
    await expect(influxdb.check(accountOf({ database: 'shop' }), NEVER)).rejects.toThrow('database not found: shop');
    onStatement({ q: 'SHOW DATABASES' }, {});
    await influxdb.check(accountOf({}), NEVER);
  });

  test('needs the bucket, when the account names one', async () => {
    const failed = '#datatype,string,long\r\n,error,reference\r\n,could not find bucket,\r\n';
    onFlux('from(bucket: "shop")\n  |> range(start: -1m)\n  |> limit(n: 1)', failed);
    await expect(influxdb.check(accountOf(V2), NEVER)).rejects.toThrow('could not find bucket');
    onFlux('buckets()\n  |> limit(n: 1)', '\r\n');
    await influxdb.check(accountOf({ ...V2, bucket: undefined }), NEVER);
  });
});

test.each([
  ['SELECT mean(v) FROM m WHERE time > 1 GROUP BY time(5m) fill(null)', 300_000],
  ['select mean(v) from m group by "zone", TIME( 1h30m , 15m)', 5_400_000],
  ['SELECT v FROM m WHERE time > now() - 1h', undefined],
  ['SELECT v FROM m GROUP BY "time"', undefined],
  ['SELECT mean(v) FROM m GROUP BY time(100u)', undefined],
  ['from(bucket: "b") |> aggregateWindow(every: 1h, fn: mean)', 3_600_000],
  ['from(bucket: "b") |> window(every:90s) |> mean()', 90_000],
  ['from(bucket: "b") |> aggregateWindow(every: 1mo, fn: mean)', undefined],
])('the buckets of %s are %s ms', (query, millis) => {
  expect(bucketMillis(query)).toBe(millis);
});

test.each(['median', 'percentile(101)', 'percentile()', 'mean()'])('the aggregation %s is refused', (aggregation) => {
  expect(() => requestOf({}, { aggregation })).toThrow('percentile(95)');
});

test("reads the parameters of Kayenta's single query", () => {
  const parameters = { metricName: 'temperature', fields: 'internal,external' };
  const query = { metricName: 'temperature', fields: ['internal', 'external'] };
  expect(influxdb.readFetchParameters?.(parameters)).toEqual({ query });
});
