import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import aws4 from 'aws4';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { AwsKeySource, awsBaseUrl, SigV4 } from '../../providers/shared/credentials/aws-account.ts';
import { awsSigV4 } from '../../providers/shared/credentials/aws-credentials.ts';
import { HttpAccountFields } from '../../providers/shared/http/account.ts';
import { fetchJson } from '../../providers/shared/http/http.ts';
import { type MockBody, nock } from '../support/http/nock.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const Account = z.strictObject({ ...HttpAccountFields, type: z.literal('any'), sigv4: AwsKeySource.optional() });
const NEVER = new AbortController().signal;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const STORE = 'https://store.test';
const STS = 'https://sts.eu-west-1.amazonaws.com';
const METADATA = 'http://169.254.169.254';
const CONTAINER = 'http://169.254.170.23';
const OWN = { accessKeyId: 'AKIDOWN', secretAccessKey: 'own-secret-1234' };

let folder: string;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW });
  folder = temporaryDirectory();
});
afterEach(() => {
  vi.useRealTimers();
});

function accountOf(sigv4?: Record<string, unknown>, fields: Record<string, unknown> = {}) {
  return Account.parse({ name: 'a', type: 'any', endpoint: { baseUrl: STORE }, sigv4, ...fields });
}

function ask(account: ReturnType<typeof accountOf>, signal = NEVER) {
  const authorize = awsSigV4(account, { region: 'eu-west-1', service: 'aps' });
  return fetchJson({ account, path: '/ask', json: { q: 1 }, authorize, Answer: z.literal('fine') }, signal);
}

function failureOf(account: ReturnType<typeof accountOf>) {
  return ask(account).then(
    () => 'no failure',
    (error) => error,
  );
}

/** The store, and who asked it. */
function store(times = 1) {
  const asked: Headers[] = [];
  nock(STORE)
    .post('/ask')
    .times(times)
    .reply(async (request: Request) => {
      asked.push(request.headers);
      return [200, '"fine"'];
    });
  const whoAsked = () =>
    asked.map((headers) => /Credential=([^,]*),/.exec(headers.get('authorization') ?? '')?.[1] ?? 'nobody');
  return { asked, whoAsked };
}

const scopeOf = (id: string) => `${id}/20260301/eu-west-1/aps/aws4_request`;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

function stsAnswer(id: string, minutes = 60) {
  return (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>' +
    `<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/haldane</Arn></AssumedRoleUser><Credentials>\n` +
    `  <AccessKeyId>${id}</AccessKeyId>\n  <SecretAccessKey>sts-secret-1234</SecretAccessKey>\n` +
    `  <SessionToken>sts/token+1234==</SessionToken>\n  <Expiration>${inMinutes(minutes)}</Expiration>\n` +
    '</Credentials></AssumeRoleResult></AssumeRoleResponse>'
  );
}

function jsonAnswer(id: string, minutes = 60) {
  const Expiration = inMinutes(minutes);
  return { AccessKeyId: id, SecretAccessKey: 'local-secret-1234', Token: 'local-token-1234', Expiration };
}

/** Version 2 of the metadata service. */
function metadata(answer: Record<string, unknown>, path = '/latest/meta-data/iam/security-credentials/') {
  const session = { 'x-aws-ec2-metadata-token': 'session-1234' };
  nock(METADATA, { reqheaders: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } })
    .put('/latest/api/token')
    .reply(200, 'session-1234');
  nock(METADATA, { reqheaders: session }).get(path).reply(200, 'node-role\n');
  nock(METADATA, { reqheaders: session }).get(`${path}node-role`).reply(200, answer);
}

async function tokenFile(token: string): Promise<string> {
  await writeFile(join(folder, 'token'), `${token}\n`);
  return join(folder, 'token');
}

