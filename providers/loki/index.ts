import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { defineProvider } from '../../src/domain/metrics-provider.ts';
import { describeHttpAccount } from '../shared/http/account.ts';
import { fetchJson } from '../shared/http/http.ts';
import { gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { refuseTooMany, toMetricSets } from '../shared/series/metric-sets.ts';
import { warningsAttribute } from '../shared/series/warnings.ts';
import { LokiAccount, tenantHeaders } from './account.ts';
import { RangeAnswer, readFailure, readRefusal, readSeries } from './answer.ts';
import { buildQuery, LokiQuery, type LokiRequest } from './query.ts';

/** Grafana Loki, by its metric queries. */
export const loki = defineProvider({
  type: 'loki',
  Query: LokiQuery,
  Account: LokiAccount,
  buildQuery,
  queryMetrics,
  getMetadata,
  check,
  describeAccount: describeHttpAccount,
});

/** Loki refuses more than 11,000 points a series. */
const MAX_POINTS_A_QUESTION = 10_000;
const HOUR_MILLIS = 3_600_000;
const NANOS_A_MILLI = 1_000_000n;
/** More than a picker can show. */
const MAX_NAMES = 5000;

/**
 * Loki moves the start of a metric query back to a multiple of the step, so points of a window that begins elsewhere lie
 * up to half a step beside those that were asked for.
 */
async function queryMetrics(request: LokiRequest, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, scope } = request;
  const query = buildQuery(request);
  const grid = gridOf(scope);
  const shiftMillis = request.query.evaluateAt === 'end' ? grid.stepMillis : 0;
  const slotsAQuestion = Math.floor((account.maxQueryHours * HOUR_MILLIS) / grid.stepMillis);
  const joined = new JoinedSeries();
  const warnings: string[] = [];
  for (const part of partsOf(grid, Math.min(MAX_POINTS_A_QUESTION, Math.max(1, slotsAQuestion)))) {
    const answer = await askRange({ request, query, part, shiftMillis }, signal);
    joined.add(readSeries(request, answer, shiftMillis));
    refuseTooMany(request, grid, joined.size);
    warnings.push(...(answer.warnings ?? []));
  }
  const attributes = { query, ...(await warningsAttribute(account, warnings)) };
  return toMetricSets({ request, grid, series: joined.series, label: 'instant', combine: 'last', attributes });
}

interface RangeQuestion {
  readonly request: LokiRequest;
  readonly query: string;
  readonly part: Part;
  /** how much later than its slot's start each point is asked for */
  readonly shiftMillis: number;
}

function askRange({ request, query, part, shiftMillis }: RangeQuestion, signal: AbortSignal): Promise<RangeAnswer> {
  const { startMillis, endMillis, stepMillis } = part;
  const parameters = new URLSearchParams({
    query,
    start: toNanos(startMillis + shiftMillis),
    // The last evaluation is at the end, if it is a whole number of steps away; that does not belong to our window.
    end: toNanos(endMillis - 1 + shiftMillis),
    step: String(stepMillis / 1000),
  });
  const path = `/loki/api/v1/query_range?${parameters}`;
  return fetchJson(
    { ...questionTo(request.account, path), metricName: request.metric.name, Answer: RangeAnswer, readFailure },
    signal,
  );
}

/** Nanoseconds since 1970 are more than a number can hold. */
function toNanos(millis: number): string {
  return String(BigInt(millis) * NANOS_A_MILLI);
}

function questionTo(account: LokiAccount, path: string) {
  return { account, path, headers: tenantHeaders(account), readRefusal };
}

/** Absent when there are none. */
const LabelsAnswer = z.object({ status: z.literal('success'), data: z.array(z.string()).nullish() });

/** The names of labels of the last hours. */
async function getMetadata(account: LokiAccount, filter: string, signal: AbortSignal) {
  const { data } = await askLabels(account, signal);
  const wanted = filter.toLowerCase();
  return (data ?? [])
    .filter((name) => name.toLowerCase().includes(wanted))
    .slice(0, MAX_NAMES)
    .map((name) => ({ name }));
}

/** Not `/ready`: it asks for no credentials, and gateways do not let it through. */
async function check(account: LokiAccount, signal: AbortSignal): Promise<void> {
  await askLabels(account, signal);
}

function askLabels(account: LokiAccount, signal: AbortSignal) {
  return fetchJson({ ...questionTo(account, '/loki/api/v1/labels'), Answer: LabelsAnswer }, signal);
}
