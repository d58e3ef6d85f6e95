import { z } from 'zod';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries, StoreAnswer } from '../shared/series/metric-sets.ts';
import { noticeWarnings, partialWarnings } from '../shared/series/partial.ts';
import { type DynatraceRequest, millisOf, Resolution } from './query.ts';

/** Points are validated one by one while reading, not by a schema each: there may be a million. */
const Series = z
  .object({
    dimensionMap: z.record(z.string(), z.string().nullable()).nullish(),
    timestamps: z.array(z.unknown()),
    values: z.array(z.unknown()),
  })
  .refine(({ timestamps, values }) => timestamps.length === values.length, 'has not one value for each timestamp')
  .refine(
    ({ timestamps }) => timestamps.every((one) => typeof one === 'number'),
    'has timestamps that are not numbers',
  );

const Ratio = z.coerce.number().nullish().catch(undefined);

export const MetricData = z.object({
  resolution: Resolution.nullish(),
  warnings: z.array(z.string()).nullish(),
  result: z.array(
    z.object({
      metricId: z.string(),
      dataPointCountRatio: Ratio,
      dimensionCountRatio: Ratio,
      warnings: z.array(z.string()).nullish(),
      data: z.array(Series),
    }),
  ),
});
export type MetricData = z.infer<typeof MetricData>;

/** The remainder: all values of a dimension beyond the most frequent ones. */
const REMAINDER = '(remainder)';

/**
 * One answer.
 *
 * @throws CanaryError METRICS_QUERY_INVALID for several metrics, METRICS_LIMIT_EXCEEDED for partial data
 */
export function readData(request: DynatraceRequest, data: MetricData): StoreAnswer {
  const warnings = warningsOf(request, data);
  const givenMillis = data.resolution ? millisOf(data.resolution) : 0;
  return { series: seriesOf(request, data), warnings, givenMillis };
}

function seriesOf(request: DynatraceRequest, { result }: MetricData): RawSeries[] {
  const { seriesMode } = request.query;
  if (result.length > 1 && (seriesMode === 'each' || seriesMode === 'single')) {
    throw invalidQuery(
      request,
      `the selector names ${result.length} metrics, such as ${result
        .slice(0, 2)
        .map(({ metricId }) => metricId)
        .join(' and ')}; write a metric of the config for each, or merge them with another seriesMode.`,
    );
  }
  return result.flatMap(({ data }) =>
    data.map(({ dimensionMap, timestamps, values }) => ({
      tags: Object.fromEntries(Object.entries(dimensionMap ?? {}).map(([name, value]) => [name, value ?? REMAINDER])),
      points: timestamps.map((millis, index): RawPoint => [Number(millis), values[index]]),
    })),
  );
}

function warningsOf(request: DynatraceRequest, { warnings, result }: MetricData): string[] {
  return [
    ...noticeWarnings(request, [...(warnings ?? []), ...result.flatMap((metric) => metric.warnings ?? [])], CHEAPER),
    ...result.flatMap((metric) => [
      ...partialWarning(request, 'points', metric.dataPointCountRatio),
      ...partialWarning(request, 'combinations of dimensions', metric.dimensionCountRatio),
    ]),
  ];
}

const CHEAPER = { remedy: 'select fewer entities or use a shorter window' };

/** @param ratio of the data the query needs to what the store reads at most */
function partialWarning(request: DynatraceRequest, what: string, ratio: number | null | undefined): string[] {
  if (typeof ratio !== 'number' || !(ratio > 1)) return [];
  const problem = `the query needs ${ratio} times as many ${what} as Dynatrace reads; the rest is left out`;
  return partialWarnings(request, [problem], { ...CHEAPER, code: 'METRICS_LIMIT_EXCEEDED' });
}
