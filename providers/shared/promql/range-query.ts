import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { BuiltRequest } from '../../../src/domain/metrics-provider.ts';
import type { SeriesShape } from '../../../src/domain/series-shape.ts';
import type { Authorize } from '../credentials/authorize.ts';
import type { HttpAccount } from '../http/account.ts';
import { fetchJson } from '../http/http.ts';
import type { SeriesQuery } from '../query/query-fields.ts';
import { gridOf, type Part, partsOf } from '../series/grid.ts';
import { JoinedSeries } from '../series/joined-series.ts';
import { toMetricSets } from '../series/metric-sets.ts';
import { RangeAnswer, readRange } from './range-answer.ts';
import { readFailure, readRefusal } from './refusal.ts';

/** A query for a window of instants. */
export interface RangeQuery {
  /** its text is PromQL */
  readonly request: BuiltRequest<SeriesQuery, HttpAccount>;
  /** appended to the account's base URL */
  readonly path: string;
  readonly baseUrl?: string | undefined;
  /** how much later than its slot's start each point is evaluated */
  readonly shiftMillis: number;
  /** native histograms are wanted, as a series for each bucket */
  readonly asBuckets?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** further parameters, by the length of the window */
  readonly parametersFor?: (windowMillis: number) => Readonly<Record<string, string>>;
  readonly authorize?: Authorize | undefined;
  /** default: half-open */
  readonly window?: SeriesShape['window'] | undefined;
}

/** Prometheus rejects more than 11,000 points per series. */
const MAX_POINTS_A_QUESTION = 10_000;

/** Sends `query_range`, chunk by chunk, to any store with Prometheus' API. */
export async function queryRange(range: RangeQuery, signal: AbortSignal): Promise<MetricSet[]> {
  const { request, shiftMillis, asBuckets, window } = range;
  const asked = gridOf(request.scope, window);
  const joined = new JoinedSeries(request, asked);
  const parts = partsOf(asked, MAX_POINTS_A_QUESTION);
  for (const part of parts) {
    const isOpen = window !== 'closed' || part !== parts.at(-1);
    // Not by a name: what has one is kept in memory while its points are joined.
    await joined.add(
      readRange(request, await askRange(range, { ...part, isOpen }, signal), { shiftMillis, asBuckets }),
    );
  }
  return toMetricSets({
    ...{ request, asked, answer: joined, label: 'instant', combine: 'last', window },
    asAnswered: { gaps: 'squeezed', end: 'lastStep' },
  });
}

function askRange(range: RangeQuery, part: Part & { isOpen: boolean }, signal: AbortSignal): Promise<RangeAnswer> {
  const { request, path, baseUrl, shiftMillis, headers, parametersFor, authorize } = range;
  const { startMillis, endMillis, stepMillis } = part;
  const start = startMillis + shiftMillis;
  // The end of a range query is inclusive, that of a half-open window and of a chunk is not.
  const end = (part.isOpen ? endMillis - 1 : endMillis) + shiftMillis;
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
      readFailure,
    },
    signal,
  );
}
