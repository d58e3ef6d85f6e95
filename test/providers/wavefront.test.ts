import { expect, test } from 'vitest';
import { wavefront } from '../../providers/wavefront/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const HEADERS = { reqheaders: { authorization: 'Bearer one' } };

function requestOf(query: Record<string, unknown> = {}) {
  return fixtureRequest(wavefront, {
    account: { apiToken: 'one' },
    metric: { name: 'm', query: { type: 'wavefront', metricName: 'latency', ...query } },
    scope: { scope: 'v=1', start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
}

test('metadata lists names that begin with the filter', async () => {
  nock(STORE, HEADERS)
    .get('/chart/metrics/all')
    .query({ q: 'cpu.', l: '1000' })
    .reply(200, { metrics: ['cpu.idle'] });
  expect(await listNames(wavefront, requestOf().account, 'cpu.', NEVER)).toEqual([{ name: 'cpu.idle' }]);
});

test('check asks for a constant over the last minute', async () => {
  nock(STORE, HEADERS)
    .get('/api/v2/chart/api')
    .query(({ q, g, s }) => q === '1' && g === 'm' && Math.abs(Number(s) - (Date.now() - 60_000)) < 10_000)
    .reply(200, { name: 'Haldane-Check', query: '1', granularity: 60 });
  await expect(wavefront.check(requestOf().account, NEVER)).resolves.toBeUndefined();
});

test('an unknown summarization is refused with the known ones', () => {
  expect(() => requestOf({ summarization: 'P95' })).toThrow(/MEDIAN/);
});

test('what is shown of an account is its address', () => {
  expect(wavefront.describeAccount(requestOf().account)).toEqual({ endpoint: { baseUrl: STORE } });
});

test.each([
  ['summarization', 'MAX'],
  ['[MEAN, MEDIAN, MIN, MAX, SUM, COUNT, FIRST, LAST]', 'SUM'],
])('the parameters of POST /fetch/wavefront/query become a query: %s', (name, summarization) => {
  const parameters = { metricName: 'latency', aggregate: 'avg', [name]: summarization };
  expect(wavefront.readFetchParameters?.(parameters)).toEqual({
    query: { metricName: 'latency', aggregate: 'avg', summarization },
  });
});

test('the step of POST /fetch/wavefront/query is a letter', () => {
  expect(wavefront.readFetchParameters?.({ step: 'h' })).toEqual({ query: {}, step: 3600 });
});

test('parameters of POST /fetch/wavefront/query may be left out', () => {
  expect(wavefront.readFetchParameters?.({})).toEqual({ query: {} });
});
