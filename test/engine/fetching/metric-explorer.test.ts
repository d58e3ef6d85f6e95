import { expect, test } from 'vitest';
import type { MetricDescriptor, MetricsProvider } from '../../../src/domain/metrics-provider.ts';
import { createAccounts } from '../../../src/engine/accounts.ts';
import { MetricExplorer } from '../../../src/engine/fetching/metric-explorer.ts';
import { MetricsFetcher } from '../../../src/engine/fetching/metrics-fetcher.ts';
import { BytesInFlight } from '../../../src/waiting/bytes-in-flight.ts';
import { fakeAccount, fakeProvider } from '../../support/fake-provider.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

function explorerOf(descriptors: MetricDescriptor[], fields: Partial<MetricsProvider> = {}): MetricExplorer {
  const providers = [{ ...fakeProvider(), getMetadata: async () => descriptors, ...fields }];
  const accounts = createAccounts({
    metricsStores: [fakeAccount],
    providers,
    store: { type: 'sqlite', accountNames: ['store'] },
  });
  const policy = { attempts: 1, backoffPeriodMultiplierMs: 1, maxWaitMillis: 1 };
  const now = Date.now;
  const fetcher = new MetricsFetcher({
    bytesInFlight: new BytesInFlight(1e9),
    policy,
    longestWaitMillis: 1000,
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
