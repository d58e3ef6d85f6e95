import { expect, test } from 'vitest';
import { AzureMonitorAccount } from '../../providers/azuremonitor/account.ts';
import { durationMillis, grainFor, stepOfGrains } from '../../providers/azuremonitor/grains.ts';
import { azuremonitor } from '../../providers/azuremonitor/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const AZURE = 'https://management.azure.com';
const SITE = '/subscriptions/1f3f/resourceGroups/shop/providers/Microsoft.Web/sites/shop';

function accountOf(fields: Record<string, unknown> = {}): AzureMonitorAccount {
  return AzureMonitorAccount.parse({ name: 'azure', type: 'azuremonitor', bearerToken: 'eyJ.x', ...fields });
}

function definition(value: string, localizedValue: string) {
  return {
    id: `${SITE}/providers/microsoft.insights/metricdefinitions/${value}`,
    namespace: 'Microsoft.Web/sites',
    name: { value, localizedValue },
    unit: 'Count',
    primaryAggregationType: 'Total',
    dimensions: [{ value: 'Instance', localizedValue: 'Instance' }],
  };
}

test('metadata are the metrics of the resource of the account, by either of their names', async () => {
  nock(AZURE)
    .get(`${SITE}/providers/Microsoft.Insights/metricDefinitions?api-version=2023-10-01`)
    .twice()
    .matchHeader('authorization', 'Bearer eyJ.x')
    .reply(200, { value: [definition('Http5xx', 'Http Server Errors'), definition('Requests', 'Requests')] });
  const account = accountOf({ resourceId: SITE });
  const found = {
    name: 'Http5xx',
    displayName: 'Http Server Errors',
    namespace: 'Microsoft.Web/sites',
    unit: 'Count',
    primaryAggregationType: 'Total',
    dimensions: ['Instance'],
  };
  expect(await listNames(azuremonitor, account, 'hTTp5', NEVER)).toEqual([found]);
  expect(await listNames(azuremonitor, account, 'server', NEVER)).toEqual([found]);
});

test('without a resource there are no metadata, and nobody is asked', async () => {
  expect(await listNames(azuremonitor, accountOf(), '', NEVER)).toEqual([]);
});

test.each([
  [60, 'PT1M'],
  [90, 'PT1M'],
  [30, 'PT1M'],
  [300, 'PT5M'],
  [600, 'PT5M'],
  [3600, 'PT1H'],
  [7200, 'PT1H'],
  [86_400, 'P1D'],
])('a step of %d s is made of points of %s', (seconds, grain) => {
  expect(grainFor(seconds * 1000)).toBe(grain);
});

test.each([
  [60, 60, 60],
  [20, 60, 60],
  [90, 60, 120],
  [60, 300, 300],
  [600, 300, 600],
])('steps of %d s of points every %d s are %d s', (asked, grain, steps) => {
  expect(stepOfGrains(asked * 1000, grain * 1000)).toBe(steps * 1000);
});

test.each([
  ['PT1M', 60_000],
  ['PT4H', 14_400_000],
  ['P1DT1H1M1S', 90_061_000],
  ['P', undefined],
  ['PT0M', undefined],
  ['FULL', undefined],
  [null, undefined],
])('the duration %s', (text, millis) => {
  expect(durationMillis(text)).toBe(millis);
});

test('resources of several subscriptions are refused', async () => {
  const request = fixtureRequest(azuremonitor, {
    account: { endpoint: null, bearerToken: 'eyJ.x' },
    metric: {
      name: 'm',
      query: {
        type: 'azuremonitor',
        metricName: 'Requests',
        metricNamespace: 'Microsoft.Web/sites',
        region: 'westeurope',
        resourceIds: [SITE, SITE.replace('1f3f', '2a2a')],
      },
    },
    scope: { start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
  });
  await expect(askProvider(azuremonitor, request, NEVER)).rejects.toMatchObject({
    code: 'METRICS_QUERY_INVALID',
    message: expect.stringContaining('several subscriptions: 1f3f, 2a2a'),
  });
});

test.each([
  [{}, 'resourceId'],
  [{ resourceId: SITE, resourceIds: [SITE] }, 'resourceId'],
  [{ resourceIds: [SITE], region: 'westeurope' }, 'resourceIds'],
  [{ resourceIds: [SITE], metricNamespace: 'n' }, 'resourceIds'],
  [{ resourceId: SITE, region: 'evil.example/' }, 'region'],
  [{ resourceId: SITE, metricName: 'a,b' }, 'metricName'],
  [{ resourceId: SITE, interval: 'PT2M' }, 'interval'],
])('a query of %o is refused for its %s', (fields, path) => {
  const parsed = azuremonitor.Query.safeParse({ type: 'azuremonitor', metricName: 'Requests', ...fields });
  expect(parsed.error?.issues[0]?.path).toEqual([path]);
});

test('an account without a way to get tokens is refused, and what is shown of one is no secret', () => {
  expect(() => accountOf({ bearerToken: undefined })).toThrow(/give one of clientSecret/);
  expect(azuremonitor.describeAccount(accountOf())).toEqual({ cloud: 'public' });
  const application = accountOf({ bearerToken: undefined, tenantId: 't', clientId: 'c', clientSecret: 'hush' });
  expect(azuremonitor.describeAccount(application)).toEqual({ cloud: 'public', tenantId: 't', clientId: 'c' });
});
