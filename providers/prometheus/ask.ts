import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { fetchJson } from '../shared/http/http.ts';
import { queryRange } from '../shared/promql/range-query.ts';
import { readFailure, readRefusal } from '../shared/promql/refusal.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf } from '../shared/series/grid.ts';
import { authorizeFor, flavorHeaders, flavorParameters, type PrometheusAccount } from './account.ts';
import type { PrometheusRequest } from './query.ts';

export function queryMetrics(request: Built<PrometheusRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, query, scope, series } = request;
  return queryRange(
    {
      request,
      path: '/api/v1/query_range',
      shiftMillis: query.evaluateAt === 'end' ? gridOf(scope).stepMillis : 0,
      asBuckets: query.nativeHistograms === 'buckets',
      headers: flavorHeaders(account),
      parametersFor: (windowMillis) => flavorParameters(account, windowMillis),
      authorize: authorizeFor(account),
      // Kayenta evaluates at the start of each step; at the end, the window's last point is the end already.
      window: query.evaluateAt === 'start' ? series?.window : undefined,
    },
    signal,
  );
}

export async function getMetadata(account: PrometheusAccount, _filter: string, signal: AbortSignal) {
  const { data } = await fetchJson(
    {
      ...questionTo(account),
      path: '/api/v1/label/__name__/values',
      Answer: z.object({ status: z.literal('success'), data: z.array(z.string()) }),
    },
    signal,
  );
  return data.map((name) => ({ name }));
}

/** More series than these tell nothing new of labels; older versions do not know the limit. */
const MOST_SERIES = 5000;

export async function getSeries(account: PrometheusAccount, metric: string, signal: AbortSignal) {
  const query = `last_over_time({__name__=${JSON.stringify(metric)}}[10m])`;
  const { data } = await fetchJson(
    {
      ...questionTo(account),
      path: '/api/v1/query',
      form: new URLSearchParams({ query, limit: String(MOST_SERIES) }),
      Answer: z.object({
        status: z.literal('success'),
        data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
      }),
    },
    signal,
  );
  return data.result.map(({ metric }) => metric);
}

/** Not `/-/healthy`: managed stores lack it, and it needs no credentials. */
export async function check(account: PrometheusAccount, signal: AbortSignal): Promise<void> {
  await fetchJson(
    {
      ...questionTo(account),
      path: '/api/v1/query',
      form: new URLSearchParams({ query: 'vector(1)' }),
      Answer: z.object({ status: z.literal('success') }),
    },
    signal,
  );
}

function questionTo(account: PrometheusAccount) {
  return { account, headers: flavorHeaders(account), authorize: authorizeFor(account), readRefusal, readFailure };
}
