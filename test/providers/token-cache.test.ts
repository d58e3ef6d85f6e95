import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { readCredentials } from '../../providers/shared/credentials/authorize.ts';
import { bearerToken, type IssuedToken, type TokenIssuer } from '../../providers/shared/credentials/token-cache.ts';
import { HttpAccountFields } from '../../providers/shared/http/account.ts';

const Account = z.strictObject({ ...HttpAccountFields, type: z.literal('any') });
const NEVER = new AbortController().signal;
const OUTGOING = { method: 'GET', url: 'http://store.test/', headers: {}, body: undefined };

let issued: number;
let issuer: TokenIssuer & { readonly account: z.infer<typeof Account> };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 0 });
  issued = 0;
  const account = Account.parse({ name: 'a', type: 'any', endpoint: { baseUrl: 'http://store.test' } });
  issuer = { account, purpose: 'read', issue: async () => nextToken() };
});
afterEach(() => {
  vi.useRealTimers();
});

function nextToken(): IssuedToken {
  issued++;
  return { token: `token-${issued}`, lifetimeSeconds: 3600 };
}

async function sentBy(who: TokenIssuer, signal = NEVER): Promise<string | undefined> {
  const { headers } = await bearerToken(who)(OUTGOING, { signal, refused: false });
  return headers.Authorization;
}

test('a token is used until a minute before its end', async () => {
  expect(await sentBy(issuer)).toBe('Bearer token-1');
  vi.advanceTimersByTime(3_539_999 - Date.now());
  expect(await sentBy(issuer)).toBe('Bearer token-1');
  vi.advanceTimersByTime(3_540_000 - Date.now());
  expect(await sentBy(issuer)).toBe('Bearer token-2');
});

test('one token is issued for all who wait for it', async () => {
  const waiting = Array.from({ length: 20 }, () => sentBy(issuer));
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['Bearer token-1']));
  expect(issued).toBe(1);
});

test('tokens of other accounts and for other purposes are other tokens', async () => {
  const sent = [
    await sentBy(issuer),
    await sentBy({ ...issuer, purpose: 'write' }),
    await sentBy({ ...issuer, account: { ...issuer.account } }),
    await sentBy(issuer),
  ];
  expect(sent).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3', 'Bearer token-1']);
});

test('a token the store has refused is replaced, once for all who were refused it', async () => {
  const questions = [bearerToken(issuer), bearerToken(issuer), bearerToken(issuer)];
  await Promise.all(questions.map((authorize) => authorize(OUTGOING, { signal: NEVER, refused: false })));
  const again = await Promise.all(questions.map((authorize) => authorize(OUTGOING, { signal: NEVER, refused: true })));
  expect(again.map(({ headers }) => headers.Authorization)).toEqual(Array(3).fill('Bearer token-2'));
  expect(again.every(({ renewable }) => renewable)).toBe(true);
  expect(issued).toBe(2);
});

test('a failure is told to all who wait, and not kept', async () => {
  const failing = { ...issuer, issue: () => Promise.reject(new Error('no token today')) };
  const outcomes = await Promise.allSettled([sentBy(failing), sentBy(failing)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await sentBy(issuer)).toBe('Bearer token-1');
});

test('who gives up does not take the token from the others', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = { ...issuer, issue: () => gate.promise.then(nextToken) };
  const canceled = new AbortController();
  const first = sentBy(slow, canceled.signal);
  const second = sentBy(slow);
  canceled.abort();
  await expect(first).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  gate.resolve();
  expect(await second).toBe('Bearer token-1');
});

test('nothing is issued for who has given up before', async () => {
  await expect(sentBy(issuer, AbortSignal.abort())).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  await setImmediate();
  expect(issued).toBe(0);
});

test('the token and the secrets it came from are taken out of foreign texts, with whatever credentials', async () => {
  const secretive = { ...issuer, secrets: ['a ~secret'] };
  const { redact } = await bearerToken(secretive)(OUTGOING, { signal: NEVER, refused: false });
  const told = 'token-1, "a ~secret", client_secret=a+%7Esecret, a%20~secret';
  expect(redact(told)).toBe('***, "***", client_secret=***, ***');
  const plain = await readCredentials(issuer.account);
  expect(plain.redact(told)).toBe('***, "***", client_secret=***, ***');
});

test('what else the store wants is sent along', async () => {
  const { headers } = await bearerToken({ ...issuer, headers: { 'x-project': 'p' } })(OUTGOING, {
    signal: NEVER,
    refused: false,
  });
  expect(headers).toEqual({ 'x-project': 'p', Authorization: 'Bearer token-1' });
});
