import { z } from 'zod';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';

/** Buckets are validated one by one while reading, not by a schema each: there may be many. */
const Histogram = z.object({
  buckets: z.array(z.unknown()).transform((buckets, context) => {
    const points: RawPoint[] = [];
    for (const bucket of buckets) {
      const point = pointOf(bucket);
      if (point !== undefined) points.push(point);
      else {
        context.addIssue({ code: 'custom', message: `a bucket is ${JSON.stringify(bucket).slice(0, 80)}` });
        break;
      }
    }
    return points;
  }),
});

const Group = z.object({
  key: z.union([z.string(), z.number(), z.boolean()]),
  key_as_string: z.string().nullish(),
  t: Histogram,
});

export const SearchAnswer = z.object({
  timed_out: z.unknown().optional(),
  terminated_early: z.unknown().optional(),
  _shards: z.looseObject({ total: z.number().nullish() }).nullish(),
  _clusters: z.looseObject({}).nullish().catch(undefined),
  aggregations: z
    .object({
      t: Histogram.optional(),
      g: z.object({ buckets: z.array(Group), sum_other_doc_count: z.number().nullish() }).optional(),
    })
    .refine(({ t, g }) => t !== undefined || g !== undefined, 'has neither t nor g')
    .nullish(),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;

/** The groups a whole body does not ask for: it says itself how many it wants. */
export function leftOutOf({ aggregations }: SearchAnswer): string[] {
  const others = aggregations?.g?.sum_other_doc_count ?? 0;
  return others > 0 ? [`${others} documents are in groups beyond the size of the aggregation g`] : [];
}

/** @param groupBy the tag's name for groups */
export function seriesOf({ aggregations }: SearchAnswer, groupBy: string): RawSeries[] {
  if (aggregations?.t) return [{ tags: {}, points: aggregations.t.buckets }];
  return (aggregations?.g?.buckets ?? []).map(({ key, key_as_string: text, t }) => ({
    tags: { [groupBy]: text ?? String(key) },
    points: t.buckets,
  }));
}

interface Bucket {
  readonly key?: unknown;
  readonly doc_count?: unknown;
  /** the value */
  readonly v?: { readonly value?: unknown; readonly values?: unknown } | null;
  /** the number of matching documents */
  readonly n?: { readonly doc_count?: unknown } | null;
}

function pointOf(bucket: unknown): RawPoint | undefined {
  if (typeof bucket !== 'object' || bucket === null) return undefined;
  const { key, doc_count: count, v, n } = bucket as Bucket;
  if (typeof key !== 'number' || typeof count !== 'number') return undefined;
  if (n) return typeof n.doc_count === 'number' ? [key, count === 0 ? null : n.doc_count / count] : undefined;
  if (!v) return [key, count];
  // Percentiles: `{"95.0": 1.5}`.
  return [key, typeof v.values === 'object' && v.values !== null ? Object.values(v.values)[0] : v.value];
}
