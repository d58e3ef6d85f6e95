import { createHash } from 'node:crypto';
import { USUAL_SERIES } from '../../domain/series-shape.ts';
import { accountNumber } from './account-number.ts';
import type { MetricQuery } from './plan-queries.ts';

const LONGEST_KEY = 2000;

/**
 * Equal for queries with the same answer. Whatever depends on the side or the scope's name is in the text; the metric's
 * name is part of the answer, but of a companion: several metrics may have the same requests beside them.
 */
export function answerKey({ provider, request, companion }: MetricQuery): string {
  const { account, metric, query, scope, text } = request;
  const { start, end, step, location, extendedScopeParams } = scope;
  const { window, gaps } = request.series ?? USUAL_SERIES;
  const key = JSON.stringify([
    ...[
      accountNumber(account),
      provider.type,
      companion === undefined ? metric.name : '',
      text,
      start,
      end,
      step,
      location,
    ],
    ...[extendedScopeParams, query, window, gaps],
  ]);
  // A query may be megabytes.
  return key.length > LONGEST_KEY ? createHash('sha256').update(key).digest('base64') : key;
}
