import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import type { Authorize } from '../credentials/authorize.ts';
import type { HttpAccount } from '../http/account.ts';
import { fetchJson } from '../http/http.ts';
import type { SeriesQuery } from '../query/query-fields.ts';
import { gridOf, type Part, partsOf } from '../series/grid.ts';
import { refuseTooMany, toMetricSets } from '../series/metric-sets.ts';
import { warningsAttribute } from '../series/warnings.ts';
import { JoinedAnswer, RangeAnswer, readRefusal } from './range-answer.ts';

/** A query for a window of instants. */
export interface RangeQuery {
  readonly request: MetricsRequest<SeriesQuery, HttpAccount>;
  /** PromQL */
  readonly query: string;
  /** appended to the account's address */
  readonly path: string;
  readonly baseUrl?: string | undefined;
  /** how much later than its slot's start each point is asked for */
  readonly shiftMillis: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** further parameters, for a window so long */
  readonly parametersFor?: (windowMillis: number) => Readonly<Record<string, string>>;
  readonly authorize?: Authorize | undefined;
}

/** Prometheus refuses more than 11,000 points a series. */
const MAX_POINTS_A_QUESTION = 10_000;

/** Asks `query_range`, part after part, of whatever speaks Prometheus' language. */
export async function queryRange(range: RangeQuery, signal: AbortSignal): Promise<MetricSet[]> {
  const { request, query, shiftMillis } = range;
  const grid = gridOf(request.scope);
  const joined = new JoinedAnswer(request);
  for (const part of partsOf(grid, MAX_POINTS_A_QUESTION)) {
    joined.add(await askRange(range, part, signal), shiftMillis);
    refuseTooMany(request, grid, joined.series.length);
  }
  const attributes = { query, ...(await warningsAttribute(request.account, joined.warnings)) };
  return toMetricSets({ request, grid, series: joined.series, label: 'instant', combine: 'last', attributes });
}

function askRange(range: RangeQuery, part: Part, signal: AbortSignal): Promise<RangeAnswer> {
  const { request, query, path, baseUrl, shiftMillis, headers, parametersFor, authorize } = range;
  const { startMillis, endMillis, stepMillis } = part;
  const start = startMillis + shiftMillis;
  // The end of a range query belongs to it, the end of our window does not.
  const end = endMillis - 1 + shiftMillis;
  const form = new URLSearchParams({
    query,
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
