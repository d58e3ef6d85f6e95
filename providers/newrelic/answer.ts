import { z } from 'zod';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { StoreAnswer } from '../shared/series/metric-sets.ts';
import { noticeWarnings } from '../shared/series/partial.ts';
import type { NewRelicRequest } from './query.ts';

const CHEAPER = { remedy: 'make the query cheaper' };

type Fields = Readonly<Record<string, unknown>>;

/** A bucket, validated by hand and not by a schema each. */
interface Bucket extends Fields {
  readonly beginTimeSeconds: number;
  readonly endTimeSeconds: number;
}

/** An upper bound that still gives a valid date. */
const MAX_SECONDS = 1e11;

const Buckets = z
  .array(z.unknown())
  .refine((all) => all.every(isBucket), {
    error: 'has no beginTimeSeconds and endTimeSeconds: does the query say TIMESERIES?',
    abort: true,
  })
  .refine((all) => areAlike(all as Bucket[]), 'has buckets of different lengths');

export const NerdGraphAnswer = z.object({
  data: z.object({
    actor: z.object({
      account: z.object({
        nrql: z.object({
          results: Buckets,
          metadata: z
            .object({ facets: z.array(z.string()).nullish(), messages: z.array(z.string()).nullish() })
            .nullish(),
        }),
      }),
    }),
  }),
});

export const InsightsAnswer = z.object({
  timeSeries: Buckets,
  performanceStats: z.object({ omittedCount: z.number().nullish() }).nullish().catch(undefined),
  metadata: z
    .object({ messages: z.array(z.string()).nullish() })
    .nullish()
    .catch(undefined),
});

function isBucket(value: unknown): value is Bucket {
  if (typeof value !== 'object' || value === null) return false;
  const { beginTimeSeconds, endTimeSeconds } = value as Fields;
  if (typeof beginTimeSeconds !== 'number' || typeof endTimeSeconds !== 'number') return false;
  return beginTimeSeconds >= 0 && beginTimeSeconds <= endTimeSeconds && endTimeSeconds < MAX_SECONDS;
}

/** @throws CanaryError METRICS_QUERY_INVALID when the value is ambiguous */
export function readNerdGraph(request: NewRelicRequest, answer: z.infer<typeof NerdGraphAnswer>): StoreAnswer {
  const { results, metadata } = answer.data.actor.account.nrql;
  const buckets = results as Bucket[];
  const facets = metadata?.facets ?? request.query.facets;
  const readValue = valueReader(request, buckets, new Set([...RESERVED, ...facets]));
  const series = Map.groupBy(buckets, ({ facet }) => JSON.stringify(facet ?? null));
  return {
    series: [...series.values()].map((all) => ({
      tags: tagsOf(all[0]?.facet, facets),
      points: all.map((bucket): RawPoint => [bucket.beginTimeSeconds * 1000, readValue(bucket)]),
    })),
    givenMillis: longest(buckets),
    warnings: noticeWarnings(request, metadata?.messages ?? [], CHEAPER),
  };
}

/** As Kayenta reads it: the first value of the first result; nothing when no event was inspected. */
export function readInsights(request: NewRelicRequest, answer: z.infer<typeof InsightsAnswer>): StoreAnswer {
  const { timeSeries, metadata, performanceStats } = answer;
  const omitted = performanceStats?.omittedCount ?? 0;
  const notices = [...(metadata?.messages ?? []), ...(omitted > 0 ? [`${omitted} events were omitted`] : [])];
  const buckets = timeSeries as Bucket[];
  const points = buckets.map((bucket): RawPoint => {
    const [first] = Array.isArray(bucket.results) ? bucket.results : [];
    const value = bucket.inspectedCount === 0 ? undefined : firstValue(firstValue(first));
    return [bucket.beginTimeSeconds * 1000, value];
  });
  return {
    series: points.length === 0 ? [] : [{ tags: {}, points }],
    givenMillis: longest(buckets),
    warnings: noticeWarnings(request, notices, CHEAPER),
  };
}

function firstValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : value;
}

function longest(buckets: readonly Bucket[]): number {
  return 1000 * buckets.reduce((most, bucket) => Math.max(most, secondsOf(bucket)), 0);
}

/** Only the last bucket of a window may be shorter. */
function areAlike(buckets: readonly Bucket[]): boolean {
  const last = buckets.reduce((latest, { endTimeSeconds }) => Math.max(latest, endTimeSeconds), 0);
  const seconds = longest(buckets) / 1000;
  return buckets.every((bucket) => secondsOf(bucket) === seconds || bucket.endTimeSeconds === last);
}

function secondsOf({ beginTimeSeconds, endTimeSeconds }: Bucket): number {
  return endTimeSeconds - beginTimeSeconds;
}

function tagsOf(facet: unknown, facets: readonly string[]): Record<string, string> {
  if (facet === undefined || facet === null) return {};
  const values = Array.isArray(facet) ? facet : [facet];
  return Object.fromEntries(values.map((value, index) => [facets[index] ?? `facet${index || ''}`, String(value)]));
}

const RESERVED = ['beginTimeSeconds', 'endTimeSeconds', 'inspectedCount', 'facet'];

/**
 * Buckets name their values in alphabetical order, not in the query's order: with several values the user has to
 * choose.
 */
function valueReader(request: NewRelicRequest, buckets: readonly Bucket[], others: ReadonlySet<string>) {
  const { valueKey } = request.query;
  const names = new Set(buckets.flatMap((bucket) => [...valuesOf(bucket, others).keys()]));
  const known = [...names].sort().join(', ');
  if (valueKey === undefined && names.size > 1) {
    throw invalidQuery(request, `the query returns several values: ${known}; say which one with valueKey.`);
  }
  if (valueKey !== undefined && names.size > 0 && !names.has(valueKey)) {
    throw invalidQuery(request, `valueKey '${valueKey}' is not in the answer; known: ${known}.`);
  }
  const [name = ''] = valueKey === undefined ? names : [valueKey];
  return (bucket: Bucket) => valuesOf(bucket, others).get(name);
}

/** `{"average.x": 1, "percentile.x": {"95": 2}}` has the values `average.x` and `percentile.x.95`. */
function valuesOf(bucket: Bucket, others: ReadonlySet<string>): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [name, value] of Object.entries(bucket)) {
    if (others.has(name)) continue;
    if (typeof value === 'number') values.set(name, value);
    else if (typeof value === 'object' && value !== null) {
      for (const [part, inner] of Object.entries(value)) {
        if (typeof inner === 'number') values.set(`${name}.${part}`, inner);
      }
    }
  }
  return values;
}
