import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { BuiltRequest } from '../../../src/domain/metrics-provider.ts';
import type { Authorize } from '../credentials/authorize.ts';
import type { HttpAccount } from '../http/account.ts';
import { fetchJson } from '../http/http.ts';
import type { SeriesQuery } from '../query/query-fields.ts';
import { gridOf, type Part, partsOf } from '../series/grid.ts';
import { JoinedSeries } from '../series/joined-series.ts';
import { toMetricSets } from '../series/metric-sets.ts';
import { RangeAnswer, readRange } from './range-answer.ts';
import { readRefusal } from './refusal.ts';

/** A query for a window of instants. */
export interface RangeQuery {
  /** its text is PromQL */
  readonly request: BuiltRequest<SeriesQuery, HttpAccount>;
  /** appended to the account's base URL */
  readonly path: string;
  readonly baseUrl?: string | undefined;
  /** how much later than its slot's start each point is evaluated */
  readonly shiftMillis: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** further parameters, by the length of the window */
  readonly parametersFor?: (windowMillis: number) => Readonly<Record<string, string>>;
  readonly authorize?: Authorize | undefined;
}

/** Prometheus rejects more than 11,000 points per series. */
const MAX_POINTS_A_QUESTION = 10_000;

/** Sends `query_range`, chunk by chunk, to any store with Prometheus' API. */
export async function queryRange(range: RangeQuery, signal: AbortSignal): Promise<MetricSet[]> {
  const { request, shiftMillis } = range;
  const asked = gridOf(request.scope);
  const joined = new JoinedSeries(request, asked);
  for (const part of partsOf(asked, MAX_POINTS_A_QUESTION)) {
    joined.add(readRange(request, await askRange(range, part, signal), shiftMillis));
  }
  return toMetricSets({ request, asked, answer: joined, label: 'instant', combine: 'last' });
}

function askRange(range: RangeQuery, part: Part, signal: AbortSignal): Promise<RangeAnswer> {
  const { request, path, baseUrl, shiftMillis, headers, parametersFor, authorize } = range;
  const { startMillis, endMillis, stepMillis } = part;
  const start = startMillis + shiftMillis;
  // The end of a range query is inclusive, the end of our window exclusive.
  const end = endMillis - 1 + shiftMillis;
  const form = new URLSearchParams({
    query: request.text,
    start: String(start / 1000),
    end: String(end / 1000),
    step: String(stepMillis / 1000),
    ...parametersFor?.(end - start),
  });
  return fetchJson(
    {
      account: request.account,
      metricName: request.metric.name,
      baseUrl,
      path,
      form,
      headers: headers ?? {},
      authorize,
      Answer: RangeAnswer,
      readRefusal,
    },
    signal,
  );
}
