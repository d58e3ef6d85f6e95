import type { LookupAddress } from 'node:dns';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { web } from '../../providers/web/index.ts';
import { guardedLookup } from '../../src/outbound/guarded-lookup.ts';
import { askProvider } from '../support/ask-provider.ts';
import { resolveNames } from '../support/http/loopback-only.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';

const NEVER = new AbortController().signal;

/** Names as this test has them. */
const NAMES: Readonly<Record<string, readonly LookupAddress[]>> = {
  'inside.shop.test': [{ address: '127.0.0.1', family: 4 }],
  'both.shop.test': [
    { address: '93.184.215.14', family: 4 },
    { address: 'fd00::1', family: 6 },
  ],
  'outside.shop.test': [
    { address: '93.184.215.14', family: 4 },
    { address: '2606:2800:21f:cb07:6820:80da:af6b:8b2c', family: 6 },
  ],
};

beforeAll(() => resolveNames(NAMES));

function requestOf(query: Record<string, unknown>, account: Record<string, unknown> = {}) {
  return fixtureRequest(web, {
    account,
    metric: { name: 'latency', query: { type: 'web', url: 'series', ...query } },
    scope: { start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
}

describe('names of hosts', () => {
  test('one with a private address is not connected to', async () => {
    let connections = 0;
    const { port, stop } = await startLoopback((_, response) => {
      connections += 1;
      response.end('[]');
    });
    const account = { endpoint: null, allowedUrlPatterns: [`http://*.shop.test:${port}/*`] };
    const ask = (host: string) => askProvider(web, requestOf({ url: `http://${host}:${port}/x` }, account), NEVER);
    // One error for what is inside and what is not there: it tells nobody which names this network has.
    for (const host of ['inside.shop.test', 'both.shop.test', 'nowhere.shop.test']) {
      await expect(ask(host)).rejects.toMatchObject({
        code: 'METRICS_QUERY_INVALID',
        message: expect.stringContaining(
          `'${host}' has no public address; the account's allowPrivate can allow a private one`,
        ),
      });
    }
    expect(connections).toBe(0);
    await stop();
  });

  test('one without is connected to as it was resolved', async () => {
    const refused = vi.fn();
    const resolve = (all: boolean) =>
      new Promise((done) => {
        guardedLookup({ refuse: refused })('outside.shop.test', { all }, (error, address, family) =>
          done([error, address, family]),
        );
      });
    expect(await resolve(true)).toEqual([null, NAMES['outside.shop.test'], undefined]);
    expect(await resolve(false)).toEqual([null, '93.184.215.14', 4]);
    expect(refused).not.toHaveBeenCalled();
  });
});

describe('a path', () => {
  test.each([
    ['data.points', 'is not a JSONPath (RFC 9535)'],
    ['$.', 'is not a JSONPath'],
    ['$..a..b', "'..' only once"],
    ["$['a','b']", 'one selector per pair of brackets'],
    ['$[0,0,0][0,0,0]', 'one selector per pair of brackets'],
    ['$[?match(@.a, "(a+)+b")]', 'compare members of an element'],
    ['$[?length(@.a) > 1]', 'compare members of an element'],
    ['$[?count($..*) > 1]', 'compare members of an element'],
    ['$[?@.a == $.b]', 'compare members of an element'],
    ['$[?$.b]', 'compare members of an element'],
    ['$[?@[?@.a]]', 'compare members of an element'],
    ['$[?@..a]', 'compare members of an element'],
    ['$[?!@.*]', 'compare members of an element'],
    ['$[?@.x && (@.a == 1 || @["b","c"])]', 'compare members of an element'],
    [`$.${'a'.repeat(500)}`, 'longer than 500 characters'],
  ])('%s is refused', (jsonPath, reason) => {
    const issue = web.Query.safeParse({ type: 'web', url: 'x', jsonPath }).error?.issues[0];
    expect(issue).toMatchObject({ path: ['jsonPath'], message: expect.stringContaining(reason) });
  });

  test.each([
    '$',
    '$.a["b"][0][-1]',
    '$[*]',
    '$.a[1:3]',
    '$..a',
    '$[?@.a]',
    '$[?!@.a && (@["b"][0] < 3 || @.c == "x")]',
  ])('%s is understood', (jsonPath) => {
    expect(web.Query.safeParse({ type: 'web', url: 'x', jsonPath })).toMatchObject({ success: true });
  });
});

describe('a query', () => {
  test.each([
    ['a body with GET', { body: 'x' }, 'must be POST or PUT'],
    ['two bodies', { method: 'POST', body: 'x', jsonBody: {} }, 'exclude each other'],
    ['columns without their paths', { mode: 'columns', timesPath: '$.t' }, 'needs timesPath and valuesPath'],
    ['pages of one number', { mode: 'scalar', nextUrlPath: '$.next' }, "cannot be combined with mode 'scalar'"],
    [
      'credentials in a header',
      { headers: [{ key: 'AUTHORIZATION', value: 'x' }] },
      'credentials belong to the account',
    ],
    ['another host in a header', { headers: [{ key: 'Host', value: 'x' }] }, 'cannot be set by a query'],
    ['a header that is none', { headers: [{ key: 'a: b', value: 'x' }] }, 'must be the name of a header'],
  ])('with %s is refused', (_, fields, reason) => {
    const issue = web.Query.safeParse({ type: 'web', url: 'x', ...fields }).error?.issues[0];
    expect(issue?.message).toContain(reason);
  });
});

describe('an account', () => {
  const base = { name: 'a', type: 'web' };
  const endpoint = { baseUrl: 'https://api.test' };
  test.each([
    ['without any address', {}, 'is needed, unless there are allowedUrlPatterns'],
    ['with a star in the middle of a host', { allowedUrlPatterns: ['https://api.*.test/*'] }, 'must be like'],
    ['with a pattern of no path', { allowedUrlPatterns: ['https://api.test*'] }, 'must be like'],
    ['with a pattern of credentials', { allowedUrlPatterns: ['https://a:b@api.test/*'] }, 'must be like'],
    ['signed for no region', { endpoint, sigv4: {} }, 'is needed'],
    [
      'with two kinds of credentials',
      {
        endpoint,
        sigv4: { region: 'eu-west-1' },
        oauth2: { tokenUrl: 'https://issuer.test', clientId: 'x', clientSecret: 'y' },
      },
      'and sigv4 exclude each other',
    ],
  ])('%s is refused', (_, fields, reason) => {
    expect(web.Account.safeParse({ ...base, ...fields }).error?.issues[0]?.message).toContain(reason);
  });

  test('is shown with its patterns', () => {
    const account = web.Account.parse({ ...base, endpoint, password: 'x', allowedUrlPatterns: ['https://b.test/*'] });
    expect(web.describeAccount(account)).toEqual({ endpoint, allowedUrlPatterns: ['https://b.test/*'] });
  });

  test('passes the check when its service answers anything but a denial or an outage', async () => {
    const check = (checkPath?: string) =>
      web.check(web.Account.parse({ ...base, endpoint, ...(checkPath && { checkPath }) }), NEVER);
    nock('https://api.test').get('/').reply(404, 'nothing here');
    await expect(check()).resolves.toBeUndefined();
    nock('https://api.test').get('/me?x=1').reply(401, 'who are you?');
    await expect(check('/me?x=1')).rejects.toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  });

  test('without an address of its own has nobody to ask', async () => {
    const account = web.Account.parse({ ...base, allowedUrlPatterns: ['https://*.test/*'] });
    await expect(web.check(account, NEVER)).resolves.toBeUndefined();
  });
});
