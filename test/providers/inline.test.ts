import { expect, test } from 'vitest';
import { inline } from '../../providers/inline/index.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';

function textOf(query: Record<string, unknown>): string {
  return inline.buildQuery(
    fixtureRequest(inline, {
      account: { endpoint: null },
      metric: { name: 'accuracy', query: { type: 'inline', ...query } },
      scope: { start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60 },
    }),
  );
}

test.each([
  ['no data at all', {}],
  ['two ways at once', { control: [1], experiment: [1], csv: 'control,experiment\n1,1\n' }],
])('%s is refused', (_, query) => {
  expect(() => textOf(query)).toThrow(
    /give the data in one way: 'control' and 'experiment', 'series', 'histograms', or 'csv'/,
  );
});

test('a query holds up to 100,000 values, both sides together', () => {
  const values = (count: number) => new Array<number>(count).fill(1);
  const rows = (count: number) => `control,experiment\n${'1,1\n'.repeat(count)}`;
  const points = (count: number) => ({ points: new Array(count).fill([1736945100, 1]) });
  expect(textOf({ control: values(60_000), experiment: values(40_000) })).toContain('40000 values');
  expect(textOf({ csv: rows(50_000) })).toContain('50000 values');
  const tooMany = /holds 10000[12] values, more than 100000/;
  expect(() => textOf({ control: values(60_000), experiment: values(40_001) })).toThrow(tooMany);
  expect(() => textOf({ csv: rows(50_001) })).toThrow(tooMany);
  expect(() => textOf({ series: { control: [points(1)], experiment: [points(100_000)] } })).toThrow(tooMany);
});

test('a CSV of more than 5 MB is refused', () => {
  expect(() => textOf({ csv: ' '.repeat(5 * 1024 * 1024 + 1) })).toThrow(/5242880/);
});

test('there is nobody issuer a check could ask', async () => {
  const account = inline.Account.parse({ name: 'inline', type: 'inline' });
  await expect(inline.check(account, new AbortController().signal)).resolves.toBeUndefined();
  expect(inline.describeAccount(account)).toEqual({});
});
