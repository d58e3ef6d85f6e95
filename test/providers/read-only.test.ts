import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { providers } from '../../providers/index.ts';
import { fixtureRequest, providerFixtures } from '../support/provider-fixtures.ts';

interface Row {
  readonly type: string;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly templates?: Readonly<Record<string, string>>;
  readonly scope?: Readonly<Record<string, unknown>>;
  readonly said?: string;
}

const FOLDER = new URL('../fixtures/read-only/', import.meta.url);
const FILES = readdirSync(FOLDER).map((file) => {
  const rows: { refused: Row[]; allowed: Row[] } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  return { language: file.replace('.json', ''), ...rows };
});
const WINDOW = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', step: 60 };

function textOf({ type, account, query, templates, scope }: Row): string {
  const provider = providers.find((one) => one.type === type);
  if (provider === undefined) throw new Error(`there is no provider ${type}`);
  const data = providerFixtures(type).find(({ name }) => name === 'data');
  const request = fixtureRequest(provider, {
    account: { ...data?.account, ...account },
    metric: { name: 'm', query: { type, ...query } },
    scope: { ...WINDOW, scope: 'v1', ...scope },
    ...(templates === undefined ? {} : { config: { templates } }),
  });
  return provider.buildQuery(request);
}

const label = (row: Row) => [JSON.stringify([row.query, row.scope ?? {}]), row] as const;

describe.each(FILES)('$language', ({ refused, allowed }) => {
  test.each(refused.map(label))('what may write is refused before it is sent, with what it is: %s', (_, row) => {
    expect(() => textOf(row)).toThrow(row.said);
    expect(() => textOf(row)).toThrow(expect.objectContaining({ code: 'METRICS_QUERY_INVALID' }));
  });

  test.each(allowed.map(label))('what only reads is sent: %s', (_, row) => {
    expect(textOf(row)).not.toBe('');
  });
});
