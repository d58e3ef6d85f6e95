import { expect, test } from 'vitest';
import type { MetricFetch } from '../../src/domain/metric-fetch.ts';
import { reportWaiting } from '../../src/domain/waiting-report.ts';
import { waitingInWords } from '../../src/reports/waiting-words.ts';

const DUE = Date.parse('2026-01-01T12:00:05Z');
const refused = (metric: string) => `METRICS_STORE_UNAVAILABLE: account 'prom', metric '${metric}': connection refused`;
const fetch = (metric: string, fields: Partial<MetricFetch> = {}): MetricFetch => ({
  stage: 'fetchControl0',
  metric,
  side: 'control',
  attempts: 1,
  waitedMillis: 0,
  ...fields,
});

test('queries that wait for the same reason are told of once, with the next attempt', () => {
  const waiting = reportWaiting([
    fetch('a', { attempts: 3, lastError: refused('a'), nextAttemptMillis: DUE + 9000 }),
    fetch('b', { attempts: 2, lastError: refused('b'), nextAttemptMillis: DUE }),
    fetch('c', { waitingFor: 'closed until 12:05:00Z: busy', nextAttemptMillis: DUE }),
  ]);
  expect(waiting.map(waitingInWords)).toEqual([
    `2 queries wait after 3 attempts: ${refused('a')}; next attempt at 2026-01-01 12:00:05 UTC`,
    '1 query waits after 1 attempt: closed until 12:05:00Z: busy; next attempt at 2026-01-01 12:00:05 UTC',
  ]);
});

test('a query that is being repeated, one that was answered in the end, and one that is simply under way', () => {
  const waiting = reportWaiting([
    fetch('a', { lastError: refused('a') }),
    fetch('b', { lastError: refused('b'), millis: 20 }),
    fetch('c'),
  ]);
  expect(waiting.map(waitingInWords)).toEqual([
    `1 query waits after 1 attempt: ${refused('a')}; it is being sent again now`,
  ]);
});
