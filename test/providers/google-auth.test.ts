import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { GoogleFields, googleToken } from '../../providers/shared/credentials/google.ts';
import { HttpAccountFields } from '../../providers/shared/http/account.ts';
import { nock } from '../support/http/nock.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const Account = z.strictObject({ ...HttpAccountFields, ...GoogleFields, type: z.literal('any') });
const SCOPE = 'https://www.googleapis.com/auth/monitoring.read';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const SECRET_LINE = privateKey.split('\n')[3] ?? '';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly form: Readonly<Record<string, string>>;
}
let folder: string;
let server: LoopbackServer;
let asked: Asked[];
let issue: RequestListener;

beforeAll(() => {
  folder = temporaryDirectory();
});
beforeEach(async () => {
  asked = [];
  issue = (_, response) => response.end('{"access_token":"ya29.first","expires_in":3599,"token_type":"Bearer"}');
  server = await startLoopback(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push({ method: request.method, url: request.url, headers: request.headers, form });
    issue(request, response);
  });
});
afterEach(() => server.stop());

function keyFile(fields: Record<string, unknown> = {}): string {
  const key = {
    type: 'service_account',
    project_id: 'p',
    private_key_id: 'key-7',
    private_key: privateKey,
    client_email: 'reader@p.iam.gserviceaccount.com',
    token_uri: `${server.baseUrl}/token`,
    ...fields,
  };
  return writeFile(JSON.stringify(key));
}

function writeFile(content: string): string {
  const path = join(folder, 'key.json');
  writeFileSync(path, content);
  return path;
}

function credentialsOf(fields: Record<string, unknown>) {
  const account = Account.parse({
    name: 'gcp',
    type: 'any',
    endpoint: { baseUrl: 'https://monitoring.googleapis.com' },
    metadataEndpoint: server.baseUrl,
    headers: { 'x-store': 'for the store only' },
    ...fields,
  });
  const outgoing = { method: 'GET', url: 'https://monitoring.googleapis.com/', headers: {}, body: undefined };
  return googleToken(account, account, SCOPE)(outgoing, { signal: new AbortController().signal, refused: false });
}

function decoded(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
}

