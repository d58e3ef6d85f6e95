import { expect } from 'vitest';
import { sql } from '../../providers/sql/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../src/errors.ts';
import { askProvider } from './ask-provider.ts';
import { fixtureRequest } from './provider-fixtures.ts';

export const NEVER = new AbortController().signal;
export const GAP = Number.NaN;
export const START = Date.parse('2025-01-15T12:45:00Z');

export interface SqlAsking {
  /** of the query, besides the statement */
  readonly fields?: Record<string, unknown>;
  readonly account?: Record<string, unknown>;
  readonly scope?: Record<string, unknown>;
  readonly signal?: AbortSignal;
}

/** A query for four steps of a minute from {@link START}. */
export function sqlRequest(statement: string, { fields, account = {}, scope }: SqlAsking): MetricsRequest {
  return fixtureRequest(sql, {
    account,
    metric: { name: 'latency', query: { type: 'sql', query: statement, ...fields } },
    scope: { scope: 'canary', start: '2025-01-15T12:45:00Z', end: '2025-01-15T12:49:00Z', step: 60, ...scope },
  });
}

export function askSql(statement: string, asking: SqlAsking): Promise<MetricSet[]> {
  return askProvider(sql, sqlRequest(statement, asking), asking.signal ?? NEVER);
}

/** @throws when there is none */
export async function failureOf(asked: Promise<unknown>): Promise<CanaryError> {
  const error = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CanaryError);
  return error as CanaryError;
}
