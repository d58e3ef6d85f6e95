import { expect, test } from 'vitest';
import { loki } from '../../providers/loki/index.ts';
import { listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const { account } = fixtureRequest(loki, {
  account: { tenantId: 'shop' },
  metric: { name: 'm', query: { type: 'loki', expr: 'a' } },
  scope: {},
});
const labels = () => nock(STORE, { reqheaders: { 'x-scope-orgid': 'shop' } }).get('/loki/api/v1/labels');

test('metadata: the labels whose names contain the text', async () => {
  labels().reply(200, { status: 'success', data: ['app', 'namespace', 'service_name'] });
  expect(await listNames(loki, account, 'NAME', NEVER)).toEqual([{ name: 'namespace' }, { name: 'service_name' }]);
});

test('metadata: a Loki that has no logs yet leaves the list out', async () => {
  labels().reply(200, { status: 'success' });
  expect(await listNames(loki, account, '', NEVER)).toEqual([]);
});

test('metadata: ends after as many names as a picker can show', async () => {
  labels().reply(200, { status: 'success', data: Array.from({ length: 6000 }, (_, index) => `label${index}`) });
  expect(await listNames(loki, account, '', NEVER)).toHaveLength(5000);
});

test('a query and a template of it are one too many', () => {
  const both = { type: 'loki', expr: 'a', customInlineTemplate: 'b' };
  expect(loki.Query.safeParse(both).error?.issues).toMatchObject([{ path: ['expr'] }]);
});