test('the key of a service account signs a request for a token', async () => {
  const before = Math.floor(Date.now() / 1000);
  const { headers } = await credentialsOf({ jsonPath: keyFile() });
  expect(headers).toEqual({ Authorization: 'Bearer ya29.first' });
  expect(asked).toMatchObject([
    { method: 'POST', url: '/token', form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' } },
  ]);
  const [header, claims, signature = ''] = asked[0]?.form.assertion?.split('.') ?? [];
  expect(decoded(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-7' });
  const { iat, exp, ...others } = decoded(claims) as Record<string, number>;
  expect(others).toEqual({ iss: 'reader@p.iam.gserviceaccount.com', scope: SCOPE, aud: `${server.baseUrl}/token` });
  expect(iat).toBeGreaterThanOrEqual(before);
  expect(Number(exp) - Number(iat)).toBe(3600);
  const signed = Buffer.from(`${header}.${claims}`);
  expect(verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'))).toBe(true);
});

test('without a key file the metadata server is asked, not through the proxy', async () => {
  const { headers } = await credentialsOf({ jsonPath: '', proxyUrl: 'http://127.0.0.1:9' });
  expect(headers).toEqual({ Authorization: 'Bearer ya29.first' });
  expect(asked).toMatchObject([
    {
      method: 'GET',
      url: '/computeMetadata/v1/instance/service-accounts/default/token',
      headers: { 'metadata-flavor': 'Google' },
    },
  ]);
  expect(asked[0]?.headers).not.toHaveProperty('x-store');
});

test("a user's credentials, as gcloud leaves them, are renewed with their refresh token", async () => {
  const key = { client_id: 'id', client_secret: 'hush', refresh_token: '1//refresh' };
  await credentialsOf({ jsonPath: keyFile({ type: 'authorized_user', ...key }) });
  expect(asked[0]?.form).toEqual({ grant_type: 'refresh_token', ...key });
});

test('the quota of another project is asked for by name', async () => {
  const { headers } = await credentialsOf({ quotaProject: 'billing' });
  expect(headers).toEqual({ Authorization: 'Bearer ya29.first', 'x-goog-user-project': 'billing' });
});

test('another service account is impersonated', async () => {
  const email = 'canary@p.iam.gserviceaccount.com';
  const bodies: unknown[] = [];
  nock('https://iamcredentials.googleapis.com')
    .post(
      `/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`,
      (body) => bodies.push(body) > 0,
    )
    .matchHeader('authorization', 'Bearer ya29.first')
    .reply(200, { accessToken: 'ya29.other', expireTime: new Date(Date.now() + 3_600_000).toISOString() });
  const { headers } = await credentialsOf({ jsonPath: keyFile(), impersonateServiceAccount: email });
  expect(headers).toEqual({ Authorization: 'Bearer ya29.other' });
  expect(bodies).toEqual([{ scope: [SCOPE] }]);
  const claims = decoded(asked[0]?.form.assertion?.split('.')[1]);
  expect(claims).toMatchObject({ scope: 'https://www.googleapis.com/auth/cloud-platform' });
});

test('who may not impersonate is told which role is missing, and not the token', async () => {
  nock('https://iamcredentials.googleapis.com')
    .post(/generateAccessToken$/)
    .reply(403, {
      error: { code: 403, message: "Permission 'iam.serviceAccounts.getAccessToken' denied for ya29.first" },
    });
  const error = await credentialsOf({ impersonateServiceAccount: 'c@p' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  expect(String(error)).toContain("'iam.serviceAccounts.getAccessToken' denied for ***");
  expect(String(error)).toContain('roles/iam.serviceAccountTokenCreator on c@p');
});

test("a refusal shows Google's words and what to check, and tells no secret", async () => {
  issue = (_, response) => {
    const { assertion } = asked.at(-1)?.form ?? {};
    const body = { error: 'invalid_grant', error_description: `Invalid JWT Signature. ${assertion}` };
    response.writeHead(400).end(JSON.stringify(body));
  };
  const error = await credentialsOf({ jsonPath: keyFile() }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  expect(String(error)).toContain('invalid_grant: Invalid JWT Signature. ***');
  expect(String(error)).toContain('clock of this machine');
  const told = inspect(error, { depth: 9, showHidden: true });
  expect(told).not.toContain(asked[0]?.form.assertion);
  expect(told).not.toContain(SECRET_LINE);
});

test('a metadata server that is not there says what to do instead', async () => {
  const closed = await startLoopback(() => undefined);
  await closed.stop();
  await expect(credentialsOf({ metadataEndpoint: closed.baseUrl })).rejects.toMatchObject({
    code: 'METRICS_STORE_UNAVAILABLE',
    message: expect.stringContaining('give the account a jsonPath'),
  });
});

test.each([
  ['is not JSON', () => writeFile(`{ "private_key": "${SECRET_LINE}`), 'is not JSON'],
  [
    'is of another type',
    () => keyFile({ type: 'external_account' }),
    "type: write one of 'service_account', 'authorized_user'",
  ],
  ['has no key', () => keyFile({ private_key: undefined }), 'private_key'],
  ['has a damaged key', () => keyFile({ private_key: privateKey.replace('MII', 'XXX') }), 'private_key cannot be read'],
  ['is not there', () => join(folder, 'nowhere.json'), 'jsonPath cannot be read'],
])('a key file that %s', async (_, path, words) => {
  const error = await credentialsOf({ jsonPath: path() }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  expect(String(error)).toContain("account 'gcp'");
  expect(String(error)).toContain(words);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET_LINE);
  expect(asked).toEqual([]);
});
