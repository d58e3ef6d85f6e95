import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeHttpAccount, HttpAccountFields } from '../../providers/shared/http/account.ts';

const Account = z.strictObject({ ...HttpAccountFields, type: z.literal('any') });
const LEAST = { name: 'a', type: 'any', endpoint: { baseUrl: 'https://store:9090/prometheus' } };

test('name, type and address are enough', () => {
  expect(Account.parse(LEAST)).toEqual({
    ...LEAST,
    type: 'any',
    supportedTypes: ['METRICS_STORE'],
    locations: [],
    recommendedLocations: [],
    headers: {},
    timeoutMillis: 30_000,
    maxSeries: 100,
    allowPartial: false,
    ingestionDelaySeconds: 0,
    escapeScopeValues: true,
    maxConcurrent: 8,
  });
});

test.each([
  ['another protocol', { endpoint: { baseUrl: 'ftp://store' } }, 'http:// or https://'],
  ['no protocol', { endpoint: { baseUrl: 'store:9090' } }, 'http:// or https://'],
  ['a password in the URL', { endpoint: { baseUrl: 'http://me:pass-word@store' } }, 'write username and password as'],
  ['a token in the URL', { endpoint: { baseUrl: 'http://pass-word@store' } }, 'write username and password as'],
  ['a query in the URL', { endpoint: { baseUrl: 'http://store/?a=1' } }, 'must not contain ? or #'],
  ['a header with a line break', { headers: { 'X-A': 'a\nX-B: b' } }, 'line breaks'],
  ['a certificate without a key', { tls: { certFile: 'a.pem' } }, 'certFile and keyFile belong together'],
  ['no series', { maxSeries: 0 }, 'must be at least 1'],
  ['an unknown field', { basicAuth: {} }, 'basicAuth'],
  ['an unknown field of the address', { endpoint: { baseUrl: 'http://a', url: 'x' } }, 'url'],
])('%s is refused', (_, fields, message) => {
  const { error } = Account.safeParse({ ...LEAST, ...fields });
  expect(error?.message).toContain(message);
  expect(error?.message).not.toContain('pass-word');
});

test('what is shown has the address and the user, and no secret', () => {
  const account = Account.parse({
    ...LEAST,
    username: 'reader',
    password: 'p1',
    bearerToken: 't1',
    headers: { 'X-Key': 'k1' },
    proxyUrl: 'http://me:pp@proxy:3128',
  });
  expect(describeHttpAccount(account)).toEqual({
    endpoint: { baseUrl: 'https://store:9090/prometheus' },
    username: 'reader',
  });
  expect(describeHttpAccount(Account.parse(LEAST))).toEqual({ endpoint: LEAST.endpoint });
});
