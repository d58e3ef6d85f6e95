import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { readCredentials } from '../shared/authorize.ts';
import { gridOf, type Part, partsOf } from '../shared/grid.ts';
import { fetchJson } from '../shared/http.ts';
import { describeHttpAccount } from '../shared/http-account.ts';
import { excerptOf } from '../shared/http-failures.ts';
import { refuseTooMany, toMetricSets } from '../shared/metric-sets.ts';
import { flavorHeaders, flavorParameters, PrometheusAccount } from './account.ts';
import { buildQuery, PrometheusQuery, type PrometheusRequest, readFetchParameters } from './query.ts';
import { JoinedAnswer, RangeAnswer, readRefusal } from './range-answer.ts';

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
});

/** Prometheus refuses more than 11,000 points a series. */
const MAX_POINTS_A_QUESTION = 10_000;
/** More than a picker can show. */
const MAX_NAMES = 5000;

async function queryMetrics(request: PrometheusRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const query = buildQuery(request);
  const grid = gridOf(request.scope);
  const joined = new JoinedAnswer(request);
  const shiftMillis = request.query.evaluateAt === 'end' ? grid.stepMillis : 0;
  for (const part of partsOf(grid, MAX_POINTS_A_QUESTION)) {
    joined.add(await askRange({ request, query, part, shiftMillis }, signal), shiftMillis);
    refuseTooMany(request, grid, joined.series.length);
  }
  const attributes = { query, ...(await warningsAttribute(request.account, joined.warnings)) };
  return toMetricSets({ request, grid, series: joined.series, label: 'instant', combine: 'last', attributes });
}

async function warningsAttribute(account: PrometheusAccount, warnings: readonly string[]) {
  if (warnings.length === 0) return {};
  const { redact } = await readCredentials(account);
  return { warnings: excerptOf(warnings.join('\n'), redact) };
}

interface RangeQuestion {
  readonly request: PrometheusRequest;
  readonly query: string;
  readonly part: Part;
  /** how much later than its slot's start each point is asked for */
  readonly shiftMillis: number;
}

function askRange({ request, query, part, shiftMillis }: RangeQuestion, signal: AbortSignal): Promise<RangeAnswer> {
  const { account, metric } = request;
  const { startMillis, endMillis, stepMillis } = part;
  const start = startMillis + shiftMillis;
  // The end of a range query belongs to it, the end of our window does not.
  const end = endMillis - 1 + shiftMillis;
  const form = new URLSearchParams({
    query,
    start: String(start / 1000),
    end: String(end / 1000),
    step: String(stepMillis / 1000),
    ...flavorParameters(account, end - start),
  });
  return fetchJson(
    {
      account,
      metricName: metric.name,
      path: '/api/v1/query_range',
      form,
      headers: flavorHeaders(account),
      Answer: RangeAnswer,
      readRefusal,
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
      Answer: z.object({ status: z.literal('success') }),
      readRefusal,
    },
    signal,
  );
}
