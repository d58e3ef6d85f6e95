import { z } from 'zod';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { fetchJson } from '../shared/http/http.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { gridOf, type Part, partsOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { type StoreAnswer, toMetricSets } from '../shared/series/metric-sets.ts';
import { type LokiAccount, tenantHeaders } from './account.ts';
import { RangeAnswer, readFailure, readRange } from './answer.ts';
import type { LokiRequest } from './query.ts';
import { readRefusal } from './refusal.ts';

/** Loki rejects more than 11,000 points per series. */
const MAX_POINTS_A_QUESTION = 10_000;
const HOUR_MILLIS = 3_600_000;
const NANOS_A_MILLI = 1_000_000n;

/**
 * Loki moves the start of a metric query back to a multiple of the step, so points of other windows lie up to half a
 * step beside the requested ones.
 */
export async function queryMetrics(request: Built<LokiRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { account, scope } = request;
  const asked = gridOf(scope);
  const slotsAQuestion = Math.floor((account.maxQueryHours * HOUR_MILLIS) / asked.stepMillis);
  const joined = new JoinedSeries(request, asked);
  for (const part of partsOf(asked, Math.min(MAX_POINTS_A_QUESTION, Math.max(1, slotsAQuestion)))) {
    await joined.add(await askRange(request, part, signal));
  }
  return toMetricSets({ request, asked, answer: joined, label: 'instant', combine: 'last' });
}

async function askRange(request: Built<LokiRequest>, part: Part, signal: AbortSignal): Promise<StoreAnswer> {
  const { startMillis, endMillis, stepMillis } = part;
  // How much later than its slot's start each point is evaluated.
  const shiftMillis = request.query.evaluateAt === 'end' ? stepMillis : 0;
  const parameters = new URLSearchParams({
    query: request.text,
    start: toNanos(startMillis + shiftMillis),
    // The last evaluation is at the end if that is a whole number of steps away; it is not part of our window.
    end: toNanos(endMillis - 1 + shiftMillis),
    step: String(stepMillis / 1000),
  });
  const path = `/loki/api/v1/query_range?${parameters}`;
  const question = { ...questionTo(request.account, path), metricName: request.metric.name, readFailure };
  return readRange(request, await fetchJson({ ...question, Answer: RangeAnswer }, signal), shiftMillis);
}

/** Nanoseconds since 1970 do not fit a number. */
function toNanos(millis: number): string {
  return String(BigInt(millis) * NANOS_A_MILLI);
}

function questionTo(account: LokiAccount, path: string) {
  return { account, path, headers: tenantHeaders(account), readRefusal };
}

/** Absent when there are none. */
const LabelsAnswer = z.object({ status: z.literal('success'), data: z.array(z.string()).nullish() });

/** The names of labels of the last hours. */
export async function getMetadata(account: LokiAccount, _filter: string, signal: AbortSignal) {
  const { data } = await askLabels(account, signal);
  return (data ?? []).map((name) => ({ name }));
}

/** Not `/ready`: it needs no credentials, and gateways block it. */
export async function check(account: LokiAccount, signal: AbortSignal): Promise<void> {
  await askLabels(account, signal);
}

function askLabels(account: LokiAccount, signal: AbortSignal) {
  return fetchJson({ ...questionTo(account, '/loki/api/v1/labels'), Answer: LabelsAnswer }, signal);
}
