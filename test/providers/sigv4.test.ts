import aws4 from 'aws4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AwsKeys, sha256, signV4 } from '../../providers/shared/credentials/sigv4.ts';

// Keys and signatures are those of AWS' own test suite for Signature Version 4.
const keys: AwsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwt' +
  'hAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAk' +
  'iY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = 'application/x-www-form-urlencoded';
const signing = { keys, region: 'us-east-1', service: 'service', instantMillis: Date.parse('2015-08-30T12:36:00Z') };

interface Vector {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly keys?: AwsKeys;
}

function signatureOf({ method = 'GET', path = '/', headers = {}, body, keys: otherKeys = keys }: Vector): string {
  const outgoing = { method, url: `https://example.amazonaws.com${path}`, headers, body };
  return signV4(outgoing, { ...signing, keys: otherKeys }).Authorization?.split('Signature=')[1] ?? '';
}

test.each<[string, Vector, string]>([
  ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['get-unreserved', { path: `/${UNRESERVED}` }, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
  [
    'get-vanilla-empty-query-key',
    { path: '/?Param1=value1' },
    'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  ],
  [
    'get-vanilla-query-order-key',
    { path: '/?Param1=value2&Param1=Value1' },
    'eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1',
  ],
  [
    'get-vanilla-query-order-key-case',
    { path: '/?Param2=value2&Param1=value1' },
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-query-order-value',
    { path: '/?Param1=value2&Param1=value1' },
    '5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694',
  ],
  [
    'get-vanilla-query-unreserved',
    { path: `/?${UNRESERVED}=${UNRESERVED}` },
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  ['get-vanilla-utf8-query', { path: '/?ሴ=bar' }, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
  [
    'get-header-value-trim',
    { headers: { 'My-Header1': ' value1', 'My-Header2': '  "a   b   c"' } },
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'get-header-key-duplicate',
    { headers: { 'My-Header1': 'value2,value2,value1' } },
    'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  ],
  ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-header-value-case',
    { method: 'POST', headers: { 'MY-HEADER1': 'VALUE1' } },
    'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  ],
  [
    'post-x-www-form-urlencoded',
    { method: 'POST', headers: { 'Content-Type': FORM }, body: 'Param1=value1' },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    { method: 'POST', headers: { 'Content-Type': `${FORM}; charset=utf8` }, body: 'Param1=value1' },
    '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  ],
  [
    'post-sts-header-before',
    { method: 'POST', keys: { ...keys, sessionToken } },
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
])('signs as the published vector %s says', (_, vector, signature) => {
  expect(signatureOf(vector)).toBe(signature);
});

test('says what was signed, when, where and by issuer', () => {
  const outgoing = { method: 'POST', url: 'https://example.amazonaws.com/', headers: { 'X-Amz-Meta': 'm' }, body: '' };
  expect(signV4(outgoing, { ...signing, keys: { ...keys, sessionToken } })).toEqual({
    'X-Amz-Date': '20150830T123600Z',
    'X-Amz-Security-Token': sessionToken,
    Authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-meta;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    ),
  });
});

const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/^\.{1,2}$/.test(text));
const pair = fc.tuple(segment, fc.string({ unit: 'grapheme', maxLength: 12 }));
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  host: fc.constantFrom('aps-workspaces.eu-west-1.amazonaws.com', 'localhost:9090'),
  segments: fc.array(segment, { maxLength: 4 }),
  pairs: fc.array(pair, { maxLength: 5 }),
  type: fc.constantFrom('application/x-amz-json-1.0', FORM),
  body: fc.string({ unit: 'grapheme', maxLength: 60 }),
  session: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/), { nil: undefined }),
  region: fc.constantFrom('us-east-1', 'eu-central-2'),
  service: fc.constantFrom('aps', 'monitoring', 'es'),
  instantMillis: fc.integer({ min: 0, max: 4e12 }),
});

test('signs any request as aws4 does', () => {
  const property = fc.property(request, (drawn) => {
    const { method, host, segments, pairs, type, body, session, region, service, instantMillis } = drawn;
    const query = pairs.map((both) => both.map(encodeURIComponent).join('=')).join('&');
    const url = new URL(`https://${host}/${segments.map(encodeURIComponent).join('/')}${query && `?${query}`}`);
    const headers = {
      'Content-Type': type,
      'Content-Length': String(Buffer.byteLength(body)),
      'X-Amz-Content-Sha256': sha256(body),
    };
    const drawnKeys = { ...keys, sessionToken: session };
    const ours = signV4({ method, url: url.href, headers, body }, { keys: drawnKeys, region, service, instantMillis });
    const theirs = aws4.sign(
      {
        method,
        host: url.host,
        path: url.pathname + url.search,
        service,
        region,
        body,
        headers: { ...headers, 'X-Amz-Date': ours['X-Amz-Date'] },
      },
      {
        accessKeyId: keys.accessKeyId,
        secretAccessKey: keys.secretAccessKey,
        ...(session ? { sessionToken: session } : {}),
      },
    );
    expect(ours.Authorization).toBe(theirs.headers?.Authorization);
  });
  fc.assert(property, { numRuns: 300 });
});
