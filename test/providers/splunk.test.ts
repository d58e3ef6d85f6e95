import { expect, test } from 'vitest';
import { splunk } from '../../providers/splunk/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const EXPORT = '/services/search/v2/jobs/export';

function requestOf(query: Record<string, unknown> = {}, scope: Record<string, unknown> = {}) {
  return fixtureRequest(splunk, {
    account: { bearerToken: 'token' },
    metric: { name: 'm', query: { type: 'splunk', search: 'index=web', ...query } },
    scope: { start: '2025-01-15T12:00:00Z', end: '2025-01-15T12:02:00Z', step: 60, ...scope },
  });
}

const store = () => nock(STORE, { reqheaders: { authorization: 'Bearer token' } });
const lines = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

test.each([
  ['a list', lines({ preview: false, offset: 0, lastrow: true, result: { name: ['cpu.idle', 'CPU.user', 'mem'] } })],
  ['texts', lines({ preview: false, result: { name: 'cpu.idle' } }, { lastrow: true, result: { name: 'CPU.user' } })],
])('metadata: names of metrics, as %s', async (_, body) => {
  store()
    .post(EXPORT, (form) => form.search.startsWith('| mcatalog values(metric_name)') && form.earliest_time === '-24h')
    .reply(200, body);
  expect(await listNames(splunk, requestOf().account, 'Cpu', NEVER)).toEqual([
    { name: 'cpu.idle' },
    { name: 'CPU.user' },
  ]);
});

test('metadata: none without metric indexes, and no more than a picker can show', async () => {
  store().post(EXPORT).reply(200, '{"preview":false,"lastrow":true}\n');
  expect(await listNames(splunk, requestOf().account, '', NEVER)).toEqual([]);
  const name = Array.from({ length: 6000 }, (_, index) => `m${index}`);
  store()
    .post(EXPORT)
    .reply(200, lines({ preview: false, lastrow: true, result: { name } }));
  expect(await listNames(splunk, requestOf().account, '', NEVER)).toHaveLength(5000);
});

test('a group without events in a part of a long window has zeros there', async () => {
  const START = Date.parse('2025-01-15T00:00:00Z') / 1000;
  const rowOf = (slot: number, zone: string) => ({
    preview: false,
    lastrow: true,
    result: { [zone]: '5', haldane_time: String(START + slot) },
  });
  for (const [from, row] of [
    [0, rowOf(0, 'a')],
    [10_000, rowOf(10_000, 'b')],
  ] as const) {
    const body = (form: Record<string, string>) => form.earliest_time === (START + from).toFixed(3);
    store().post(EXPORT, body).reply(200, lines(row));
  }
  const scope = { start: '2025-01-15T00:00:00Z', end: '2025-01-15T02:46:42Z', step: 1 };
  const sets = await askProvider(splunk, requestOf({ groupBy: 'zone' }, scope), NEVER);
  const valuesWith = (slot: number) => Array.from({ length: 10_002 }, (_, index) => (index === slot ? 5 : 0));
  expect(sets.map(({ tags, values }) => [tags, values])).toEqual([
    [{ zone: 'a' }, valuesWith(0)],
    [{ zone: 'b' }, valuesWith(10_000)],
  ]);
});

test.each([
  ['app', '..'],
  ['owner', 'a/b'],
  ['field', 'a) | delete'],
  ['groupBy', 'a" | delete'],
])('%s cannot be %s', (field, value) => {
  const query = { type: 'splunk', search: 'index=web', [field]: value };
  expect(splunk.Query.safeParse(query).error?.issues).toMatchObject([{ path: [field] }]);
});

test('a search and a template of one are one too many', () => {
  const both = { type: 'splunk', search: 'a', customInlineTemplate: 'b' };
  expect(splunk.Query.safeParse(both).error?.issues).toMatchObject([{ path: ['search'] }]);
});
