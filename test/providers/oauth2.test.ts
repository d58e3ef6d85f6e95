import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { OAuth2, oauth2Token } from '../../providers/shared/credentials/oauth2.ts';
import { HttpAccountFields } from '../../providers/shared/http/account.ts';
import { fetchJson } from '../../providers/shared/http/http.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const Account = z.strictObject({ ...HttpAccountFields, type: z.literal('any'), oauth2: OAuth2 });
const NEVER = new AbortController().signal;
const SECRET = 's3cret ~+/"';

interface Asked {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly form: Readonly<Record<string, string>>;
}
let store: LoopbackServer;
let issuer: LoopbackServer;
let asked: Asked[];
let issue: RequestListener;
let answer: (authorization: string | undefined) => number;
let tokens: (string | undefined)[];

beforeEach(async () => {
  asked = [];
  tokens = [];
  answer = () => 200;
  let count = 0;
  issue = (_, response) => response.end(`{"access_token":"t${++count}-token","token_type":"Bearer","expires_in":3600}`);
  issuer = await startLoopback(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push({ url: request.url, headers: request.headers, form });
    issue(request, response);
  });
  store = await startLoopback((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(answer(request.headers.authorization)).end('{"ok":true}');
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer.stop();
  await store.stop();
});

function accountOf(oauth2: Record<string, unknown> = {}, fields: Record<string, unknown> = {}) {
  return Account.parse({
    name: 'a',
    type: 'any',
    endpoint: { baseUrl: store.baseUrl },
    headers: { 'x-store': 'for the store only' },
    oauth2: { tokenUrl: `${issuer.baseUrl}/realms/x/token/`, clientId: 'me', clientSecret: SECRET, ...oauth2 },
    ...fields,
  });
}

function ask(account = accountOf()) {
  const authorize = oauth2Token(account, account.oauth2);
  return fetchJson({ account, path: '/q', authorize, Answer: z.object({ ok: z.literal(true) }) }, NEVER);
}

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error) => error,
  );
}

test('the token endpoint gets id and secret in the form, the store gets the token', async () => {
  await ask(accountOf({ scopes: ['metrics.read', 'x'], audience: 'https://prom' }));
  expect(asked).toMatchObject([
    {
      url: '/realms/x/token/',
      form: {
        grant_type: 'client_credentials',
        scope: 'metrics.read x',
        audience: 'https://prom',
        client_id: 'me',
        client_secret: SECRET,
      },
    },
  ]);
  expect(asked[0]?.headers).not.toHaveProperty('authorization');
  expect(asked[0]?.headers).not.toHaveProperty('x-store');
  expect(tokens).toEqual(['Bearer t1-token']);
});

test('or in the Authorization header, written as in a form', async () => {
  await ask(accountOf({ clientAuthentication: 'client_secret_basic' }));
  expect(asked[0]?.form).toEqual({ grant_type: 'client_credentials' });
  const [, basic = ''] = asked[0]?.headers.authorization?.split(' ') ?? [];
  expect(Buffer.from(basic, 'base64').toString()).toBe('me:s3cret+%7E%2B%2F%22');
});

test('a refused token is renewed once, and the question asked again', async () => {
  answer = (token) => (token === 'Bearer t1-token' ? 401 : 200);
  const account = accountOf();
  await ask(account);
  await ask(account);
  expect(tokens).toEqual(['Bearer t1-token', 'Bearer t2-token', 'Bearer t2-token']);
});

test('a store that refuses every token is asked twice', async () => {
  answer = () => 401;
  expect(await failure(ask())).toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
  expect(tokens).toEqual(['Bearer t1-token', 'Bearer t2-token']);
});

test('a token without a stated end is used for four minutes', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 0 });
  issue = (_, response) => response.end(`{"access_token":"at-${Date.now()}"}`);
  const account = accountOf();
  for (const millis of [0, 239_999, 240_000]) {
    vi.advanceTimersByTime(millis - Date.now());
    await ask(account);
  }
  expect(tokens).toEqual(['Bearer at-0', 'Bearer at-0', 'Bearer at-240000']);
});

test.each([
  [
    400,
    '{"error":"invalid_scope","error_description":"no such scope"}',
    'METRICS_ACCESS_DENIED',
    'invalid_scope: no such scope',
  ],
  [401, '{"error":"invalid_client"}', 'METRICS_ACCESS_DENIED', 'invalid_client'],
  [404, '<h1>not here</h1>', 'METRICS_ACCESS_DENIED', 'not here'],
  [429, 'slow down', 'METRICS_STORE_THROTTLED', 'slow down'],
  [408, 'late', 'METRICS_STORE_TIMEOUT', 'late'],
  [503, 'restarting', 'METRICS_STORE_UNAVAILABLE', 'restarting'],
  [302, '', 'METRICS_ANSWER_INVALID', 'redirect'],
])('a token endpoint that answers %d %s', async (status, body, code, words) => {
  issue = (_, response) => response.writeHead(status).end(body);
  const error = await failure(ask());
  expect(error).toMatchObject({ code });
  for (const part of ["account 'a'", `127.0.0.1:${issuer.port} (token request)`, words, "check the account's oauth2"]) {
    expect(String(error)).toContain(part);
  }
  expect(tokens).toEqual([]);
});

test('a token endpoint that is not there, or hangs', async () => {
  issue = () => undefined;
  const hung = await failure(ask(accountOf({}, { timeoutMillis: 50 })));
  expect(hung).toMatchObject({ code: 'METRICS_STORE_TIMEOUT', message: expect.stringContaining('(token request)') });
  const closed = await startLoopback(() => undefined);
  await closed.stop();
  const gone = await failure(ask(accountOf({ tokenUrl: closed.baseUrl })));
  expect(gone).toMatchObject({
    code: 'METRICS_STORE_UNAVAILABLE',
    message: expect.stringContaining('check the account'),
  });
});

test.each([
  ['a page', '<title>Login</title>'],
  ['no token', '{"token_type":"Bearer"}'],
  ['a token that no header can hold', '{"access_token":"very-secret\\nX-Evil: 1","expires_in":60}'],
  ['an end that is no number', '{"access_token":"very-secret","expires_in":"soon"}'],
])('%s is not a token, and what was answered is not told', async (_, body) => {
  issue = (_request, response) => response.end(body);
  const error = await failure(ask());
  expect(error).toMatchObject({ code: 'METRICS_ANSWER_INVALID', message: expect.stringContaining('is not a token') });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('very-secret');
});

test('a token endpoint that repeats what it was sent tells no secret', async () => {
  const secrets = [SECRET, 's3cret', Buffer.from('me:s3cret+%7E%2B%2F%22').toString('base64')];
  for (const clientAuthentication of ['client_secret_post', 'client_secret_basic']) {
    issue = (request, response) => {
      const { form, headers } = asked.at(-1) as Asked;
      response
        .writeHead(400)
        .end(`${new URLSearchParams(form)} ${JSON.stringify(form)} ${request.url} ${headers.authorization}`);
    };
    const error = inspect(await failure(ask(accountOf({ clientAuthentication }))), { depth: 9, showHidden: true });
    expect(error).toContain('***');
    for (const secret of secrets) expect(error).not.toContain(secret);
  }
});