describe('keys come from', () => {
  test('the account itself, with nobody else asked', async () => {
    const { asked, whoAsked } = store();
    await ask(accountOf({ ...OWN, sessionToken: 'own-token-1234' }));
    expect(whoAsked()).toEqual([scopeOf('AKIDOWN')]);
    expect(asked[0]?.get('authorization')).toContain(
      'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,',
    );
    expect(asked[0]?.get('x-amz-security-token')).toBe('own-token-1234');
    expect(asked[0]?.get('x-amz-date')).toBe('20260301T120000Z');
  });

  test('a web identity token, by a question that is not signed', async () => {
    const { asked, whoAsked } = store();
    const form = {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::123456789012:role/pod',
      RoleSessionName: 'haldane',
      WebIdentityToken: 'pod-token-1234',
    };
    nock(STS, { badheaders: ['authorization', 'x-team'] })
      .post('/', form)
      .reply(200, stsAnswer('ASIAPOD'));
    const sigv4 = {
      webIdentityTokenFile: await tokenFile('pod-token-1234'),
      webIdentityRoleArn: form.RoleArn,
      containerCredentialsUri: '',
      sessionToken: '',
    };
    await ask(accountOf(sigv4, { headers: { 'X-Team': 'shop' } }));
    expect(whoAsked()).toEqual([scopeOf('ASIAPOD')]);
    expect(asked[0]?.get('x-amz-security-token')).toBe('sts/token+1234==');
  });

  test("the container's address, whose token file takes precedence over the token", async () => {
    const { whoAsked } = store();
    nock(CONTAINER, { reqheaders: { authorization: 'file-token-1234' } })
      .get('/v1/credentials')
      .reply(200, jsonAnswer('ASIATASK'));
    const sigv4 = {
      containerCredentialsUri: `${CONTAINER}/v1/credentials`,
      containerAuthorizationToken: 'other-token-1234',
      containerAuthorizationTokenFile: await tokenFile('file-token-1234'),
    };
    await ask(accountOf(sigv4));
    expect(whoAsked()).toEqual([scopeOf('ASIATASK')]);
  });

  test('the metadata service of EC2', async () => {
    const { whoAsked } = store();
    metadata({ Code: 'Success', ...jsonAnswer('ASIANODE') });
    await ask(accountOf());
    expect(whoAsked()).toEqual([scopeOf('ASIANODE')]);
  });

  test('this machine past the proxy that leads to the store', async () => {
    metadata({ Code: 'Success', ...jsonAnswer('ASIANODE') });
    const failure = await failureOf(accountOf(undefined, { proxyUrl: 'http://nobody.test:1' }));
    expect(failure).toMatchObject({ code: 'METRICS_STORE_UNAVAILABLE' });
  });

  test('other addresses, when the account names them', async () => {
    const { whoAsked } = store();
    nock('http://sts.test:4566').post('/').reply(200, stsAnswer('ASIAROLE'));
    nock('http://metadata.test').put('/latest/api/token').reply(200, 'session-1234');
    nock('http://metadata.test')
      .get(/security-credentials\/$/)
      .reply(200, 'node-role');
    nock('http://metadata.test')
      .get(/node-role$/)
      .reply(200, jsonAnswer('ASIANODE'));
    const endpoints = { stsEndpoint: 'http://sts.test:4566', metadataEndpoint: 'http://metadata.test' };
    await ask(accountOf({ ...endpoints, roleArn: 'arn:aws:iam::1:role/r' }));
    expect(whoAsked()).toEqual([scopeOf('ASIAROLE')]);
  });

  test('a further role, asked for with the keys found so far', async () => {
    const { whoAsked } = store();
    const signed =
      /^AWS4-HMAC-SHA256 Credential=ASIANODE\/20260301\/eu-central-1\/sts\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,/;
    metadata({ Code: 'Success', ...jsonAnswer('ASIANODE') });
    nock('https://sts.eu-central-1.amazonaws.com', { reqheaders: { authorization: signed } })
      .post('/', {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: 'arn:aws:iam::999999999999:role/reader',
        RoleSessionName: 'canary',
        ExternalId: '42',
      })
      .reply(200, stsAnswer('ASIAROLE'));
    const sigv4 = { roleArn: 'arn:aws:iam::999999999999:role/reader', roleSessionName: 'canary', externalId: '42' };
    const account = accountOf(sigv4);
    const authorize = awsSigV4(account, { region: 'eu-west-1', service: 'aps', homeRegion: 'eu-central-1' });
    await fetchJson({ account, path: '/ask', json: {}, authorize, Answer: z.literal('fine') }, NEVER);
    expect(whoAsked()).toEqual([scopeOf('ASIAROLE')]);
  });
});

