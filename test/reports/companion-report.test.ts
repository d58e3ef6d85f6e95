import { expect, it } from 'vitest';
import { PrometheusAccount } from '../../providers/prometheus/account.ts';
import { linkTo } from '../../providers/prometheus/link.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { reportCompanions } from '../../src/reports/companion-report.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-01-02T00:00:00Z');
const scope = { scope: 'v1', start: '2026-01-02T00:00:00Z', end: '2026-01-02T01:00:00Z', step: 60 };
const scopes = { controlScope: scope, experimentScope: { ...scope, scope: 'v2', start: '2026-01-02T00:30:00Z' } };
const account = PrometheusAccount.parse({
  name: 'prom',
  type: 'prometheus',
  endpoint: { baseUrl: 'http://prom:9090' },
});

/** A pair with the control's own of the day before beside it, and its requests. */
const pair: MetricSetPair = {
  name: 'latency',
  values: { control: [1], experiment: [1] },
  history: {
    values: { control: [1, 2, 3], experiment: [] },
    scopes: { control: { startTimeMillis: START - 1440 * MINUTE, stepMillis: MINUTE } },
    attributes: { control: { query: 'latency{version="v1"}' } },
  },
  traffic: {
    values: { control: [9], experiment: [9] },
    attributes: { control: { query: 'requests{version="v1"}' }, experiment: { query: 'requests{version="v2"}' } },
  },
};
const report = (changes: Partial<MetricSetPair> = {}) =>
  reportCompanions({
    pair: { ...pair, ...changes },
    result: undefined,
    fetches: [],
    scopes,
    linkTo: (asked) => linkTo(account, asked),
  });

it('links to a history in the store, from its first point to the start of the control', () => {
  const link = new URL(report().find(({ companion }) => companion === 'history')?.queries.control?.link ?? '');
  expect([link.origin, link.searchParams.get('g0.expr')]).toEqual(['http://prom:9090', 'latency{version="v1"}']);
  expect(link.searchParams.get('g0.end_input')).toBe('2026-01-02 00:00:00');
  expect(link.searchParams.get('g0.range_input')).toBe('86400s');
});

it('links to the other companions at the window of each side', () => {
  const { control, experiment } = report().find(({ companion }) => companion === 'traffic')?.queries ?? {};
  const ranges = [control, experiment].map((query) => new URL(query?.link ?? '').searchParams.get('g0.range_input'));
  expect(ranges).toEqual(['3600s', '1800s']);
});

it('links nowhere when there is no history, or nobody knows when it began', () => {
  const history = { values: { control: [], experiment: [] }, attributes: { control: { missing: 'nothing is kept' } } };
  expect(report({ history }).find(({ companion }) => companion === 'history')).toMatchObject({
    missing: 'nothing is kept',
    queries: {},
  });
});
