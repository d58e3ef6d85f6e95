import type { Account } from '../../../src/domain/account.ts';
import type { MetricSet } from '../../../src/domain/metric-set.ts';
import type { BuiltRequest } from '../../../src/domain/metrics-provider.ts';
import type { SeriesShape } from '../../../src/domain/series-shape.ts';
import { toInstant } from '../../../src/domain/values/instant.ts';
import { type Tags, tagKey } from '../../../src/domain/values/tags.ts';
import { CanaryError } from '../../../src/errors.ts';
import { createTurns } from '../../../src/waiting/turns.ts';
import type { HttpAccount } from '../http/account.ts';
import { requestLabel } from '../http/failures.ts';
import { invalidQuery, type SeriesQuery } from '../query/query-fields.ts';
import { type AnsweredSeries, type AsAnswered, asAnswered, seriesAttributes } from './as-answered.ts';
import { type Combine, coarserGrid, type Grid, mergeOnGrid, type PointLabel, toGrid } from './grid.ts';
import { coarserStepWarning, warningsAttribute } from './warnings.ts';

export type RawSeries = AnsweredSeries;

/** Account fields of a store that can return several series. */
export type SeriesRequest = BuiltRequest<SeriesQuery, (Account & { readonly maxSeries: number }) | HttpAccount>;

/** A store's answer, to one or several requests. */
export interface StoreAnswer {
  readonly series: readonly RawSeries[];
  /** warnings of the store and ours */
  readonly warnings?: Iterable<string> | undefined;
  /** the interval of the points, if it may be longer than requested */
  readonly givenMillis?: number | undefined;
}

interface SeriesAnswer {
  readonly request: SeriesRequest;
  /** the window in the requested steps */
  readonly asked: Grid;
  readonly answer: StoreAnswer;
  readonly label: PointLabel;
  /** how several points of a slot are combined */
  readonly combine: Combine;
  /** attributes besides `query` (the request's text) and `warnings` */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The warning for longer steps, if the cause is not the store's resolution; undefined result: no warning. */
  readonly coarserWarning?: (askedSeconds: number, givenSeconds: number) => string | undefined;
  /** for counts: the store omits steps with nothing to count */
  readonly gapsAreZero?: boolean;
  /** the window that was asked for; default: half-open */
  readonly window?: SeriesShape['window'] | undefined;
  /** for a store that Kayenta knows: how it makes a series of the answer, should the judge need that */
  readonly asAnswered?: AsAnswered;
}

interface GriddedSeries {
  readonly tags: Tags;
  readonly values: number[];
}

/** Limit for all series of an answer together: 40 MB of numbers. */
const MAX_POINTS = 5_000_000;

/**
 * A store's answer as MetricSets: at least one, each with a value or NaN for every slot. If points are further apart
 * than requested, the grid uses the store's step, with a warning.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID, METRICS_LIMIT_EXCEEDED, or METRICS_QUERY_INVALID when `seriesMode` does
 *   not match the answer
 */
export async function toMetricSets(given: SeriesAnswer): Promise<MetricSet[]> {
  const { request, asked, answer, attributes, gapsAreZero, window } = given;
  if (isSqueezed(given)) return answeredSets(given);
  const grid = coarserGrid(asked, answer.givenMillis ?? 0);
  const told = await warningsAttribute(request.account, [...(answer.warnings ?? []), ...stepWarnings(given, grid)]);
  const { startMillis, stepMillis, size } = grid;
  const endMillis = startMillis + size * stepMillis;
  return joined(request, grid, await gridded(given, grid)).map(({ tags, values }) => ({
    name: request.metric.name ?? '',
    tags: { ...tags },
    startTimeMillis: startMillis,
    startTimeIso: toInstant(startMillis),
    endTimeMillis: endMillis,
    endTimeIso: toInstant(endMillis),
    stepMillis,
    values: gapsAreZero && answer.series.length > 0 ? values.map((value) => (Number.isNaN(value) ? 0 : value)) : values,
    attributes: {
      query: request.text,
      ...attributes,
      ...told,
      ...(window === undefined ? {} : seriesAttributes({ window, gaps: 'kept' }, undefined)),
    },
  }));
}

type Squeezed = SeriesAnswer & { readonly asAnswered: AsAnswered };

