import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signalfx } from '../../providers/signalfx/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, providerFixtures } from '../support/provider-fixtures.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const NEVER = new AbortController().signal;

function requestOf(account: Record<string, unknown> = {}, query: Record<string, unknown> = {}) {
  return fixtureRequest(signalfx, {
    account: { accessToken: 'one', defaultScopeKey: 'version', endpoint: null, ...account },
    metric: { name: 'm', query: { type: 'signalfx', metricName: 'latency', ...query } },
    scope: { scope: 'canary', start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
}

const API = nock.bind(undefined, 'https://api.us1.observability.splunkcloud.com', {
  reqheaders: { 'x-sf-token': 'one' },
});

describe('metadata', () => {
  test.each([
    ['cpu', 'name:*cpu*'],
    ['', 'name:*'],
    ['a b:c*', 'name:*a\\ b\\:c\\**'],
  ])('searches for names with %j in them', async (filter, query) => {
    API()
      .get('/v2/metric')
      .query({ query, limit: '1000' })
      .reply(200, { results: [{ name: 'cpu.idle', type: 'GAUGE' }] });
    expect(await listNames(signalfx, requestOf({ realm: 'us1' }).account, filter, NEVER)).toEqual([
      { name: 'cpu.idle' },
    ]);
  });
});

describe('check', () => {
  test.each([
    ['the host of the realm', { realm: 'us1' }, 'https://api.us1.observability.splunkcloud.com'],
    [
      'the host beside the endpoint',
      { endpoint: { baseUrl: 'https://stream.eu0.signalfx.com' } },
      'https://api.eu0.signalfx.com',
    ],
    ['an endpoint that is a proxy', { endpoint: { baseUrl: 'https://proxy.test/sfx' } }, 'https://proxy.test/sfx'],
    ['apiUrl', { realm: 'us1', apiUrl: 'https://search.test' }, 'https://search.test'],
  ])('asks %s', async (_, account, address) => {
    nock(address, { reqheaders: { 'x-sf-token': 'one' } })
      .get('/v2/metric')
      .query({ limit: '1' })
      .reply(200, { results: [] });
    await expect(signalfx.check(requestOf(account).account, NEVER)).resolves.toBeUndefined();
  });
});

test('a stream cut into any pieces is read alike', async () => {
  const [fixture] = providerFixtures('signalfx').filter(({ name }) => name === 'data');
  const body = Buffer.from(String(fixture?.exchanges[0]?.response.body));
  let pieces: Buffer[] = [];
  const server: LoopbackServer = await startLoopback(async (request, response) => {
    request.resume();
    for (const piece of pieces) await new Promise((written) => response.write(piece, written));
    response.end();
  });
  const request = requestOf({ endpoint: { baseUrl: server.baseUrl } });
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: body.length - 1 }), { maxLength: 6 });
  const property = fc.asyncProperty(cuts, async (places) => {
    const ends = [...places.sort((a, b) => a - b), body.length];
    pieces = ends.map((end, index) => body.subarray(ends[index - 1] ?? 0, end));
    const [set] = await askProvider(signalfx, request, NEVER);
    expect(set?.values).toEqual([12.5, 13, 12.75, 53.333333333333336]);
  });
  await fc.assert(property, { numRuns: 30 });
  await server.stop();
});

test('an aggregation that is no method is refused', () => {
  expect(() => requestOf({}, { aggregationMethod: 'mean().publish()' })).toThrow(/name of a method/);
});

test('what is shown of an account is its address and realm', () => {
  expect(signalfx.describeAccount(requestOf({ realm: 'us1' }).account)).toEqual({ realm: 'us1' });
  const endpoint = { baseUrl: 'https://stream.signalfx.com' };
  expect(signalfx.describeAccount(requestOf({ endpoint }).account)).toEqual({ endpoint });
});
