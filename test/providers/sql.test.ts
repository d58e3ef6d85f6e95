import { describe, expect, test } from 'vitest';
import { sql } from '../../providers/sql/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { askSql, failureOf, NEVER } from '../support/sql-asking.ts';

const POSTGRES = { name: 'a', type: 'sql', dialect: 'postgres', endpoint: { baseUrl: 'postgres://db.test/shop' } };
const CLICKHOUSE = { name: 'a', type: 'sql', dialect: 'clickhouse', endpoint: { baseUrl: 'http://db.test:8123' } };

describe('an account', () => {
  test.each([
    ['of PostgreSQL over HTTP', { ...POSTGRES, ...{ endpoint: CLICKHOUSE.endpoint } }, 'postgres://host:5432/database'],
    ['of ClickHouse by another protocol', { ...CLICKHOUSE, endpoint: POSTGRES.endpoint }, 'https://host:8443'],
    ['without a user', POSTGRES, 'is required for PostgreSQL, or usernamePasswordFile'],
    ['without a database', { ...POSTGRES, username: 'u', endpoint: { baseUrl: 'postgres://db.test' } }, 'is required'],
    [
      'with a password in the address',
      { ...POSTGRES, endpoint: { baseUrl: 'postgres://u:p@db.test/x' } },
      'user:password@',
    ],
    [
      'with parameters in the address',
      { ...POSTGRES, endpoint: { baseUrl: 'postgres://db.test/x?y=1' } },
      'must not contain',
    ],
    [
      'with a token for PostgreSQL',
      { ...POSTGRES, username: 'u', bearerToken: 'x' },
      'postgres has none of bearerToken',
    ],
    ['of a database nobody speaks to', { ...CLICKHOUSE, dialect: 'mysql' }, "write one of 'postgres', 'clickhouse'"],
  ])('%s is refused', (_, account, reason) => {
    expect(sql.Account.safeParse(account).error?.issues[0]?.message).toContain(reason);
  });

  test('is shown with its database, and without its password', () => {
    const account = sql.Account.parse({ ...POSTGRES, username: 'u', password: 'pa55-w0rd', database: 'shop' });
    expect(sql.describeAccount(account)).toEqual({
      endpoint: POSTGRES.endpoint,
      username: 'u',
      dialect: 'postgres',
      database: 'shop',
    });
  });

  test.each([
    ['usernamePasswordFile', { usernamePasswordFile: '/no/such/file' }],
    ['tls.caFile', { username: 'u', tls: { caFile: '/no/such/file' } }],
  ])('whose %s cannot be read is denied', async (field, fields) => {
    const { code, message } = await failureOf(askSql('select 1', { account: { ...POSTGRES, ...fields } }));
    expect([code, message]).toEqual(['METRICS_ACCESS_DENIED', expect.stringContaining(`${field} cannot be read`)]);
  });
});

test('one column cannot be two things', () => {
  const query = { type: 'sql', query: 'select 1', tagColumns: ['zone', 'ts'] };
  expect(sql.Query.safeParse(query).error?.issues[0]?.message).toContain('must be different columns');
});

test('ClickHouse lists its columns', async () => {
  nock('http://db.test:8123')
    .post(/param_filter=sec%5C%5Conds/, /lower\(\{filter:String\}\)/)
    .reply(200, { meta: [], data: [['default.latency.seconds', 'Float64']] });
  expect(await listNames(sql, sql.Account.parse(CLICKHOUSE), 'sec\\onds', NEVER)).toEqual([
    { name: 'default.latency.seconds', type: 'Float64' },
  ]);
});
