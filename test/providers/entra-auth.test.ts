import { writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { Entra, EntraFields, entraToken, managementOf } from '../../providers/shared/credentials/entra.ts';
import { HttpAccountFields } from '../../providers/shared/http/account.ts';
import { nock } from '../support/http/nock.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const Account = z.strictObject({ ...HttpAccountFields, ...EntraFields, type: z.literal('any') });
const SECRET = 'q~8Q~very.secret';
const APPLICATION = { tenantId: 'contoso.example', clientId: 'app-1' };

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
  issue = (_, response) => response.end('{"access_token":"eyJ.first.x","expires_in":3599,"token_type":"Bearer"}');
  server = await startLoopback(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push({ method: request.method, url: request.url, headers: request.headers, form });
    issue(request, response);
  });
});
afterEach(() => server.stop());

function credentialsOf(fields: Record<string, unknown>) {
  const account = Account.parse({
    name: 'azure',
    type: 'any',
    endpoint: { baseUrl: 'https://management.azure.com' },
    authorityHost: server.baseUrl,
    metadataEndpoint: server.baseUrl,
    ...fields,
  });
  const outgoing = { method: 'GET', url: 'https://management.azure.com/', headers: {}, body: undefined };
  const authorize = entraToken(account, account, managementOf(account));
  return authorize(outgoing, { signal: new AbortController().signal, refused: false });
}

test('an application asks with its secret', async () => {
  const { headers, renewable } = await credentialsOf({ ...APPLICATION, clientSecret: SECRET });
  expect(headers).toEqual({ Authorization: 'Bearer eyJ.first.x' });
  expect(renewable).toBe(true);
  expect(asked).toMatchObject([
    {
      method: 'POST',
      url: '/contoso.example/oauth2/v2.0/token',
      form: {
        grant_type: 'client_credentials',
        client_id: 'app-1',
        client_secret: SECRET,
        scope: 'https://management.azure.com/.default',
      },
    },
  ]);
});

test('or with the token of its pod, read anew each time', async () => {
  const federatedTokenFile = join(folder, 'token');
  for (const token of ['first', 'second']) {
    writeFileSync(federatedTokenFile, `${token}\n`);
    await credentialsOf({ ...APPLICATION, federatedTokenFile });
  }
  expect(asked.map(({ form }) => form)).toEqual(
    ['first', 'second'].map((client_assertion) => ({
      grant_type: 'client_credentials',
      client_id: 'app-1',
      scope: 'https://management.azure.com/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    })),
  );
});

test.each([
  ['is not there', 'nowhere', undefined],
  ['is empty', 'empty', ' \n'],
])('a federated token file that %s', async (_, name, content) => {
  const federatedTokenFile = join(folder, name);
  if (content !== undefined) writeFileSync(federatedTokenFile, content);
  await expect(credentialsOf({ ...APPLICATION, federatedTokenFile })).rejects.toMatchObject({
    code: 'METRICS_ACCESS_DENIED',
    message: expect.stringContaining('federatedTokenFile'),
  });
  expect(asked).toEqual([]);
});

test.each([
  ['its own', {}, ''],
  ['one assigned by a user', { clientId: 'id 7' }, '&client_id=id+7'],
])('a machine gives the token of an identity: %s', async (_, fields, parameter) => {
  issue = (_request, response) => response.end('{"access_token":"eyJ.m.x","expires_in":"86399","expires_on":"1"}');
  const { headers } = await credentialsOf({ managedIdentity: true, proxyUrl: 'http://127.0.0.1:9', ...fields });
  expect(headers).toEqual({ Authorization: 'Bearer eyJ.m.x' });
  const resource = 'resource=https%3A%2F%2Fmanagement.azure.com';
  expect(asked).toMatchObject([
    {
      method: 'GET',
      url: `/metadata/identity/oauth2/token?api-version=2018-02-01&${resource}${parameter}`,
      headers: { metadata: 'true' },
    },
  ]);
});

test.each([
  [400, '{"error":"invalid_request","error_description":"Identity not found"}', 'METRICS_ACCESS_DENIED'],
  [404, 'updating', 'METRICS_STORE_UNAVAILABLE'],
  [410, 'updating', 'METRICS_STORE_UNAVAILABLE'],
  [429, 'slow down', 'METRICS_STORE_THROTTLED'],
  [500, 'transient', 'METRICS_STORE_UNAVAILABLE'],
])('a machine that answers %d %s', async (status, body, code) => {
  issue = (_, response) => response.writeHead(status).end(body);
  await expect(credentialsOf({ managedIdentity: true })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('machines of Azure'),
  });
});

test.each([
  ['public', 'https://login.microsoftonline.com', 'https://management.azure.com'],
  ['usgov', 'https://login.microsoftonline.us', 'https://management.usgovcloudapi.net'],
  ['china', 'https://login.chinacloudapi.cn', 'https://management.chinacloudapi.cn'],
])('the %s cloud has names of its own', async (cloud, authority, management) => {
  const scopes: unknown[] = [];
  nock(authority)
    .post('/contoso.example/oauth2/v2.0/token', ({ scope }) => scopes.push(scope) > 0)
    .reply(200, { access_token: 'eyJ.n.x', expires_in: 3599 });
  await credentialsOf({ ...APPLICATION, clientSecret: SECRET, cloud, authorityHost: undefined });
  expect(scopes).toEqual([`${management}/.default`]);
});

test("a refusal shows Entra's words and what to check, and tells no secret", async () => {
  issue = (_, response) => {
    const { client_secret } = asked.at(-1)?.form ?? {};
    const body = {
      error: 'invalid_client',
      error_description: `AADSTS7000215: Invalid client secret provided: ${client_secret}`,
      error_codes: [7000215],
    };
    response.writeHead(401).end(JSON.stringify(body));
  };
  const error = await credentialsOf({ ...APPLICATION, clientSecret: SECRET }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  expect(String(error)).toContain('invalid_client: AADSTS7000215: Invalid client secret provided: ***');
  expect(String(error)).toContain('check tenantId, clientId');
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
});

test.each([
  [{}, 'give one of'],
  [{ ...APPLICATION, clientSecret: 's', managedIdentity: true }, 'give one of'],
  [{ ...APPLICATION, clientSecret: 's', federatedTokenFile: 'f' }, 'give one of'],
  [{ clientId: 'c', clientSecret: 's' }, 'tenantId and clientId'],
  [{ tenantId: 't', federatedTokenFile: 'f' }, 'tenantId and clientId'],
  [{ managedIdentity: true }, undefined],
  [{ ...APPLICATION, clientSecret: 's' }, undefined],
])('of %o the account says %s', (fields, problem) => {
  const { success, error } = Entra.safeParse(fields);
  expect(success).toBe(problem === undefined);
  expect(error?.issues[0]?.message ?? '').toContain(problem ?? '');
});
