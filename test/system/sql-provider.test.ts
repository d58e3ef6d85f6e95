/**
 * The provider against a real PostgreSQL: what the suites with stand-ins ask of every provider, asked of the database.
 *
 * Seen with PostgreSQL 15, and worth knowing: it goes on with a statement whose client is gone, so one that is canceled
 * has to be canceled from a second connection.
 */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../providers/sql/index.ts';
import { anyText } from '../support/any-text.ts';
import { listNames } from '../support/ask-provider.ts';
import { query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { freePort } from '../support/servers/prometheus-server.ts';
import { askSql, failureOf, GAP, NEVER, type SqlAsking, START, sqlRequest } from '../support/sql-asking.ts';

const postgres = await requiredPostgres();
afterAll(() => postgres?.stop());

const SECRET = "pa55 'w0rd\\";

describe.skipIf(postgres === undefined)('a real PostgreSQL', () => {
  let url = '';
  let account: Record<string, unknown> = {};

  beforeAll(async () => {
    url = (await postgres?.createDatabase('shop')) ?? '';
    account = { dialect: 'postgres', username: 'haldane', endpoint: { baseUrl: url.replace('haldane@', '') } };
    await query(url, 'create table latency (at timestamptz, version text, zone text, seconds double precision)');
    await query(
      url,
      `insert into latency select to_timestamp($1::bigint + 15 * i), version, zone, i
       from generate_series(-8, 23) i, unnest(array['canary', 'baseline']) version, unnest(array['a', 'b']) zone`,
      [START / 1000],
    );
    await query(url, `create role reader login password '${SECRET.replaceAll("'", "''")}'`);
    await query(url, 'create role limited login connection limit 0');
    await query(url, 'create sequence tickets');
  });

  const ask = (statement: string, asking: SqlAsking = {}) =>
    askSql(statement, { ...asking, account: { ...account, ...asking.account } });
  const valuesOf = async (statement: string, asking?: SqlAsking) => (await ask(statement, asking))[0]?.values;
  /** rows given as `seconds since 1970, value` */
  const rowsOf = (rows: readonly string[]) => `select * from (values ${rows.join(', ')}) as rows (ts, value)`;

  const MEAN = `select date_bin(make_interval(secs => :step), at, to_timestamp(:start)) as ts, avg(seconds) as value
    from latency where version = :scope and at >= to_timestamp(:start) and at < to_timestamp(:end) group by 1`;

  test('answers a mean for each step of the window, whose end does not belong to it', async () => {
    expect(await ask(MEAN)).toMatchObject([
      { tags: {}, startTimeMillis: START, stepMillis: 60_000, values: [1.5, 5.5, 9.5, 13.5] },
    ]);
    const older = `select floor((extract(epoch from at) - :start) / :step) * :step + :start as ts, avg(seconds) as value
      from latency where version = :scope and extract(epoch from at) >= :start and extract(epoch from at) < :end group by 1`;
    expect(await valuesOf(older)).toEqual([1.5, 5.5, 9.5, 13.5]);
  });

  test('answers rows as they are: the step they lie in is found, and those beside the window are left out', async () => {
    expect(
      await valuesOf("select at as ts, seconds as value from latency where version = 'canary' and zone = 'a'"),
    ).toEqual([1.5, 5.5, 9.5, 13.5]);
  });

  test('tells series apart by tags', async () => {
    const statement = MEAN.replace('select', 'select zone, ').replace('group by 1', 'group by 1, 2');
    const sets = await ask(statement, { fields: { tagColumns: ['zone'] } });
    expect(sets.map(({ tags, values }) => [tags, values.length])).toEqual([
      [{ zone: 'a' }, 4],
      [{ zone: 'b' }, 4],
    ]);
    expect(
      (await failureOf(ask(statement, { fields: { tagColumns: ['zone'] }, account: { maxSeries: 1 } }))).code,
    ).toBe('METRICS_LIMIT_EXCEEDED');
  });

  test.each([
    ['a gap in the middle', ['(1736945100, 1)', '(1736945280, 4)'], [1, GAP, GAP, 4]],
    ['a null', ['(1736945100, null)', '(1736945160, 2)'], [GAP, 2, GAP, GAP]],
    ['no rows of any order', ['(1736945280, 4)', '(1736945100, 1)'], [1, GAP, GAP, 4]],
    [
      'numbers JSON does not have',
      ["(1736945100, 'NaN'::float)", "(1736945160, '-Infinity')"],
      [GAP, -Infinity, GAP, GAP],
    ],
    ['decimals', ['(1736945100, 1.50)', '(1736945160, 1e3)'], [1.5, 1000, GAP, GAP]],
    ['fractions of a second', ['(1736945159.999, 1)', '(1736945160.0, 2)'], [GAP, 1.5, GAP, GAP]],
    ['the end of the window', ['(1736945339, 4)', '(1736945340, 5)'], [GAP, GAP, GAP, 4]],
  ])('grid: %s', async (_, rows, values) => {
    expect(await valuesOf(rowsOf(rows))).toEqual(values);
  });

  test.each([
    ["timestamptz '2025-01-15 14:46:00+02'"],
    ["timestamp '2025-01-15 12:46:00'"],
    ["timestamptz '2025-01-15 12:46:30.123456Z'"],
    ["timestamptz '2025-01-15 12:46:00' at time zone 'Europe/Berlin' - interval '1 hour'"],
    ['1736945160::bigint'],
    ['1736945160.5::numeric'],
    ['1736945160::double precision'],
  ])('understands the time %s', async (time) => {
    expect(await valuesOf(`select ${time} as ts, 7 as value`)).toEqual([GAP, 7, GAP, GAP]);
  });

  test('understands milliseconds when told', async () => {
    const statement = 'select :startMillis as ts, 1 as value';
    expect(await valuesOf(statement, { fields: { timeUnit: 'ms' } })).toEqual([1, GAP, GAP, GAP]);
  });

  test('has no data of what is not there', async () => {
    const nothing = 'select 1 as ts, 1 as value where :scope = :location';
    expect(await valuesOf(nothing, { scope: { location: 'x' } })).toEqual([GAP, GAP, GAP, GAP]);
    const zero = await valuesOf(nothing, { scope: { location: 'x' }, fields: { emptyAs: 'zero' } });
    expect(zero).toEqual([0, 0, 0, 0]);
  });

  test('gets every value as it is', async () => {
    const property = fc.asyncProperty(anyText(), async (text) => {
      const value = text.replaceAll('\0', '') || 'x';
      const statement = 'select :start as ts, octet_length(:scope) as value';
      const values = await valuesOf(statement, { scope: { scope: value } });
      expect(values?.[0]).toBe(Buffer.byteLength(value));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('gives any series back', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const property = fc.asyncProperty(fc.array(number, { minLength: 4, maxLength: 4 }), async (values) => {
      const rows = values.map((value, slot) => `(${START / 1000 + 60 * slot}, ${value}::float)`);
      expect(await valuesOf(rowsOf(rows))).toEqual(values.map((value) => value + 0));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test.each([
    ['selekt', 'select from where', 'METRICS_QUERY_REJECTED', 'syntax error'],
    [
      'an unknown table',
      'select ts, value from nothere',
      'METRICS_QUERY_REJECTED',
      'relation "nothere" does not exist',
    ],
    ['a missing column', 'select 1 as ts', 'METRICS_QUERY_REJECTED', "no column 'value', but ts"],
    ['a time that is none', "select 'noon' as ts, 1 as value", 'METRICS_ANSWER_INVALID', 'holds "noon"'],
    ['a value that is none', "select 1736945100 as ts, 'x' as value", 'METRICS_ANSWER_INVALID', 'not a number'],
    ['a division by zero', 'select 1 as ts, 1/0 as value', 'METRICS_QUERY_REJECTED', 'division by zero'],
    [
      'a write in a CTE',
      'with x as (delete from latency returning 1) select * from x',
      'METRICS_QUERY_REJECTED',
      'read-only',
    ],
    [
      'a function that writes',
      "select nextval('tickets') as ts, 1 as value",
      'METRICS_QUERY_REJECTED',
      'read-only transaction',
    ],
    [
      'an attempt to get out',
      "select set_config('transaction_read_only', 'off', false) as ts, 1 as value",
      'METRICS_QUERY_REJECTED',
      'read-write mode must be set before any query',
    ],
    [
      'a million rows',
      'select i as ts, 1 as value from generate_series(1, 1000001) i',
      'METRICS_LIMIT_EXCEEDED',
      'more than 1000000 rows, and was canceled',
    ],
    [
      'more bytes than any canary needs, in many rows',
      "select i as ts, 1 as value, repeat('x', 100000) as text from generate_series(1, 100000) i",
      'METRICS_LIMIT_EXCEEDED',
      'more than 64 MiB, and was canceled - group the rows by time',
    ],
    [
      'the same in one value',
      "select 1736945100 as ts, repeat('x', 500000000) as value",
      'METRICS_LIMIT_EXCEEDED',
      'more than 64 MiB, and was canceled',
    ],
  ])('refuses %s', async (_, statement, code, words) => {
    const failure = await failureOf(ask(statement));
    expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(words)]);
    expect(failure.message).toContain("account 'store', metric 'latency'");
    expect(await query(url, 'select count(*)::int as n from latency')).toEqual([{ n: 128 }]);
  });

  test('refuses a statement that takes too long', async () => {
    const asked = ask('select pg_sleep(60) as ts, 1 as value', { account: { statementTimeoutMillis: 2000 } });
    const failure = await failureOf(asked);
    expect([failure.code, failure.message]).toEqual([
      'METRICS_STORE_TIMEOUT',
      expect.stringContaining('statement timeout'),
    ]);
    expect(failure.message).toContain("account 'store', metric 'latency'");
  });

  test.each([
    ['a user without rights', { username: 'reader' }, 'METRICS_ACCESS_DENIED', 'grant the user SELECT'],
    ['an unknown user', { username: 'nobody' }, 'METRICS_ACCESS_DENIED', 'role "nobody" does not exist'],
    ['an unknown database', { database: 'nothere' }, 'METRICS_QUERY_REJECTED', "check the account's database"],
    ['too many connections', { username: 'limited' }, 'METRICS_STORE_THROTTLED', 'too many connections'],
    ['no encryption', { tls: {} }, 'METRICS_STORE_UNAVAILABLE', "leave out the account's tls"],
  ])('refuses %s', async (_, fields, code, words) => {
    const failure = await failureOf(ask(MEAN, { account: fields }));
    expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(words)]);
  });

  test('that is not there is unavailable, and one that hangs is a timeout', async () => {
    const at = (port: number) => ({ endpoint: { baseUrl: `postgres://127.0.0.1:${port}/shop` }, timeoutMillis: 100 });
    expect((await failureOf(ask(MEAN, { account: at(await freePort()) }))).code).toBe('METRICS_STORE_UNAVAILABLE');
    const behaving = async (behave: (socket: Socket) => void) => {
      const server = createServer(behave).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return failureOf(ask(MEAN, { account: at((server.address() as AddressInfo).port) })).finally(() =>
        server.close(),
      );
    };
    const hung = await behaving(() => {});
    expect([hung.code, hung.message]).toEqual(['METRICS_STORE_TIMEOUT', expect.stringContaining('within 100 ms')]);
    const wrong = await behaving((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(wrong.code).toMatch(/METRICS_STORE_(UNAVAILABLE|TIMEOUT)/);
  });

  /** the statements under way that sleep */
  const sleeping = async () =>
    (
      await query<{ n: number }>(
        url,
        "select count(*)::int as n from pg_stat_activity where state = 'active' and query like '%pg_sleep(60%' and pid <> pg_backend_pid()",
      )
    )[0]?.n;
  const untilSleeping = async (count: number) => {
    for (let tries = 0; (await sleeping()) !== count && tries < 100; tries++) await sleep(20);
    return sleeping();
  };
  const SLEEP = 'select pg_sleep(60) as ts, 1 as value';

  test('is not left with a canceled statement', async () => {
    const canceled = new AbortController();
    const asked = failureOf(ask(SLEEP, { signal: canceled.signal }));
    expect(await untilSleeping(1)).toBe(1);
    const since = Date.now();
    canceled.abort();
    expect((await asked).code).toBe('EXECUTION_CANCELED');
    expect(Date.now() - since).toBeLessThan(1000);
    expect(await untilSleeping(0)).toBe(0);
  });

  test('is not left with a statement of too many bytes', async () => {
    // Its rows would go on for an hour.
    const endless =
      "select i as ts, 1 as value, repeat('x', 100000) as text from generate_series(1, 100000) i " +
      "where pg_sleep(case when i < 2000 then 0 else 60 end) is not null and 'pg_sleep(60' <> ''";
    expect((await failureOf(ask(endless))).code).toBe('METRICS_LIMIT_EXCEEDED');
    expect(await untilSleeping(0)).toBe(0);
  });

  test('tells what the database says besides', async () => {
    await query(
      url,
      "create or replace function told() returns int language plpgsql as $$ begin raise warning 'a partition is offline'; return 1; end $$",
    );
    const [set] = await ask('select told() as value, 1736945100 as ts');
    expect(set?.attributes.warnings).toBe('WARNING: a partition is offline');
  });

  test('is not left with a statement that was given up', async () => {
    const given = await failureOf(ask(SLEEP, { account: { timeoutMillis: 300 } }));
    expect([given.code, given.message]).toEqual([
      'METRICS_STORE_TIMEOUT',
      expect.stringContaining("raise the account's timeoutMillis (300)"),
    ]);
    expect(await untilSleeping(0)).toBe(0);
    const before = await failureOf(ask(SLEEP, { signal: AbortSignal.abort() }));
    expect(before.code).toBe('EXECUTION_CANCELED');
  });

  test('is left without connections', async () => {
    await ask(MEAN);
    const open = async () =>
      (
        await query<{ n: number }>(
          url,
          "select count(*)::int as n from pg_stat_activity where application_name = 'haldane'",
        )
      )[0]?.n;
    for (let tries = 0; (await open()) !== 0 && tries < 100; tries++) await sleep(20);
    expect(await open()).toBe(0);
  });

  test('lists its columns, and passes the check', async () => {
    const { account: parsed } = sqlRequest(MEAN, { account });
    expect(await listNames(sql, parsed, 'LATENCY.SEC', NEVER)).toEqual([
      { name: 'public.latency.seconds', type: 'double precision' },
    ]);
    expect(await listNames(sql, parsed, "'", NEVER)).toEqual([]);
    await expect(sql.check(parsed, NEVER)).resolves.toBeUndefined();
    const gone = sqlRequest(MEAN, { account: { ...account, username: 'nobody' } }).account;
    await expect(sql.check(gone, NEVER)).rejects.toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  });

  test('asks for a password, which nobody is told', async () => {
    const [{ hba_file: file } = { hba_file: '' }] = await query<{ hba_file: string }>(url, 'show hba_file');
    const rules = ['host all reader all scram-sha-256', 'host all all all trust'];
    await query(url, `copy (select unnest(array['${rules.join("','")}'])) to '${file}'`);
    await query(url, 'select pg_reload_conf()');
    await query(url, 'grant select on latency to reader');
    const asReader = (password: string) => ask(MEAN, { account: { username: 'reader', password } });
    const sets = await asReader(SECRET);
    expect(sets[0]?.values).toEqual([1.5, 5.5, 9.5, 13.5]);
    const wrong = await failureOf(asReader(`${SECRET}!`));
    expect([wrong.code, wrong.message]).toEqual([
      'METRICS_ACCESS_DENIED',
      expect.stringContaining('password authentication failed for user "reader"'),
    ]);
    const told = await failureOf(
      ask(`select pa55 as ts from :scope`, {
        account: { username: 'reader', password: SECRET },
        scope: { scope: SECRET },
      }),
    );
    const words = inspect([wrong, told, sql.describeAccount(sqlRequest(MEAN, { account }).account)], { depth: 20 });
    expect(words).not.toContain(SECRET);
  });
});
