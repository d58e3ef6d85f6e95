import { z } from 'zod';
import { unreadableAnswer } from '../http/failures.ts';
import { invalidQuery } from '../query/query-fields.ts';
import type { RawPoint } from '../series/grid.ts';
import { Labels } from '../series/labels.ts';
import type { SeriesRequest, StoreAnswer } from '../series/metric-sets.ts';
import { type PartialRequest, partialWarnings } from '../series/partial.ts';
import { bucketSeries } from './native-histograms.ts';

/** Points are validated one by one while reading, not by a schema each: there may be a million. */
export const RangeAnswer = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
  /** of VictoriaMetrics: a storage node did not answer */
  isPartial: z.boolean().nullish(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: Labels,
        values: z.array(z.unknown()).nullish(),
        histograms: z.array(z.unknown()).nullish(),
      }),
    ),
  }),
});
export type RangeAnswer = z.infer<typeof RangeAnswer>;

interface RangeReading {
  /** how much later than its slot's start each point was evaluated */
  readonly shiftMillis: number;
  /** native histograms become a series for each bucket; otherwise they are refused: they have no single value */
  readonly asBuckets?: boolean | undefined;
}

export function readRange(
  request: SeriesRequest & PartialRequest,
  answer: RangeAnswer,
  { shiftMillis, asBuckets = false }: RangeReading,
): StoreAnswer {
  const { data, infos } = answer;
  const series = data.result.flatMap(({ metric, values, histograms }) => {
    const { __name__, ...tags } = metric;
    if (histograms?.length && asBuckets) return bucketSeries(request, tags, histograms, shiftMillis);
    if (histograms?.length) throw invalidQuery(request, REFUSED);
    return [{ tags, points: (values ?? []).map((point) => readRangePoint(request, point, shiftMillis)) }];
  });
  return { series, warnings: [...rangeWarnings(request, answer), ...(infos ?? [])] };
}

const REFUSED =
  'the query returns native histograms, which have no single value; take one with histogram_quantile() or ' +
  'histogram_avg(), or set nativeHistograms to "buckets" for a judge that compares distributions (DriftJudge-v1.0).';

/** How a warning about the query itself begins; any other says that a store behind the answer failed. */
const ABOUT_THE_QUERY = /^PromQL (warning|info):/;

/**
 * The warnings of an answer with Prometheus' envelope. Prometheus, Thanos, Cortex and Promxy name the storage that
 * failed in `warnings`, VictoriaMetrics sets `isPartial`.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID for a partial answer, unless the account allows it
 */
export function rangeWarnings(
  request: PartialRequest,
  { warnings, isPartial }: Pick<RangeAnswer, 'warnings' | 'isPartial'>,
): string[] {
  const told = warnings ?? [];
  const missing = told.filter((warning) => !ABOUT_THE_QUERY.test(warning));
  const nodes = isPartial ? ['isPartial is true: a storage node did not answer'] : [];
  return [
    ...partialWarnings(request, [...nodes, ...missing], { remedy: 'see which of its stores is down' }),
    ...told.filter((warning) => ABOUT_THE_QUERY.test(warning)),
  ];
}

/** Of `[seconds, "text of the value"]`, in place: there may be a million, and a copy of each costs as much as it. */
export function readRangePoint(request: SeriesRequest, point: unknown, shiftMillis: number): RawPoint {
  if (Array.isArray(point) && typeof point[0] === 'number' && point.length > 1) {
    point[0] = Math.round(point[0] * 1000) - shiftMillis;
    return point as unknown as RawPoint;
  }
  throw unreadableAnswer(request, `a point is ${JSON.stringify(point).slice(0, 80)}, not [seconds, value]`);
}
