/**
 * The provider against a real ClickHouse.
 *
 * Seen with ClickHouse 18.16, and worth knowing:
 * - It knows neither query parameters nor the setting that cancels the statement of a client that is gone.
 * - A user with readonly=1 may not change any setting, but readonly=1 itself passes.
 * - It answers 404 for an unknown column and 500 for a refused statement; only the error code tells.
 * - It reads max_execution_time as whole seconds: a part of one means no limit at all.
 */

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { sql } from '../../providers/sql/index.ts';
import { anyText } from '../support/any-text.ts';
import { listNames } from '../support/ask-provider.ts';
import { startClickHouse } from '../support/servers/clickhouse-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { askSql, failureOf, GAP, NEVER, type SqlAsking, START, sqlRequest } from '../support/sql-asking.ts';

const clickHouse = await requiredServer('clickhouse-server', startClickHouse);
afterAll(() => clickHouse?.stop());

describe.skipIf(clickHouse === undefined)('a real ClickHouse', () => {
  const account = () => ({
    dialect: 'clickhouse',
    legacy: true,
    endpoint: { baseUrl: clickHouse?.baseUrl },
    username: 'default',
  });
  const ask = (statement: string, asking: SqlAsking = {}) =>
    askSql(statement, { ...asking, account: { ...account(), ...asking.account } });
  const READER = { username: 'reader', password: 'pa55-w0rd', sendSettings: false };

  const MEAN = `select intDiv(toUnixTimestamp(time) - :start, :step) * :step + :start as ts, avg(value) as value
    from samples where gauge = 'request_latency_seconds' and version = :scope
    and time >= toDateTime(:start) and time < toDateTime(:end) group by ts`;

  test('answers a mean for each step, with gaps where there is nothing', async () => {
    const [set] = await ask(MEAN, { scope: { start: '2025-01-15T12:48:00Z', end: '2025-01-15T12:52:00Z' } });
    expect(set?.values.map((value) => Number.isNaN(value))).toEqual([false, false, true, true]);
    const [rows] = await ask(
      "select time as ts, value from samples where gauge = 'request_latency_seconds' and version = :scope",
    );
    const [means] = await ask(MEAN);
    expect(rows?.values).toEqual(means?.values.map((value) => expect.closeTo(value, 12)));
  });

  test('gets every value as it is', async () => {
    const property = fc.asyncProperty(anyText(), async (text) => {
      const value = text || 'x';
      const [set] = await ask('select :start as ts, length(:scope) as value', { scope: { scope: value } });
      expect(set?.values[0]).toBe(Buffer.byteLength(value));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('gives any series back', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    const property = fc.asyncProperty(fc.array(number, { minLength: 4, maxLength: 4 }), async (values) => {
      const list = values.map((value, slot) => `(${START + 60_000 * slot}, toFloat64('${value}'))`).join(', ');
      const statement = `select x.1 as ts, x.2 as value from (select arrayJoin([${list}]) as x)`;
      const [set] = await ask(statement, { fields: { timeUnit: 'ms' } });
      expect(set?.values).toEqual(values.map((value) => expect.closeTo(value + 0, 3)));
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test('has infinities, and NaN whatever its sign', async () => {
    const statement =
      'select arrayJoin([(1736945100, 1/0), (1736945160, -1/0), (1736945220, 0/0), (1736945280, -(0/0))]) as x, x.1 as ts, x.2 as value';
    expect((await ask(statement))[0]?.values).toEqual([Infinity, -Infinity, GAP, GAP]);
    expect((await ask(statement, { account: READER }))[0]?.values).toEqual([GAP, GAP, GAP, GAP]);
  });

  test.each([
    ['a syntax error', 'select from where', {}, 'METRICS_QUERY_REJECTED', 'Syntax error'],
    ['an unknown column', 'select nope as ts from samples', {}, 'METRICS_QUERY_REJECTED', 'Unknown identifier: nope'],
    ['an unknown table', 'select ts from nothere', {}, 'METRICS_QUERY_REJECTED', "doesn't exist"],
    ['a missing column', 'select 1 as ts', {}, 'METRICS_QUERY_REJECTED', "no column 'value', but ts"],
    ['a format of its own', 'select 1 as ts, 1 as value format JSON', {}, 'METRICS_ANSWER_INVALID', 'FORMAT'],
    ['lines', 'select 1 as ts, 1 as value format TabSeparated', {}, 'METRICS_ANSWER_INVALID', 'not JSON'],
    [
      'what fails on the way',
      'select number as ts, intDiv(1, toInt32(number) - 3) as value from system.numbers limit 9',
      {},
      'METRICS_QUERY_REJECTED',
      'Division by zero',
    ],
    [
      'what takes too long',
      'select count() as ts from system.numbers',
      { statementTimeoutMillis: 1000 },
      'METRICS_STORE_TIMEOUT',
      'Timeout exceeded',
    ],
    [
      'a wrong password',
      MEAN,
      { ...READER, password: 'wrong' },
      'METRICS_ACCESS_DENIED',
      'Wrong password for user reader',
    ],
    ['an unknown user', MEAN, { username: 'nobody' }, 'METRICS_ACCESS_DENIED', 'Unknown user nobody'],
    [
      'settings of a user who may not',
      MEAN,
      { ...READER, sendSettings: true },
      'METRICS_QUERY_REJECTED',
      "set the account's sendSettings to false",
    ],
    ['an unknown database', MEAN, { database: 'nothere' }, 'METRICS_QUERY_REJECTED', "Database nothere doesn't exist"],
    ['settings it does not know', MEAN, { legacy: false }, 'METRICS_QUERY_REJECTED', "set the account's legacy"],
  ])('refuses %s', async (_, statement, fields, code, words) => {
    const failure = await failureOf(ask(statement, { account: fields }));
    expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(words)]);
    expect(failure.message).not.toContain('pa55-w0rd');
  });

  test('answers a user who may only read, and lists its columns', async () => {
    expect((await ask(MEAN, { account: READER }))[0]?.values).not.toContain(GAP);
    const { account: parsed } = sqlRequest(MEAN, { account: { ...account(), ...READER } });
    expect(await listNames(sql, parsed, 'SAMPLES.VAL', NEVER)).toEqual([
      { name: 'default.samples.value', type: 'Float64' },
    ]);
    await expect(sql.check(parsed, NEVER)).resolves.toBeUndefined();
  });

  test('is given up when canceled, or after timeoutMillis', async () => {
    const slow = 'select count() as ts from system.numbers';
    const fields = { statementTimeoutMillis: 2000 };
    expect((await failureOf(ask(slow, { signal: AbortSignal.timeout(50), account: fields }))).code).toBe(
      'EXECUTION_CANCELED',
    );
    const given = await failureOf(ask(slow, { account: { ...fields, timeoutMillis: 50 } }));
    expect(given.code).toBe('METRICS_STORE_TIMEOUT');
  });
});
