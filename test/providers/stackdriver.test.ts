import { expect, test } from 'vitest';
import { StackdriverAccount } from '../../providers/stackdriver/account.ts';
import { stackdriver } from '../../providers/stackdriver/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const GOOGLE = 'https://monitoring.googleapis.com';
const account = StackdriverAccount.parse({ name: 'gcp', type: 'stackdriver', project: 'shop', bearerToken: 'ya29.x' });

function descriptor(type: string) {
  return {
    name: `projects/shop/metricDescriptors/${type}`,
    type,
    metricKind: 'GAUGE',
    valueType: 'DOUBLE',
    labels: [],
  };
}

test('metadata are descriptors as Google has them, of all pages, whatever the case of the filter', async () => {
  const cpu = descriptor('compute.googleapis.com/instance/CPU/utilization');
  const mine = descriptor('custom.googleapis.com/cpu');
  nock(GOOGLE)
    .get('/v3/projects/shop/metricDescriptors?pageSize=10000')
    .matchHeader('authorization', 'Bearer ya29.x')
    .reply(200, { metricDescriptors: [cpu, descriptor('custom.googleapis.com/memory')], nextPageToken: 'two' })
    .get('/v3/projects/shop/metricDescriptors?pageSize=10000&pageToken=two')
    .reply(200, { metricDescriptors: [mine] });
  expect(await listNames(stackdriver, account, 'Cpu', NEVER)).toEqual([cpu, mine]);
});

test('metadata end when a picker can show no more', async () => {
  const metricDescriptors = Array.from({ length: 6000 }, (_, index) => descriptor(`custom.googleapis.com/m${index}`));
  nock(GOOGLE)
    .get('/v3/projects/shop/metricDescriptors?pageSize=10000')
    .reply(200, { metricDescriptors, nextPageToken: 'more' });
  expect(await listNames(stackdriver, account, '', NEVER)).toHaveLength(5000);
});

test('metadata of a project that is not there fail', async () => {
  nock(GOOGLE)
    .get('/v3/projects/shop/metricDescriptors?pageSize=10000')
    .reply(404, { error: { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' } });
  await expect(listNames(stackdriver, account, '', NEVER)).rejects.toMatchObject({
    code: 'METRICS_QUERY_REJECTED',
    message: expect.stringContaining("check the account's project"),
  });
});

test('an answer without end is a limit', async () => {
  let pages = 0;
  nock(GOOGLE)
    .persist()
    .get(/timeSeries/)
    .reply(200, () => ({ nextPageToken: `page-${++pages}` }));
  const request = fixtureRequest(stackdriver, {
    account: { endpoint: null, project: 'shop', bearerToken: 'ya29.x' },
    metric: { name: 'm', query: { type: 'stackdriver', metricType: 'x', resourceType: 'global' } },
    scope: { start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
  await expect(askProvider(stackdriver, request, NEVER)).rejects.toMatchObject({
    code: 'METRICS_LIMIT_EXCEEDED',
    message: expect.stringContaining("account 'store', metric 'm'"),
  });
  expect(pages).toBe(200);
  nock.cleanAll();
});

test("the parameters of Kayenta's fetch route become a query", () => {
  const parameters = {
    metricSetName: 'cpu',
    metricType: 'compute.googleapis.com/instance/cpu/utilization',
    resourceType: 'gce_instance',
    groupByFields: 'metric.label.instance_name,resource.label.zone',
    project: 'other',
    scope: 'shop-v042',
  };
  expect(stackdriver.readFetchParameters?.(parameters)).toEqual({
    query: {
      metricType: 'compute.googleapis.com/instance/cpu/utilization',
      resourceType: 'gce_instance',
      groupByFields: ['metric.label.instance_name', 'resource.label.zone'],
    },
    extendedScopeParams: { project: 'other' },
  });
  expect(stackdriver.readFetchParameters?.({ metricType: 'x' })).toEqual({ query: { metricType: 'x' } });
});

test.each([
  [{}, 'metricType'],
  [{ metricType: 'x', promql: 'y' }, 'promql'],
  [{ promql: 'y', customInlineTemplate: 'z' }, 'promql'],
])('a query of %o is refused for its %s', (fields, path) => {
  const parsed = stackdriver.Query.safeParse({ type: 'stackdriver', ...fields });
  expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([[path]]);
});

test('what is shown of an account is its project', () => {
  expect(stackdriver.describeAccount(account)).toEqual({ project: 'shop' });
});
