import { expect, test } from 'vitest';
import { elasticsearch } from '../../providers/elasticsearch/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;

function accountOf(fields: Record<string, unknown> = {}) {
  const metric = { name: 'm', query: { type: 'elasticsearch' } };
  return fixtureRequest(elasticsearch, { account: fields, metric, scope: {} }).account;
}

test('metadata: the fields that can be aggregated, with their types', async () => {
  const caps = (aggregatable: boolean, metadata_field = false) => ({ aggregatable, metadata_field, searchable: true });
  nock(STORE, { reqheaders: { authorization: 'ApiKey a2V5' } })
    .get('/logs-a*,logs-b/_field_caps?fields=*&ignore_unavailable=true')
    .reply(200, {
      indices: ['logs-a1'],
      fields: {
        duration: { float: caps(true), long: caps(true) },
        'duration.raw': { text: caps(false) },
        Duration_total: { long: caps(true) },
        _duration: { integer: caps(true, true) },
        status: { keyword: caps(true) },
      },
    });
  const account = accountOf({ apiKey: 'a2V5', index: 'logs-a*, logs-b' });
  expect(await listNames(elasticsearch, account, 'DURATION', NEVER)).toEqual([
    { name: 'duration', type: 'float,long' },
    { name: 'Duration_total', type: 'long' },
  ]);
});

test('metadata: no more fields than a picker can show', async () => {
  const names = Array.from({ length: 6000 }, (_, index) => [`f${index}`, { long: { aggregatable: true } }]);
  nock(STORE)
    .get('/*/_field_caps?fields=*&ignore_unavailable=true')
    .reply(200, { fields: Object.fromEntries(names) });
  expect(await listNames(elasticsearch, accountOf(), '', NEVER)).toHaveLength(5000);
});

test('check: a search that matches nothing, where metrics look', async () => {
  nock(STORE)
    .post('/logs-*/_search?ignore_unavailable=true', { size: 0, track_total_hits: false, query: { match_none: {} } })
    .reply(200, { took: 0, timed_out: false, hits: { hits: [] } });
  await elasticsearch.check(accountOf({ index: 'logs-*' }), NEVER);
});

test.each(['..', 'logs,..', 'logs,,x', '_cluster', '.'])('%s is not the name of an index', async (index) => {
  const request = fixtureRequest(elasticsearch, {
    metric: { name: 'm', query: { type: 'elasticsearch', index } },
    scope: { start: '2025-01-15T12:00:00Z', end: '2025-01-15T12:10:00Z', step: 60 },
  });
  await expect(askProvider(elasticsearch, request, NEVER)).rejects.toMatchObject({
    code: 'METRICS_QUERY_INVALID',
    message: expect.stringContaining('is no index'),
  });
});

test.each([
  [{ aggregation: 'avg' }, 'field'],
  [{ aggregation: 'ratio' }, 'numerator'],
])('%j is refused without its %s, unless a template is the body', (fields, missing) => {
  const query = { type: 'elasticsearch', ...fields };
  expect(elasticsearch.Query.safeParse(query).error?.issues).toMatchObject([{ path: [missing] }]);
  expect(elasticsearch.Query.safeParse({ ...query, customFilterTemplate: 'x' }).success).toBe(true);
});

test.each([
  ['https://search-x-abc.eu-west-1.es.amazonaws.com', {}, true],
  ['https://logs.example.com', {}, false],
  ['https://logs.example.com', { region: 'eu-west-1' }, true],
])('to sign for %s with %j is possible: %s', (baseUrl, sigv4, expected) => {
  const account = { name: 'a', type: 'elasticsearch', endpoint: { baseUrl }, sigv4 };
  expect(elasticsearch.Account.safeParse(account).success).toBe(expected);
});

test('what is shown of an account is its address, user and index', () => {
  const account = accountOf({ index: 'logs-*', username: 'elastic', password: 'secret' });
  expect(elasticsearch.describeAccount(account)).toEqual({
    endpoint: { baseUrl: STORE },
    username: 'elastic',
    index: 'logs-*',
  });
});
