import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { providers } from '../../providers/index.ts';
import { CanaryError } from '../../src/errors.ts';
import { askProvider } from '../support/ask-provider.ts';
import {
  expectedSets,
  fixtureRequest,
  type ProviderFixture,
  providerFixtures,
  queryFixtures,
  replayExchanges,
} from '../support/provider-fixtures.ts';

const NO_SIGNAL = new AbortController().signal;
const NOT_PROVIDERS = ['README.md', 'index.ts', 'shared', 'templates'];
const OWED = {
  data: undefined,
  empty: undefined,
  rejected: 'METRICS_QUERY_REJECTED',
  unavailable: 'METRICS_STORE_UNAVAILABLE',
  malformed: 'METRICS_ANSWER_INVALID',
};
/** The series come with the query: nobody is asked who could fail. */
const ASKS_NOBODY = ['inline'];

afterEach(() => {
  vi.useRealTimers();
});

test('every file of providers/ is in its registry', () => {
  const files = readdirSync(new URL('../../providers/', import.meta.url)).filter(
    (file) => !NOT_PROVIDERS.includes(file),
  );
  expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual(providers.map(({ type }) => type).sort());
});

/** What a provider is made of, in this order. */
const MEMBERS = [
  ...['type', 'builtInAccount', 'holdsData', 'ownResolution', 'scopeChoosesStore', 'Query', 'Account', 'buildQuery'],
  ...['queryProblems', 'checkScope', 'queryMetrics'],
  ...['getMetadata', 'getSeries', 'searchedFields', 'readFetchParameters', 'check', 'describeAccount', 'linkTo'],
];

test.each(providers)('the members of $type come in the order of all providers', (provider) => {
  const members = Object.keys(provider);
  expect(members).toEqual(MEMBERS.filter((member) => members.includes(member)));
});

test.each(providers)('the folder of $type has the files of all providers', ({ type }) => {
  const files = readdirSync(new URL(`../../providers/${type}/`, import.meta.url));
  expect(files).toEqual(expect.arrayContaining(['README.md', 'account.ts', 'ask.ts', 'index.ts', 'query.ts']));
});

test('every provider has a manual page', () => {
  const without = providers.filter(
    ({ type }) => !existsSync(new URL(`../../providers/${type}/README.md`, import.meta.url)),
  );
  expect(without.map(({ type }) => type)).toEqual([]);
});

test.each(providers)('the manual page of $type names every field', ({ type, Query, Account }) => {
  const page = readFileSync(new URL(`../../providers/${type}/README.md`, import.meta.url), 'utf8');
  const shapes = [Query, Account].map((schema) => z.toJSONSchema(schema, { io: 'input' }).$defs ?? {});
  const fields = shapes.flatMap((shape) =>
    Object.values(shape).flatMap(({ properties }) => Object.keys(properties ?? {})),
  );
  expect(fields.length).toBeGreaterThan(10);
  expect(fields.filter((field) => !page.includes(field))).toEqual([]);
});

describe.each(providers)('$type', (provider) => {
  const fixtures = providerFixtures(provider.type);

  const owed = Object.entries(OWED).filter(([, code]) => code === undefined || !ASKS_NOBODY.includes(provider.type));
  test.each(owed)('has the case every provider owes: %s', (name, code) => {
    const fixture = fixtures.find((one) => one.name === name);
    expect(fixture?.expect).toMatchObject(code === undefined ? { metricSets: [{}] } : { error: { code } });
  });

  test.each(fixtures.map((fixture) => [fixture.about, fixture] as const))('%s', async (_, fixture) => {
    if (fixture.now !== undefined) vi.useFakeTimers({ now: new Date(fixture.now), toFake: ['Date'] });
    const request = fixtureRequest(provider, fixture);
    expect(provider.buildQuery(request)).toBe(fixture.expect.query);
    const asked = replayExchanges(fixture);
    const outcome = await askProvider(provider, request, NO_SIGNAL).catch((error: unknown) => error);
    expect(asked).toEqual(fixture.exchanges.map((exchange) => exchange.request));
    expectOutcome(outcome, fixture);
    for (const secret of fixture.secrets ?? []) expect(everythingIn(outcome)).not.toContain(secret);
  });

  test.each(queryFixtures(provider.type).map((one) => [one.about, one] as const))('%s', (_, fixture) => {
    const request = fixtureRequest(provider, { ...fixture, metric: { name: 'm', query: fixture.query } });
    if (fixture.error === undefined) {
      expect(provider.buildQuery(request)).toBe(fixture.expect);
      expect(provider.buildQuery(request), 'asked again').toBe(fixture.expect);
    } else {
      const error = thrownBy(() => provider.buildQuery(request));
      expect(error).toMatchObject({ code: 'METRICS_QUERY_INVALID' });
      for (const text of fixture.error) expect(error.message).toContain(text);
    }
  });

  test('a canceled question rejects at once', async () => {
    const data = fixtures.find((one) => one.name === 'data') as ProviderFixture;
    const canceled = askProvider(provider, fixtureRequest(provider, data), AbortSignal.abort());
    await expect(canceled).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  });

  test('a misspelt field of an account is refused', () => {
    const data = fixtures.find((one) => one.name === 'data') as ProviderFixture;
    expect(() => fixtureRequest(provider, { ...data, account: { ...data.account, maxSerie: 5 } })).toThrow(/maxSerie/);
  });
});

function expectOutcome(outcome: unknown, { expect: { metricSets, error } }: ProviderFixture): void {
  if (metricSets !== undefined) {
    expect(outcome).toMatchObject(expectedSets(metricSets));
    expect(outcome).toHaveLength(metricSets.length);
    return;
  }
  expect(outcome).toBeInstanceOf(CanaryError);
  const { message, code, retryAfterMillis } = outcome as CanaryError;
  expect({ code, retryAfterMillis }).toEqual({ code: error?.code, retryAfterMillis: error?.retryAfterMillis });
  for (const text of error?.message ?? []) expect(message).toContain(text);
}

function everythingIn(outcome: unknown): string {
  return inspect(outcome, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

function thrownBy(work: () => unknown): CanaryError {
  try {
    work();
  } catch (error) {
    return error as CanaryError;
  }
  throw new Error('nothing was thrown');
}
