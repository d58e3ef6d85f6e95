import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { readRefusal } from '../shared/promql/range-answer.ts';
import { queryRange } from '../shared/promql/range-query.ts';
import { gridOf } from '../shared/series/grid.ts';
import { authorizeFor, flavorHeaders, flavorParameters, PrometheusAccount } from './account.ts';
import { linkTo } from './link.ts';
import { buildQuery, PrometheusQuery, type PrometheusRequest, readFetchParameters } from './query.ts';

/** Prometheus, and what speaks its language: Thanos, Mimir, Cortex, Grafana Cloud, VictoriaMetrics. */
export const prometheus = defineProvider({
  type: 'prometheus',
  Query: PrometheusQuery,
  Account: PrometheusAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  readFetchParameters,
  check,
  describeAccount: describeHttpAccount,
  linkTo,
});

/** More than a picker can show. */
const MAX_NAMES = 5000;

function queryMetrics(request: PrometheusRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, query, scope } = request;
  return queryRange(
    {
      request,
      query: buildQuery(request),
      path: '/api/v1/query_range',
      shiftMillis: query.evaluateAt === 'end' ? gridOf(scope).stepMillis : 0,
      headers: flavorHeaders(account),
      parametersFor: (windowMillis) => flavorParameters(account, windowMillis),
      authorize: authorizeFor(account),
    },
    signal,
  );
}

const NamesAnswer = z.object({ status: z.literal('success'), data: z.array(z.string()) });

async function getMetadata(account: PrometheusAccount, filter: string, signal: AbortSignal) {
  const { data } = await fetchJson(
    {
      account,
      path: '/api/v1/label/__name__/values',
      headers: flavorHeaders(account),
      authorize: authorizeFor(account),
      Answer: NamesAnswer,
      readRefusal,
    },
    signal,
  );
  const wanted = filter.toLowerCase();
  return data
    .filter((name) => name.toLowerCase().includes(wanted))
    .slice(0, MAX_NAMES)
    .map((name) => ({ name }));
}

/** Not `/-/healthy`: managed stores do not have it, and it asks for no credentials. */
async function check(account: PrometheusAccount, signal: AbortSignal): Promise<void> {
  await fetchJson(
    {
      account,
      path: '/api/v1/query',
      form: new URLSearchParams({ query: 'vector(1)' }),
      headers: flavorHeaders(account),
      authorize: authorizeFor(account),
      Answer: z.object({ status: z.literal('success') }),
      readRefusal,
    },
    signal,
  );
}