test('what arrives is what was signed, whatever stands in the address', async () => {
  const verdicts: boolean[] = [];
  const server = await startLoopback((request, response) => {
    const headers = Object.fromEntries(
      ['x-amz-date', 'x-amz-content-sha256'].map((name) => [name, String(request.headers[name])]),
    );
    const { host = '', authorization } = request.headers;
    const again = aws4.sign(
      { method: 'GET', host, path: request.url ?? '', headers, service: 'es', region: 'eu-west-1' },
      { accessKeyId: OWN.accessKeyId, secretAccessKey: OWN.secretAccessKey },
    );
    verdicts.push(again.headers?.Authorization === authorization);
    response.end('"fine"');
  });
  const account = accountOf(OWN, { endpoint: { baseUrl: `${server.baseUrl}/base path` } });
  // Brackets, braces and bars go out as they are, and aws4 does not sign them so.
  const unit = fc.constantFrom(...`aZ0 !'()*<>"$,;:@~äሴ`, '%2F', '%20', '%25', '%5B', '%7C');
  const odd = fc.string({ unit, minLength: 1, maxLength: 12 });
  const address = fc.tuple(fc.array(odd, { maxLength: 3 }), fc.array(fc.tuple(odd, odd), { maxLength: 3 }));
  const property = fc.asyncProperty(address, async ([segments, pairs]) => {
    const path = `/${segments.join('/')}?${pairs.map((pair) => pair.join('=')).join('&')}`;
    const authorize = awsSigV4(account, { region: 'eu-west-1', service: 'es' });
    await fetchJson({ account, path, authorize, Answer: z.literal('fine') }, NEVER);
  });
  await fc.assert(property, { numRuns: 150 });
  await server.stop();
  expect(verdicts.filter((isSame) => !isSame)).toEqual([]);
  expect(verdicts.length).toBeGreaterThanOrEqual(150);
});

describe('temporary keys', () => {
  const role = { ...OWN, roleArn: 'arn:aws:iam::1:role/r' };

  test('are used until five minutes before their end, then renewed', async () => {
    const { whoAsked } = store(3);
    nock(STS).post('/').reply(200, stsAnswer('ASIAONE', 60));
    const account = accountOf(role);
    await ask(account);
    vi.advanceTimersByTime(NOW + 54.9 * 60_000 - Date.now());
    await ask(account);
    vi.advanceTimersByTime(NOW + 55.1 * 60_000 - Date.now());
    nock(STS).post('/').reply(200, stsAnswer('ASIATWO', 60));
    await ask(account);
    expect(whoAsked()).toEqual(['ASIAONE', 'ASIAONE', 'ASIATWO'].map(scopeOf));
  });

  test('serve to their end when no new ones can be had, and for ten seconds nobody asks for new ones', async () => {
    const { whoAsked } = store(3);
    nock(STS).post('/').reply(200, stsAnswer('ASIAONE', 10));
    const account = accountOf(role);
    await ask(account);
    vi.advanceTimersByTime(NOW + 6 * 60_000 - Date.now());
    nock(STS).post('/').times(2).reply(503, 'restarting');
    await ask(account);
    vi.advanceTimersByTime(Date.now() + 9_000 - Date.now());
    await ask(account);
    expect(whoAsked()).toEqual(['ASIAONE', 'ASIAONE', 'ASIAONE'].map(scopeOf));
    vi.advanceTimersByTime(NOW + 10 * 60_000 - Date.now());
    expect(await failureOf(account)).toMatchObject({ code: 'METRICS_STORE_UNAVAILABLE' });
  });

  test('are asked for once for all who wait, of issuer one may give up', async () => {
    store(4);
    nock(STS).post('/').delay(30).reply(200, stsAnswer('ASIAONE'));
    const account = accountOf(role);
    const canceled = new AbortController();
    const first = ask(account, canceled.signal);
    const others = Array.from({ length: 4 }, () => ask(account));
    canceled.abort();
    await expect(first).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
    await expect(Promise.all(others)).resolves.toEqual(Array(4).fill('fine'));
  });

  test('are of one account', async () => {
    const { whoAsked } = store(2);
    nock(STS).post('/').reply(200, stsAnswer('ASIAONE'));
    nock(STS).post('/').reply(200, stsAnswer('ASIATWO'));
    await ask(accountOf(role));
    await ask(accountOf(role));
    expect(whoAsked()).toEqual(['ASIAONE', 'ASIATWO'].map(scopeOf));
  });

  test.each([
    [400, { __type: 'com.amazon.coral.service#ExpiredTokenException', message: 'The security token … is expired' }],
    [403, { message: 'The security token included in the request is expired' }],
    [403, { message: 'The security token included in the request is invalid.' }],
  ])('that are refused as too old are renewed once (%d)', async (status, body) => {
    nock(STORE).post('/ask').reply(status, body);
    const { whoAsked } = store();
    nock(STS).post('/').reply(200, stsAnswer('ASIAONE'));
    nock(STS).post('/').reply(200, stsAnswer('ASIATWO'));
    await ask(accountOf(role));
    expect(whoAsked()).toEqual([scopeOf('ASIATWO')]);
  });

  test('are not renewed for a refusal that has another reason', async () => {
    nock(STORE).post('/ask').reply(403, { message: 'User is not authorized to perform: aps:QueryMetrics' });
    nock(STS).post('/').reply(200, stsAnswer('ASIAONE'));
    expect(await failureOf(accountOf(role))).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  });
});

