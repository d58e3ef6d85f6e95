import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { askProvider } from '../support/ask-provider.ts';
import { describeProviders, failureOf, NEVER, type Trial } from '../support/describe-providers.ts';

// What every provider owes when its store fails, asked of a stand-in of the store over a real socket.

await describeProviders((trial) => {
  testCancel(trial);
  if (trial.standIn.queryHolding !== undefined) return;
  testStatuses(trial);
  testConnections(trial);
  testSecrets(trial);
  testCheck(trial);
});

function testCancel({ provider, store, windowOf }: Trial): void {
  test('a canceled question rejects at once', async () => {
    store().behave = () => 'hang';
    const canceled = new AbortController();
    const asked = askProvider(provider, store().request(windowOf(3)), canceled.signal);
    canceled.abort();
    await expect(asked).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  });
}

function testStatuses(trial: Trial): void {
  test.each([
    [401, /METRICS_ACCESS_DENIED/],
    [403, /METRICS_ACCESS_DENIED/],
    [404, /METRICS_QUERY_REJECTED/],
    [429, /METRICS_STORE_THROTTLED/],
    [500, /METRICS_STORE_UNAVAILABLE/],
    [502, /METRICS_STORE_UNAVAILABLE/],
    [503, /METRICS_STORE_(UNAVAILABLE|THROTTLED)/],
    [504, /METRICS_STORE_TIMEOUT/],
  ])('status %d with a page is %s', async (status, code) => {
    const error = await failureOf(trial, () => ({ status, body: '<html><h1>computer says no</h1></html>' }));
    expect(error.code).toMatch(code);
    expect(error.message).toContain('computer says no');
  });

  test.each([
    ['a number', () => '7', 7000],
    ['a date', () => new Date(Date.now() + 90_000).toUTCString(), 90_000],
  ])('Retry-After is heeded: %s', async (_, value, millis) => {
    const error = await failureOf(trial, () => ({ status: 429, headers: { 'retry-after': value() }, body: '' }));
    expect(Math.abs((error.retryAfterMillis ?? 0) - millis)).toBeLessThanOrEqual(millis === 7000 ? 0 : 10_000);
  });
}

function testConnections(trial: Trial): void {
  test('a store that hangs is a timeout', async () => {
    expect((await failureOf(trial, () => 'hang', { timeoutMillis: 60 })).code).toBe('METRICS_STORE_TIMEOUT');
  });

  test('a connection that is reset, and a redirect', async () => {
    expect((await failureOf(trial, () => 'reset')).code).toBe('METRICS_STORE_UNAVAILABLE');
    const moved = () => ({ status: 302, headers: { location: 'http://login.test/' }, body: '' });
    expect((await failureOf(trial, moved)).message).toContain('login.test');
  });
}

function testSecrets(trial: Trial): void {
  test('failures tell no secret, even when the store repeats what it was sent', async () => {
    for (const status of [400, 401, 500, 200]) {
      const error = await failureOf(trial, ({ headers, url, body }) => ({
        status,
        body: `you sent ${JSON.stringify(headers)} ${url} ${body}`,
      }));
      const words = inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
      for (const secret of trial.standIn.secrets ?? []) expect(words).not.toContain(secret);
    }
  });
}

function testCheck({ provider, store, windowOf }: Trial): void {
  test('check asks the store, and fails as queries fail', async () => {
    const { account } = store().request(windowOf(1));
    await provider.check(account, NEVER);
    expect(store().asked.length).toBeGreaterThan(0);
    store().behave = () => ({ status: 403, body: 'no' });
    await expect(provider.check(account, NEVER)).rejects.toMatchObject({ code: 'METRICS_ACCESS_DENIED' });
    store().behave = () => ({ status: 503, body: 'restarting' });
    await expect(provider.check(account, NEVER)).rejects.toMatchObject({
      code: expect.stringMatching(/METRICS_STORE_/),
    });
  });
}
