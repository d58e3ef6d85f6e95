import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeAccount } from '../../support/fake-provider.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

const PATTERN = '[a-z0-9.-]+';

let service: TestService;
beforeAll(async () => {
  service = await createTestService({ metricsStores: [{ ...fakeAccount, scopePattern: PATTERN }] });
});
afterAll(() => service.close());

type Scope = Record<string, unknown>;

const start = (scope: Scope, config: object = {}, url = '/canary') => {
  const request = requestOf();
  const pair = request.scopes?.default;
  const scopes = { default: { ...pair, experimentScope: { ...pair?.experimentScope, ...scope } } };
  const payload = { canaryConfig: configOf(1, config), executionRequest: { ...request, scopes } };
  return service.http.inject({ method: 'POST', url, payload });
};

it('lets values through that match', async () => {
  expect((await start({ scope: 'v2.1', extendedScopeParams: { zone: 'eu-1' } })).statusCode).toBe(200);
});

it.each<[Scope, string]>([
  [{ scope: 'v2"} or vector(1)' }, 'scope: '],
  [{ scope: '.*' }, 'scope: '],
  [{ scope: 'v2\nx' }, 'scope: '],
  [{ location: 'EU' }, 'location: '],
  [{ extendedScopeParams: { zone: 'eu 1' } }, 'extendedScopeParams.zone: '],
])('refuses %o of an account, naming the field and the pattern', async (scope, field) => {
  for (const url of ['/canary', '/canaryConfig/series', '/canaryConfig/queries']) {
    const answer = await start(scope, {}, url);
    expect([url, answer.statusCode, answer.body.includes('the scopePattern of the account ')]).toEqual([
      url,
      url.endsWith('queries') ? 200 : 400,
      true,
    ]);
    expect(answer.body).toContain(field);
    expect(answer.body).toContain(PATTERN);
  }
});

it('refuses what the config does not allow, and a config whose pattern is none', async () => {
  const answer = await start({ scope: 'other' }, { scopePattern: 'v.*' });
  expect(answer.json()).toMatchObject({
    status: 400,
    message: expect.stringContaining('the scopePattern of the config'),
  });
  expect((await start({ scope: 'v3' }, { scopePattern: 'v.*' })).statusCode).toBe(200);
  const wrong = await service.http.inject({
    method: 'POST',
    url: '/canaryConfig',
    payload: configOf(1, { scopePattern: '(?=x' }),
  });
  expect(wrong.json()).toMatchObject({
    status: 400,
    message: expect.stringContaining('scopePattern is no RE2 pattern'),
  });
});