test('keys of the account itself are not renewed', async () => {
  nock(STORE).post('/ask').reply(403, { message: 'The security token included in the request is expired' });
  const failure = await failureOf(accountOf({ ...OWN, sessionToken: 'own-token-1234' }));
  expect(failure).toMatchObject({ code: 'METRICS_ACCESS_DENIED', message: expect.stringContaining('is expired') });
});

describe('without keys', () => {
  const stsError = (code: string, message: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

  test.each<[string, number, string, string, string[]]>([
    ['denies', 403, stsError('AccessDenied', 'not you'), 'METRICS_ACCESS_DENIED', ['AccessDenied: not you', 'role/r']],
    ['finds a token too old', 400, stsError('ExpiredTokenException', 'old'), 'METRICS_ACCESS_DENIED', ['old']],
    [
      'throttles',
      400,
      stsError('Throttling', 'Rate exceeded'),
      'METRICS_STORE_THROTTLED',
      ['AWS STS', 'Rate exceeded'],
    ],
    ['cannot ask who issued a token', 400, stsError('IDPCommunicationError', 'x'), 'METRICS_STORE_UNAVAILABLE', ['x']],
    ['is down', 503, 'restarting', 'METRICS_STORE_UNAVAILABLE', ['AWS STS', 'restarting']],
    ['is a page', 200, '<html>login</html>', 'METRICS_ANSWER_INVALID', ['AWS STS', 'AccessKeyId']],
    [
      'gives half a pair of keys',
      200,
      '<AccessKeyId>A</AccessKeyId><SecretAccessKey>sts-secret-1234',
      'METRICS_ANSWER_INVALID',
      ['SecretAccessKey'],
    ],
  ])('an STS that %s', async (_, status, body, code, words) => {
    nock(STS).post('/').reply(status, body);
    const failure = await failureOf(accountOf({ ...OWN, roleArn: 'arn:aws:iam::1:role/r' }));
    expect(failure).toMatchObject({ code });
    for (const word of ["account 'a'", ...words]) expect(failure.message).toContain(word);
    expect(failure.message).not.toContain('sts-secret-1234');
  });

  test.each<[string, number, unknown, string, string]>([
    ['knows no role', 404, 'Not Found', 'METRICS_ACCESS_DENIED', 'is there a role'],
    ['is broken', 500, 'broken', 'METRICS_STORE_UNAVAILABLE', 'broken'],
    ['may not give keys', 200, { Code: 'AssumeRoleUnauthorized' }, 'METRICS_ACCESS_DENIED', 'AssumeRoleUnauthorized'],
    [
      'gives something else',
      200,
      { AccessKeyId: 7, SecretAccessKey: 'local-secret-1234' },
      'METRICS_ANSWER_INVALID',
      'AccessKeyId',
    ],
    ['gives no JSON', 200, 'local-secret-1234', 'METRICS_ANSWER_INVALID', 'no readable JSON'],
  ])('a container that %s', async (_, status, body, code, word) => {
    nock(CONTAINER)
      .get('/v1')
      .reply(status, body as MockBody);
    const failure = await failureOf(accountOf({ containerCredentialsUri: `${CONTAINER}/v1` }));
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(word);
    expect(failure.message).not.toContain('local-secret-1234');
  });

  test('an instance without a role is told so, and a machine that is none of EC2', async () => {
    nock(METADATA).put('/latest/api/token').reply(200, 'session-1234');
    nock(METADATA)
      .get(/security-credentials/)
      .reply(404, 'Not Found');
    expect(await failureOf(accountOf())).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
    nock(METADATA)
      .put('/latest/api/token')
      .replyWithError(Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' }));
    const failure = await failureOf(accountOf());
    expect(failure).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
    expect(failure.message).toMatch(/no AWS keys.*EHOSTUNREACH.*sigv4/s);
  });

  test('a metadata service that hangs is given up after two seconds', async () => {
    nock(METADATA).put('/latest/api/token').delay(10_000).reply(200, '');
    expect((await failureOf(accountOf())).message).toContain('no answer within 2000 ms');
    nock.abortPendingRequests();
  });

  test('a token file that is not there is named', async () => {
    const sigv4 = { webIdentityTokenFile: join(folder, 'none'), webIdentityRoleArn: 'arn:aws:iam::1:role/r' };
    const failure = await failureOf(accountOf(sigv4));
    expect(failure).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
    expect(failure.message).toContain('sigv4.webIdentityTokenFile');
  });
});

describe('no failure tells a secret, even when AWS repeats what it was sent:', () => {
  const secrets = ['own-secret-1234', 'own-token-1234', 'pod-token-1234', 'sts-secret-1234', 'sts/token+1234=='];
  const own = { ...OWN, sessionToken: 'own-token-1234' };
  const role = 'arn:aws:iam::1:role/r';
  const repeat = async (request: Request): Promise<[number, string]> => [
    400,
    `you sent ${JSON.stringify([...request.headers])} ${await request.text()}`,
  ];

  async function expectSilence(sigv4: Record<string, unknown>): Promise<void> {
    const failure = await failureOf(accountOf(sigv4));
    expect(failure.message).toContain('you sent');
    const words = inspect(failure, { depth: 20, showHidden: true, maxStringLength: null });
    expect(secrets.filter((secret) => words.includes(secret) || words.includes(encodeURIComponent(secret)))).toEqual(
      [],
    );
  }

  test('the store, its own keys', async () => {
    nock(STORE).post('/ask').reply(repeat);
    await expectSilence(own);
  });

  test('the store, keys that were issued', async () => {
    nock(STS).post('/').reply(200, stsAnswer('ASIAROLE'));
    nock(STORE).post('/ask').reply(repeat);
    await expectSilence({ ...own, roleArn: role });
  });

  test('STS, the keys a role is assumed with', async () => {
    nock(STS).post('/').reply(repeat);
    await expectSilence({ ...own, roleArn: role });
  });

  test('STS, a web identity token', async () => {
    nock(STS).post('/').reply(repeat);
    await expectSilence({ webIdentityTokenFile: await tokenFile('pod-token-1234'), webIdentityRoleArn: role });
  });
});

describe('the fields of an account', () => {
  test.each([
    { accessKeyId: 'AKID' },
    { secretAccessKey: 'own-secret-1234' },
    { webIdentityTokenFile: '/token' },
    { region: 'eu-west-1.evil.test/' },
    { region: 'eu-west-1', roleSessionName: 'with blank' },
    { stsEndpoint: 'sts.amazonaws.com' },
    { acessKeyId: 'AKID' },
  ])('refuse %o', (sigv4) => {
    expect(SigV4.safeParse(sigv4).success).toBe(false);
  });

  test('lead to the domain of the region', () => {
    expect(['eu-west-1', 'cn-north-1', 'eusc-de-east-1'].map((region) => awsBaseUrl('sts', region))).toEqual([
      'https://sts.eu-west-1.amazonaws.com',
      'https://sts.cn-north-1.amazonaws.com.cn',
      'https://sts.eusc-de-east-1.amazonaws.eu',
    ]);
  });
});
