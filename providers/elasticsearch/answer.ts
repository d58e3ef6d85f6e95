import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';

/** Buckets are checked one by one when they are read, not by a schema each: there may be many. */
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
  _shards: z.object({ total: z.number().nullish() }).nullish(),
  aggregations: z
    .object({ t: Histogram.optional(), g: z.object({ buckets: z.array(Group) }).optional() })
    .refine(({ t, g }) => t !== undefined || g !== undefined, 'has neither t nor g')
    .nullish(),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;

/** @param groupBy what the tag of a group is called */
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
  /** documents that match, of all */
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

/** A failure, and those behind it. */
interface Failure {
  readonly type?: unknown;
  readonly reason?: unknown;
  readonly caused_by?: unknown;
  readonly root_cause?: unknown;
  readonly failed_shards?: unknown;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  too_many_buckets_exception: 'METRICS_LIMIT_EXCEEDED',
  es_rejected_execution_exception: 'METRICS_STORE_THROTTLED',
  rejected_execution_exception: 'METRICS_STORE_THROTTLED',
  circuit_breaking_exception: 'METRICS_STORE_THROTTLED',
};

const REMEDIES: Readonly<Record<string, string>> = {
  too_many_buckets_exception: 'use a longer step, a shorter window or fewer groups',
  index_not_found_exception: "check the query's index",
};

/** Reads a refusal: `{"error": {"type", "reason", "root_cause", …}, "status"}`. */
export function readRefusal(_: number, body: string): Refusal {
  try {
    return refusalOf((JSON.parse(body) as { error?: unknown }).error);
  } catch {
    return {};
  }
}

/** Finds what is missing in an answer that calls itself a success. */
export function readPartial(json: unknown): Refusal | undefined {
  const { timed_out: timedOut, _shards: shards } = (json ?? {}) as {
    timed_out?: unknown;
    _shards?: { failed?: unknown; total?: unknown; failures?: unknown };
  };
  if (timedOut === true)
    return { code: 'METRICS_ANSWER_INVALID', text: 'the search timed out: its answer is not whole' };
  if (typeof shards?.failed !== 'number' || shards.failed === 0) return undefined;
  const { code = 'METRICS_ANSWER_INVALID', text = '' } = refusalOf({ failed_shards: shards.failures });
  return { code, text: `${shards.failed} of ${shards.total} shards failed: ${text}` };
}

function refusalOf(error: unknown): Refusal {
  if (typeof error === 'string') return { text: error };
  const failures = failuresIn(error);
  if (failures.length === 0) return {};
  const types = failures.map(({ type }) => String(type));
  const words = failures.map(({ type, reason }) => (reason ? `${type}: ${reason}` : String(type)));
  const known = (table: Readonly<Record<string, string>>) => types.find((type) => Object.hasOwn(table, type)) ?? '';
  return { code: CODES[known(CODES)], text: [...new Set(words)].join('; '), remedy: REMEDIES[known(REMEDIES)] };
}

/** The failure itself, then what caused it. */
function failuresIn(error: unknown): Failure[] {
  if (typeof error !== 'object' || error === null) return [];
  const { type, reason, caused_by: cause, root_cause: roots, failed_shards: shards } = error as Failure;
  // A failed shard is `{"shard", "index", "reason": <failure>}`.
  const ofShards = listOf(shards).map((shard) => (shard as { reason?: unknown } | null)?.reason);
  return [
    ...(typeof type === 'string' ? [{ type, reason }] : []),
    ...[...listOf(roots), ...ofShards, cause].flatMap(failuresIn),
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
