import { describe, expect, test } from 'vitest';
import { graphite } from '../../providers/graphite/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const { account } = fixtureRequest(graphite, {
  metric: { name: 'm', query: { type: 'graphite', metricName: 'a' } },
  scope: { start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
});

describe('metadata', () => {
  const found = (query: string, metrics: readonly object[]) =>
    nock(STORE).get('/metrics/find').query({ query, format: 'completer' }).reply(200, { metrics });
  const namesOf = async (filter: string) => (await listNames(graphite, account, filter, NEVER)).map(({ name }) => name);

  test('completes a path by its next part; what goes on ends with a dot', async () => {
    const [folder, leaf] = [
      { path: 'shop.canary.', name: 'canary', is_leaf: '0' },
      { path: 'shop.cache', name: 'cache', is_leaf: '1' },
    ];
    found('shop.ca*', [folder, leaf]);
    expect(await namesOf('shop.ca')).toEqual(['shop.canary.', 'shop.cache']);
    found('shop.*', [folder]);
    expect(await namesOf('shop.*')).toEqual(['shop.canary.']);
    found('*', [{ name: 'shop', is_leaf: 0 }]);
    expect(await namesOf('')).toEqual(['shop.']);
  });

  test('variables stand for any part, and stay in the names', async () => {
    const twice = [1, 1].map((is_leaf) => ({ name: 'latency', is_leaf }));
    found('shop.*.la*', twice);
    expect(await namesOf('shop.$scope.la')).toEqual(['shop.$scope.latency']);
    found('shop.*.*.la*', twice);
    expect(await namesOf('shop.${location}.$location.la')).toEqual(['shop.${location}.$location.latency']);
  });

  test('the beginning of a variable is completed without asking', async () => {
    expect(await namesOf('shop.$sc')).toEqual(['shop.$scope', 'shop.$location']);
    expect(await namesOf('$')).toEqual(['$scope', '$location']);
  });

  test('lists no more than a picker can show', async () => {
    found(
      '*',
      Array.from({ length: 6000 }, (_, index) => ({ name: `m${index}`, is_leaf: '1' })),
    );
    expect(await namesOf('')).toHaveLength(5000);
  });
});

test("reads the parameters of Kayenta's single query", () => {
  const parameters = { metricName: 'a.$scope', start: '2025-01-15T12:45:00Z' };
  expect(graphite.readFetchParameters?.(parameters)).toEqual({ query: { metricName: 'a.$scope' } });
});
