import { expect, test, vi } from 'vitest';
import { skywalking } from '../../providers/skywalking/index.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { nock } from '../support/http/nock.ts';
import { fixtureRequest, STORE } from '../support/provider-fixtures.ts';

const NEVER = new AbortController().signal;
const request = () =>
  fixtureRequest(skywalking, {
    metric: { name: 'm', query: { type: 'skywalking', expression: 'service_cpm' } },
    scope: { scope: 'shop', start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:47:00Z', step: 60 },
  });
const answering = (data: object, asked: RegExp) => nock(STORE).post('/graphql', asked).reply(200, { data });
const series = { type: 'TIME_SERIES_VALUES', error: null, results: [] };

test('metadata: the metrics whose names contain the text', async () => {
  const listMetrics = ['service_cpm', 'service_sla', 'endpoint_cpm'].map((name) => ({ name, type: 'REGULAR_VALUE' }));
  answering({ listMetrics }, /listMetrics/);
  const found = await listNames(skywalking, request().account, 'CPM', NEVER);
  expect(found).toEqual([
    { name: 'service_cpm', type: 'REGULAR_VALUE' },
    { name: 'endpoint_cpm', type: 'REGULAR_VALUE' },
  ]);
});

test('metadata: ends after as many names as a picker can show', async () => {
  answering({ listMetrics: Array.from({ length: 6000 }, (_, index) => ({ name: `m${index}` })) }, /listMetrics/);
  expect(await listNames(skywalking, request().account, '', NEVER)).toHaveLength(5000);
});

test('an account asks for the time zone once in ten minutes, since summer time may begin', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  try {
    const asked = request();
    for (const [timezone, hour] of [
      ['+0100', '1345'],
      ['+0200', '1445'],
    ]) {
      answering({ getTimeInfo: { timezone } }, /getTimeInfo/);
      for (let time = 0; time < 2; time++) {
        answering({ execExpression: series }, new RegExp(`"start":"2025-01-15 ${hour}"`));
        await askProvider(skywalking, asked, NEVER);
      }
      vi.advanceTimersByTime(Date.now() + 600_000 - Date.now());
    }
    expect(nock.isDone()).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('a window without a whole minute in it asks for nothing but the time zone', async () => {
  const { scope, ...rest } = request();
  answering({ getTimeInfo: { timezone: '+0000' } }, /getTimeInfo/);
  const short = { ...scope, start: '2025-01-15T12:45:10Z', end: '2025-01-15T12:45:50Z' };
  const sets = await askProvider(skywalking, { ...rest, scope: short }, NEVER);
  expect(sets.map(({ values }) => values)).toEqual([[Number.NaN]]);
});

test.each([
  [{ query: 'query { x }' }, 'valuesPath'],
  [{ expression: 'a', valuesPath: 'x' }, 'valuesPath'],
  [{ expression: 'a', query: 'query { x }', valuesPath: 'x' }, 'expression'],
  [{ expression: 'a', customInlineTemplate: 'b' }, 'expression'],
  [{ query: 'query { x }', valuesPath: '$.x[0]' }, 'valuesPath'],
])('%j is refused at %s', (fields, path) => {
  const { error } = skywalking.Query.safeParse({ type: 'skywalking', ...fields });
  expect(error?.issues.map((issue) => issue.path)).toEqual([[path]]);
});
