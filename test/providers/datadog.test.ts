import { describe, expect, test } from 'vitest';
import { datadog } from '../../providers/datadog/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const HEADERS = { reqheaders: { 'dd-api-key': 'one', 'dd-application-key': 'two' } };

function requestOf(query: Record<string, unknown> = {}, account: Record<string, unknown> = {}) {
  return fixtureRequest(datadog, {
    account: { apiKey: 'one', applicationKey: 'two', ...account },
    metric: { name: 'm', query: { type: 'datadog', metricName: 'avg:a', ...query } },
    scope: { scope: '*', start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
}

describe('metadata', () => {
  const listed = (metrics: string[]) =>
    nock(STORE, HEADERS)
      .get('/api/v1/metrics')
      .query(({ from }) => Math.abs(Number(from) - (Date.now() / 1000 - 3600)) < 60)
      .reply(200, { from: '1736941500', metrics });

  test('lists the metrics of the last hour whose names contain the filter, whatever its case', async () => {
    listed(['system.cpu.user', 'System.CPU.idle', 'system.load.1']);
    const names = await listNames(datadog, requestOf().account, 'Cpu', NEVER);
    expect(names).toEqual([{ name: 'system.cpu.user' }, { name: 'System.CPU.idle' }]);
  });

  test('lists no more than a picker can show', async () => {
    listed(Array.from({ length: 6000 }, (_, index) => `m${index}`));
    expect(await listNames(datadog, requestOf().account, '', NEVER)).toHaveLength(5000);
  });
});

test('check asks for both keys', async () => {
  nock(STORE, HEADERS).get('/api/v2/validate_keys').reply(200, { status: 'ok' });
  await expect(datadog.check(requestOf().account, NEVER)).resolves.toBeUndefined();
});

test('when no request is left in the period, the next one waits for its end', async () => {
  const empty = { status: 'ok', series: [] };
  const used = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1' };
  nock(STORE).get('/api/v1/query').query(true).reply(200, empty, used);
  nock(STORE).get('/api/v1/query').query(true).reply(200, empty);
  const request = requestOf();
  await askProvider(datadog, request, NEVER);
  const began = performance.now();
  await askProvider(datadog, request, NEVER);
  expect(performance.now() - began).toBeGreaterThan(900);
});

test.each([
  ['a formula without queries', { metricName: undefined, formula: 'a', apiVersion: 'v2' }, /belong together/],
  ['a formula of v1', { metricName: undefined, formula: 'a', queries: { a: 'x' } }, /must be 'v2'/],
  ['a formula besides a name', { formula: 'a', queries: { a: 'x' }, apiVersion: 'v2' }, /leave out metricName/],
  ['a query of a formula without a proper name', { formula: '1', queries: { '1': 'x' }, apiVersion: 'v2' }, /a name/],
])('%s is refused', (_, query, words) => {
  expect(() => requestOf(query)).toThrow(words);
});

test('a key with a line break is refused', () => {
  expect(() => requestOf({}, { applicationKey: 'two\n' })).toThrow(/line breaks/);
});

test('what is shown of an account is its address and site', () => {
  const { account } = requestOf({}, { site: 'datadoghq.eu' });
  expect(datadog.describeAccount(account)).toEqual({ endpoint: { baseUrl: STORE }, site: 'datadoghq.eu' });
});

test('the parameters of POST /fetch/datadog/query become a query', () => {
  expect(datadog.readFetchParameters?.({ metricName: 'avg:a', scope: 'x' })).toEqual({
    query: { metricName: 'avg:a' },
    step: 60,
  });
  expect(datadog.readFetchParameters?.({ step: '30' })).toEqual({ query: {} });
});
