import { describe, expect, test } from 'vitest';
import { newrelic } from '../../providers/newrelic/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;

function requestOf(query: Record<string, unknown> = {}, account: Record<string, unknown> = {}) {
  return fixtureRequest(newrelic, {
    account: { accountId: '42', userKey: 'one', defaultScopeKey: 'v', ...account },
    metric: { name: 'm', query: { type: 'newrelic', select: 'count(*) FROM A', ...query } },
    scope: { scope: 'v2', start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
}

function answering(nrql: string, results: readonly object[]) {
  return nock(STORE, { reqheaders: { 'api-key': 'one' } })
    .post('/graphql', ({ variables }) => variables.id === 42 && variables.q === nrql)
    .reply(200, { data: { actor: { account: { nrql: { results } } } } });
}

describe('metadata', () => {
  test('lists types of events and metrics that contain the filter, whatever its case', async () => {
    answering('SHOW EVENT TYPES SINCE 1 day ago', [{ eventType: 'Transaction' }, { eventType: 'Log' }]);
    answering('SELECT uniques(metricName, 5000) FROM Metric SINCE 1 day ago', [
      { 'uniques.metricName': ['http.transactions', 'cpu'] },
    ]);
    expect(await listNames(newrelic, requestOf().account, 'TRANSACTION', NEVER)).toEqual([
      { name: 'Transaction', kind: 'event type' },
      { name: 'http.transactions', kind: 'metric' },
    ]);
  });

  test('lists nothing without a user key', async () => {
    const { account } = requestOf({}, { userKey: undefined, apiKey: 'two' });
    expect(await listNames(newrelic, account, '', NEVER)).toEqual([]);
  });
});

describe('check', () => {
  test('asks NerdGraph about the account', async () => {
    answering('SHOW EVENT TYPES SINCE 1 minute ago', []);
    await expect(newrelic.check(requestOf().account, NEVER)).resolves.toBeUndefined();
  });

  test('asks the Insights API about the account', async () => {
    nock(STORE, { reqheaders: { 'x-query-key': 'two' } })
      .get('/v1/accounts/42/query')
      .query({ nrql: 'SHOW EVENT TYPES SINCE 1 minute ago' })
      .reply(200, { results: [] });
    const { account } = requestOf({}, { userKey: undefined, apiKey: 'two' });
    await expect(newrelic.check(account, NEVER)).resolves.toBeUndefined();
  });
});

test.each([
  ['without a number', { accountId: undefined }, /number of the New Relic account/],
  ['without a key', { userKey: undefined }, /write a user key/],
  ['of NerdGraph without a user key', { userKey: undefined, apiKey: 'two', api: 'nerdgraph' }, /write a user key/],
  ['of the Insights API without a query key', { api: 'insights' }, /apiKey/],
])('an account %s is refused', (_, account, words) => {
  expect(() => requestOf({}, account)).toThrow(words);
});

test('facets beside a whole query are refused', () => {
  expect(() => requestOf({ facets: ['a'], customInlineTemplate: 'SELECT 1' })).toThrow(/says FACET itself/);
});

test('what is shown of an account is where it is and what is asked', () => {
  const { account } = requestOf({}, { endpoint: null, region: 'eu' });
  expect(newrelic.describeAccount(account)).toEqual({ accountId: 42, region: 'eu', api: 'nerdgraph' });
});

test('the parameters of POST /fetch/newrelic/query become a query', () => {
  const parameters = { select: 'count(*) FROM A', q: 'a = 1', facets: 'zone,host', step: '60' };
  expect(newrelic.readFetchParameters?.(parameters)).toEqual({
    query: { select: 'count(*) FROM A', q: 'a = 1', facets: ['zone', 'host'] },
  });
  expect(newrelic.readFetchParameters?.({})).toEqual({ query: {} });
});
