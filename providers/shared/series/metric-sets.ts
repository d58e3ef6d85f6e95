import type { Account } from '../../../src/domain/account.ts';
import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { toInstant } from '../../../src/domain/values/instant.ts';
import { CanaryError } from '../../../src/errors.ts';
import { aboutAsked } from '../http/failures.ts';
import { invalidQuery, type SeriesQuery } from '../query/query-fields.ts';
import { type Combine, type Grid, mergeOnGrid, type PointLabel, type RawPoint, toGrid } from './grid.ts';

type Tags = Readonly<Record<string, string>>;

export interface RawSeries {
  readonly tags: Tags;
  readonly points: readonly RawPoint[];
}

/** Of any store that can answer with several series. */
export type SeriesRequest = MetricsRequest<SeriesQuery, Account & { readonly maxSeries: number }>;

interface SeriesAnswer {
  readonly request: SeriesRequest;
  readonly grid: Grid;
  readonly series: readonly RawSeries[];
  readonly label: PointLabel;
  /** of several points in one slot */
  readonly combine: Combine;
  /** `query`: the text that was sent; `warnings`: the store's, one a line */
  readonly attributes: Readonly<Record<string, string>>;
}

interface GriddedSeries {
  readonly tags: Tags;
  readonly values: number[];
}

/** Of all series of an answer together: 40 MB of numbers. */
const MAX_POINTS = 5_000_000;

/**
 * A store's answer as the rest of Haldane knows it: at least one MetricSet, each with a value or NaN for every slot.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID, METRICS_LIMIT_EXCEEDED, or METRICS_QUERY_INVALID when `seriesMode`
 *   does not fit the answer
 */
export function toMetricSets(answer: SeriesAnswer): MetricSet[] {
  const { request, grid, series, label, combine, attributes } = answer;
  refuseTooMany(request, grid, series.length);
  const gridded = series.map(({ tags, points }) => ({
    tags,
    values: gridPoints(request, { grid, points, label, combine }),
  }));
  const { startMillis, stepMillis, size } = grid;
  const endMillis = startMillis + size * stepMillis;
  return joined(request, grid, gridded).map(({ tags, values }) => ({
    name: request.metric.name ?? '',
    tags: { ...tags },
    startTimeMillis: startMillis,
    startTimeIso: toInstant(startMillis),
    endTimeMillis: endMillis,
    endTimeIso: toInstant(endMillis),
    stepMillis,
    values,
    attributes: { ...attributes },
  }));
}

/** @throws CanaryError METRICS_LIMIT_EXCEEDED for more than the account's `maxSeries`, or too many points in all */
export function refuseTooMany(request: SeriesRequest, { size }: Grid, seriesCount: number): void {
  const { account, metric } = request;
  const about = aboutAsked({ account, metricName: metric.name });
  if (seriesCount > account.maxSeries) {
    throw new CanaryError(
      'METRICS_LIMIT_EXCEEDED',
      `${about}: the query returns ${seriesCount} series, more than the account's maxSeries (${account.maxSeries}); ` +
        'aggregate, or group by fewer labels',
    );
  }
  if (seriesCount * size > MAX_POINTS) {
    throw new CanaryError(
      'METRICS_LIMIT_EXCEEDED',
      `${about}: the query returns ${seriesCount} series of ${size} points, more than ${MAX_POINTS} points in all; ` +
        'aggregate, or use a longer step',
    );
  }
}

/** Adds to the grid's complaint whose answer it was. */
function gridPoints({ account, metric }: SeriesRequest, gridding: Parameters<typeof toGrid>[0]): number[] {
  try {
    return toGrid(gridding);
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    throw new CanaryError(error.code, `${aboutAsked({ account, metricName: metric.name })}: ${error.message}`);
  }
}

function joined(request: SeriesRequest, grid: Grid, series: readonly GriddedSeries[]): GriddedSeries[] {
  const { seriesMode, emptyAs } = request.query;
  if (series.length === 0) {
    return [{ tags: {}, values: new Array<number>(grid.size).fill(emptyAs === 'zero' ? 0 : Number.NaN) }];
  }
  if (seriesMode === 'each') {
    refuseEqualTags(request, series);
    return [...series];
  }
  if (seriesMode !== 'single') {
    const values = mergeOnGrid(
      series.map((one) => one.values),
      seriesMode,
    );
    return [{ tags: {}, values }];
  }
  if (series.length > 1) {
    throw invalidQuery(
      request,
      `seriesMode is 'single', but the query returns ${series.length} series, such as ${series.slice(0, 3).map(shownTags).join(' and ')}; ` +
        'aggregate them in the query, or choose another seriesMode.',
    );
  }
  return series.map(({ values }) => ({ tags: {}, values }));
}

function refuseEqualTags(request: SeriesRequest, series: readonly GriddedSeries[]): void {
  const seen = new Set<string>();
  for (const one of series) {
    const key = tagKey(one.tags);
    if (seen.has(key)) {
      throw invalidQuery(
        request,
        `the query returns several series with the tags ${shownTags(one)}; group by the label that tells them apart, ` +
          "or merge them with seriesMode 'mean', 'sum', 'max' or 'min'.",
      );
    }
    seen.add(key);
  }
}

function tagKey(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shownTags({ tags }: GriddedSeries): string {
  const pairs = Object.entries(tags).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(', ').slice(0, 200)}}`;
}