/** Series that are merged have no counterpart in Kayenta, so they keep their slots. */
function isSqueezed(given: SeriesAnswer): given is Squeezed {
  const { series, query } = given.request;
  const isMerged = query.seriesMode !== 'each' && query.seriesMode !== 'single';
  return series?.gaps === 'squeezed' && given.asAnswered !== undefined && !isMerged;
}

/** The answer as Kayenta would have it: a query without series gives one without values, of the whole window. */
async function answeredSets({ request, asked, answer, label, attributes, ...given }: Squeezed): Promise<MetricSet[]> {
  const { window = 'halfOpen', asAnswered: how } = given;
  const told = await warningsAttribute(request.account, answer.warnings ?? []);
  refuseTooMany(request, asked, answer.series.length);
  const found = answer.series.map((one) => {
    const { tags } = one;
    return { tags, ...explained(request, () => asAnswered(one, asked, how)) };
  });
  const empty = asAnswered({ tags: {}, points: [] }, asked, how);
  const zeros = new Array<number>(asked.size).fill(0);
  const none = { tags: {}, ...empty, values: request.query.emptyAs === 'zero' ? zeros : [] };
  const sets = found.length === 0 ? [none] : joined(request, asked, found);
  const wanted = how.gaps === 'squeezed' && label !== 'start' ? asked.size : undefined;
  return sets.map(({ tags, ...set }) => ({
    name: request.metric.name ?? '',
    tags: { ...tags },
    ...set,
    attributes: {
      query: request.text,
      ...attributes,
      ...told,
      ...seriesAttributes({ window, gaps: how.gaps }, wanted === undefined ? wanted : wanted - set.values.length),
    },
  }));
}

function stepWarnings({ asked, coarserWarning = coarserStepWarning }: SeriesAnswer, grid: Grid): string[] {
  const warning = grid === asked ? undefined : coarserWarning(asked.stepMillis / 1000, grid.stepMillis / 1000);
  return warning === undefined ? [] : [warning];
}

async function gridded(
  { request, answer: { series }, label, combine }: SeriesAnswer,
  grid: Grid,
): Promise<GriddedSeries[]> {
  refuseTooMany(request, grid, series.length);
  const turn = createTurns();
  const all: GriddedSeries[] = [];
  for (const { tags, points } of series) {
    all.push({
      tags,
      values: explained(request, () => toGrid({ grid, points, label, combine })),
    });
    await turn();
  }
  return all;
}

/** @throws CanaryError METRICS_LIMIT_EXCEEDED for more than the account's `maxSeries`, or too many points in all */
export function refuseTooMany(request: SeriesRequest, { size }: Grid, seriesCount: number): void {
  const { account } = request;
  const about = requestLabel(request);
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

/** Stores may answer more points than there are slots. @throws CanaryError METRICS_LIMIT_EXCEEDED */
export function refuseTooManyPoints(request: SeriesRequest, count: number): void {
  if (count <= MAX_POINTS) return;
  throw new CanaryError(
    'METRICS_LIMIT_EXCEEDED',
    `${requestLabel(request)}: the store answered ${count} points, more than ${MAX_POINTS}; aggregate, or use a longer step`,
  );
}

/** Adds account and metric to an error about a point. */
export function explained<T>(request: SeriesRequest, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    throw new CanaryError(error.code, `${requestLabel(request)}: ${error.message}`);
  }
}

function joined<S extends GriddedSeries>(
  request: SeriesRequest,
  grid: Grid,
  series: readonly S[],
): (S | GriddedSeries)[] {
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
  return series.map((one) => ({ ...one, tags: {} }));
}

function refuseEqualTags(request: SeriesRequest, series: readonly GriddedSeries[]): void {
  const seen = new Set<string>();
  for (const one of series) {
    const key = tagKey(one.tags);
    if (seen.has(key)) {
      throw invalidQuery(
        request,
        `the query returns several series with the tags ${shownTags(one)}; group by the label that distinguishes them, ` +
          "or merge them with seriesMode 'mean', 'sum', 'max' or 'min'.",
      );
    }
    seen.add(key);
  }
}

function shownTags({ tags }: GriddedSeries): string {
  const pairs = Object.entries(tags).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(', ').slice(0, 200)}}`;
}
