import { expect, test } from 'vitest';
import { dynatrace } from '../../providers/dynatrace/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const { account } = fixtureRequest(dynatrace, {
  account: { apiToken: 'dt0c01.TOKEN' },
  metric: { name: 'm', query: { type: 'dynatrace', metricSelector: 'a' } },
  scope: {},
});

const store = () => nock(STORE, { reqheaders: { authorization: 'Api-Token dt0c01.TOKEN' } });
const metric = (metricId: string, displayName?: string) => ({ metricId, displayName, unit: 'Count' });

test('metadata: pages are followed by their key alone, and searched by key and name', async () => {
  store()
    .get('/api/v2/metrics?pageSize=500&fields=displayName%2Cunit&text=cPu')
    .reply(200, { nextPageKey: 'a/b=', metrics: [metric('builtin:host.cpu.usage', 'CPU usage %'), metric('ext:x')] });
  store()
    .get('/api/v2/metrics?nextPageKey=a%2Fb%3D')
    .reply(200, { nextPageKey: null, metrics: [metric('ext:y', 'Busy cpus')] });
  expect(await listNames(dynatrace, account, 'cPu', NEVER)).toEqual([
    { name: 'builtin:host.cpu.usage', displayName: 'CPU usage %', unit: 'Count' },
    { name: 'ext:y', displayName: 'Busy cpus', unit: 'Count' },
  ]);
});

test('metadata: ends after as many names as a picker can show', async () => {
  const metrics = Array.from({ length: 500 }, (_, index) => metric(`m${index}`));
  store().get('/api/v2/metrics?pageSize=500&fields=displayName%2Cunit').reply(200, { nextPageKey: 'k', metrics });
  store().get('/api/v2/metrics?nextPageKey=k').times(9).reply(200, { nextPageKey: 'k', metrics });
  expect(await listNames(dynatrace, account, '', NEVER)).toHaveLength(5000);
});

test('a selector and a template of it are one too many', () => {
  const both = { type: 'dynatrace', metricSelector: 'a', customInlineTemplate: 'b' };
  expect(dynatrace.Query.safeParse(both).error?.issues).toMatchObject([{ path: ['metricSelector'] }]);
});
