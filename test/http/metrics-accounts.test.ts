import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inline } from '../../providers/inline/index.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeAccount, fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const asked: string[] = [];
const store = fakeProvider((request) => {
  asked.push(`${request.account.name} ${request.metric.name} ${request.side}`);
  return [seriesOf(request, [1, 2, 3])];
});
const other = {
  ...fakeProvider((request) => {
    asked.push(`${request.account.name} ${request.metric.name} ${request.side}`);
    return [seriesOf(request, [4, 5, 6])];
  }, 'other'),
  builtInAccount: 'always-there',
  check: async () => {
    throw new CanaryError('METRICS_STORE_UNAVAILABLE', "account 'always-there': down for repairs");
  },
};

let service: TestService;
beforeAll(async () => {
  const second = { ...fakeAccount, name: 'second' };
  service = await createTestService({ providers: [store, other], metricsStores: [fakeAccount, second] });
});
afterAll(() => service.close());

/** A run whose metrics have these queries besides the default ones. */
async function run(...queries: Record<string, unknown>[]) {
  asked.length = 0;
  const { metrics = [], ...config } = configOf(queries.length);
  const named = metrics.map((metric, index) => ({ ...metric, query: { ...metric.query, ...queries[index] } }));
  const payload = { canaryConfig: { ...config, metrics: named }, executionRequest: requestOf() };
  return (await service.http.inject({ method: 'POST', url: '/canary?wait=5s', payload })).json();
}

describe('query.accountName', () => {
  it('asks the account it names, the others that of the run', async () => {
    expect(await run({}, { accountName: 'second' })).toMatchObject({ status: 'succeeded' });
    expect(asked.toSorted()).toEqual([
      'fake-metrics m0 control',
      'fake-metrics m0 experiment',
      'second m1 control',
      'second m1 experiment',
    ]);
  });

  it('mixes stores of several types in one run', async () => {
    expect(await run({}, { type: 'other', accountName: 'always-there' })).toMatchObject({ status: 'succeeded' });
    expect(asked).toContain('always-there m1 experiment');
  });

  it('is not needed where a store has an account of its own', async () => {
    expect(await run({}, { type: 'other' })).toMatchObject({ status: 'succeeded' });
    expect(asked).toContain('always-there m1 control');
  });

  it.each([
    [{ accountName: 'nobody' }, ["metric 'm0'", 'query.accountName', 'nobody', 'second']],
    [{ accountName: 'always-there' }, ["type 'fake'", "'always-there' is of type 'other'", 'query.accountName']],
    [{ accountName: 7 }, ['accountName']],
  ])('%o is refused before anything is asked', async (query, words) => {
    const answer = await run(query);
    for (const word of words) expect(JSON.stringify(answer)).toContain(word);
    expect(answer).toMatchObject({ status: 400 });
    expect(asked).toEqual([]);
  });
});

describe('GET /health', () => {
  it('asks the metrics stores only when told to', async () => {
    const shallow = await service.http.inject('/health');
    expect([shallow.statusCode, shallow.json()]).toEqual([
      200,
      { status: 'UP', components: { store: { status: 'UP' } } },
    ]);
    const deep = await service.http.inject('/health?deep=true');
    const down = { status: 'DOWN', type: 'other', error: "account 'always-there': down for repairs" };
    expect([deep.statusCode, deep.json()]).toEqual([
      503,
      {
        status: 'DOWN',
        components: {
          store: { status: 'UP' },
          metricsAccounts: {
            status: 'DOWN',
            components: {
              'always-there': down,
              'fake-metrics': { status: 'UP', type: 'fake' },
              second: { status: 'UP', type: 'fake' },
            },
          },
        },
      },
    ]);
  });

  it('says that there are no metrics accounts, and the home page does, when requests must bring their series', async () => {
    const alone = await createTestService({ providers: [inline, fakeProvider()], metricsStores: [] });
    const message = expect.stringMatching(/^No metrics accounts: .*haldane\.example\.yml/);
    for (const url of ['/health', '/health?deep=true']) {
      const health = await alone.http.inject(url);
      expect([health.statusCode, health.json()]).toMatchObject([200, { status: 'UP', message }]);
    }
    const page = (await alone.http.inject({ url: '/', headers: { accept: 'text/html' } })).body;
    expect(page).toContain('<p class="message">No metrics accounts: ');
    expect(page).not.toContain('all answer');
    const payload = { canaryConfig: configOf(1), executionRequest: requestOf() };
    const answer = await alone.http.inject({ method: 'POST', url: '/canary', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toMatch(/there is no account of type 'fake'; add one to the configuration file/);
    await alone.close();
    const whole = (await service.http.inject({ url: '/', headers: { accept: 'text/html' } })).body;
    expect(whole).not.toContain('No metrics accounts');
  });

  it('refuses another depth', async () => {
    expect((await service.http.inject('/health?deep=very')).statusCode).toBe(400);
  });
});
