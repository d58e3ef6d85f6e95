import { expect, test } from 'vitest';
import type { MetricDescriptor, MetricsProvider } from '../../../src/domain/metrics-provider.ts';
import { createAccounts } from '../../../src/engine/accounts.ts';
import { MetricExplorer } from '../../../src/engine/fetching/metric-explorer.ts';
import { MetricsFetcher } from '../../../src/engine/fetching/metrics-fetcher.ts';
import { CanaryError } from '../../../src/errors.ts';
import { BytesInFlight } from '../../../src/waiting/bytes-in-flight.ts';
import { fakeAccount, fakeProvider } from '../../support/fake-provider.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

function explorerOf(
  descriptors: MetricDescriptor[],
  fields: Partial<MetricsProvider> = {},
  policy = { attempts: 1, backoffPeriodMultiplierMs: 1, maxWaitMillis: 1 },
): MetricExplorer {
  const providers = [{ ...fakeProvider(), getMetadata: async () => descriptors, ...fields }];
  const accounts = createAccounts({
    metricsStores: [fakeAccount],
    providers,
    store: { type: 'sqlite', accountNames: ['store'] },
  });
  const now = Date.now;
  const fetcher = new MetricsFetcher({
    latest: (account) => account,
    limits: { pointsPerRun: 1000 },
    bytesInFlight: new BytesInFlight(1e9),
    policy,
    longestWaitMillis: 600_000,
    random: () => 0,
    now,
    monotonic: now,
    log,
  });
  const metricSetLists = {
    get: async () => undefined,
    put: async () => {},
    delete: async () => false,
    keys: async () => [],
  };
  return new MetricExplorer({
    pairsLikeKayenta: () => true,
    limits: { metricsPerRun: 1000, pointsPerRun: 1e7 },
    accounts,
    providers,
    judges: [],
    fetcher,
    metricSetLists,
    newId: () => 'id',
    monotonic: now,
  });
}

test('names are those that contain the filter, in any case', async () => {
  const explorer = explorerOf([{ name: 'http_Errors' }, { name: 'latency' }, { name: 'errors' }]);
  expect(await explorer.metadata(undefined, 'ERR')).toEqual([{ name: 'http_Errors' }, { name: 'errors' }]);
  expect(await explorer.metadata(undefined, '')).toHaveLength(3);
});

test('a filter is looked for in the fields that the provider names, as they are read together', async () => {
  const [elb, ec2] = [
    { namespace: 'AWS/ELB', name: 'Latency' },
    { namespace: 'AWS/EC2', name: 'CPU', unit: 'elb' },
  ];
  const explorer = explorerOf([elb, ec2], { searchedFields: ['namespace', 'name'] });
  expect(await explorer.metadata(undefined, 'elb lat')).toEqual([elb]);
  expect(await explorer.metadata(undefined, 'aws/ec2')).toEqual([ec2]);
});

test('what the own search of a store has found is the answer', async () => {
  const explorer = explorerOf([{ name: 'shop.$scope.latency' }], { searchedFields: [] });
  expect(await explorer.metadata(undefined, 'shop.$scope.la*')).toHaveLength(1);
});

test('no more names are answered than a picker can show, of those that contain the filter', async () => {
  const names = Array.from({ length: 12_000 }, (_, index) => ({ name: index % 2 === 0 ? `wanted${index}` : 'other' }));
  const found = await explorerOf(names).metadata(undefined, 'wanted');
  expect(found).toHaveLength(5000);
  expect(found.at(-1)).toEqual({ name: 'wanted9998' });
});

test('a preview does not wait for attempts that come after somebody has stopped looking', async () => {
  let attempts = 0;
  const queryMetrics = async () => {
    attempts += 1;
    throw new CanaryError('METRICS_STORE_UNAVAILABLE', `attempt ${attempts}: 127.0.0.1:1 cannot be reached`);
  };
  const policy = { attempts: 3, backoffPeriodMultiplierMs: 1, maxWaitMillis: 100_000 };
  const patient = explorerOf([], { queryMetrics }, policy);
  await expect(patient.pairsOf(single(), 0, NEVER)).rejects.toThrow('attempt');
  expect(attempts).toBeGreaterThanOrEqual(3);
  const hasty = explorerOf([], { queryMetrics }, { ...policy, backoffPeriodMultiplierMs: 100_000 });
  await expect(hasty.pairsOf(single(), 0, NEVER)).rejects.toThrow('127.0.0.1:1 cannot be reached');
  await expect(hasty.fetch(single(), NEVER)).rejects.toThrow('127.0.0.1:1 cannot be reached');
});

const NEVER = new AbortController().signal;

function single() {
  const scope = { scope: 'a', start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', step: 60 };
  const metric = { name: 'm', query: { type: 'fake', metricName: 'x', serviceType: 'fake' }, scopeName: 'default' };
  const scopes = { default: { controlScope: scope, experimentScope: { ...scope, scope: 'b' } } };
  return { config: { metrics: [metric] }, request: { scopes }, metricsAccountName: undefined };
}
