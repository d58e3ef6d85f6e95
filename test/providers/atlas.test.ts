import { afterEach, expect, test, vi } from 'vitest';
import { atlas } from '../../providers/atlas/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const BACKENDS = 'https://backends.test';
const CLUSTER = 'https://atlas.us-east-1.example.com';
const CLOSE = 'data: {"type":"close"}\n\n';

function requestOf(account: Record<string, unknown> = {}) {
  return fixtureRequest(atlas, {
    account,
    metric: { name: 'm', query: { type: 'atlas', q: 'name,x,:eq' } },
    scope: {
      scope: 'shop',
      location: 'us-east-1',
      start: '2025-01-15T12:00:00Z',
      end: '2025-01-15T12:02:00Z',
      step: 60,
    },
  });
}

function manyClusters(fields: Record<string, unknown> = {}) {
  return requestOf({ endpoint: null, backendsJsonBaseUrl: BACKENDS, ...fields });
}

function answerBackends(times = 1) {
  const backend = {
    cname: 'atlas.$(region).example.com',
    target: '$(region)',
    deployment: 'main',
    dataset: 'regional',
  };
  nock(BACKENDS)
    .get('/api/v1/atlas/backends.json')
    .times(times)
    .reply(200, [{ ...backend, regions: ['us-east-1'], environments: null }]);
}

afterEach(() => {
  vi.useRealTimers();
});

test('the list of clusters is read again when it is two minutes old', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const request = manyClusters();
  answerBackends();
  nock(CLUSTER).get(/fetch/).times(3).reply(200, CLOSE);
  await askProvider(atlas, request, NEVER);
  vi.advanceTimersByTime(119_000);
  await askProvider(atlas, request, NEVER);
  vi.advanceTimersByTime(2000);
  answerBackends();
  await askProvider(atlas, request, NEVER);
});

test('metadata: names are paged by the offset of the answer before', async () => {
  nock(STORE)
    .get('/api/v1/tags/name?limit=1000')
    .reply(200, ['cpu', 'Requests'], { 'x-nflx-atlas-next-offset': 'Re,q' });
  nock(STORE).get('/api/v1/tags/name?limit=1000&offset=Re%2Cq').reply(200, ['requestLatency', 'other']);
  expect(await listNames(atlas, requestOf().account, 'REQ', NEVER)).toEqual([
    { name: 'Requests' },
    { name: 'requestLatency' },
  ]);
});

test('metadata: no more names than a picker can show', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `n${index}`);
  nock(STORE)
    .get(/tags\/name/)
    .times(5)
    .reply(200, names, { 'x-nflx-atlas-next-offset': 'n' });
  expect(await listNames(atlas, requestOf().account, '', NEVER)).toHaveLength(5000);
});

test('metadata: of many clusters the recommended location is asked; without one there are none', async () => {
  answerBackends(2);
  nock(CLUSTER).get('/api/v1/tags/name?limit=1000').reply(200, ['cpu']);
  const { account } = manyClusters({ recommendedLocations: ['us-east-1'] });
  expect(await listNames(atlas, account, '', NEVER)).toEqual([{ name: 'cpu' }]);
  expect(await listNames(atlas, manyClusters().account, '', NEVER)).toEqual([]);
});

test('metadata: something else than names cannot be read', async () => {
  nock(STORE)
    .get(/tags\/name/)
    .reply(200, { names: [] });
  await expect(listNames(atlas, requestOf().account, '', NEVER)).rejects.toMatchObject({
    code: 'METRICS_ANSWER_INVALID',
  });
});

test('check: the list of clusters is asked for anew', async () => {
  const { account } = manyClusters();
  answerBackends(2);
  await atlas.check(account, NEVER);
  await atlas.check(account, NEVER);
});

test('an account needs an address of one kind', () => {
  expect(atlas.Account.safeParse({ name: 'a', type: 'atlas' }).error?.issues).toMatchObject([{ path: ['endpoint'] }]);
});

test('an address that everyone is shown holds no password', () => {
  const account = { name: 'a', type: 'atlas', backendsJsonBaseUrl: 'https://me:secret@backends.test' };
  expect(atlas.Account.safeParse(account).error?.issues).toMatchObject([{ path: ['backendsJsonBaseUrl'] }]);
});

test('what is shown of an account is where it asks', () => {
  const { account } = manyClusters({ fetchId: 'canary', password: 'secret', username: 'reader' });
  expect(atlas.describeAccount(account)).toEqual({
    backendsJsonBaseUrl: BACKENDS,
    fetchId: 'canary',
    username: 'reader',
  });
});

test('the parameters of a fetch say the expression and what the scope is', () => {
  expect(atlas.readFetchParameters?.({ q: 'name,x,:eq', type: 'asg', scope: 'shop-v1' })).toEqual({
    query: { q: 'name,x,:eq' },
    extendedScopeParams: { type: 'asg' },
  });
});
