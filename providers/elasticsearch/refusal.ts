import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

/** A failure and its causes. */
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

/** Reads an error: `{"error": {"type", "reason", "root_cause", …}, "status"}`. */
export function readRefusal(_: number, body: string): Refusal {
  return refusalOf((jsonOf(body) as { error?: unknown } | null | undefined)?.error);
}

interface Shards {
  readonly failed?: unknown;
  readonly total?: unknown;
  readonly failures?: unknown;
}

/** Finds failed shards in a successful answer that would fail again, or that had no time. */
export function readLimit(json: unknown): Refusal | undefined {
  const { _shards: shards } = (json ?? {}) as { _shards?: Shards };
  if (!isFailed(shards)) return undefined;
  const { code, text, remedy } = refusalOf({ failed_shards: shards.failures });
  return code === undefined ? undefined : { code, text: `${failedText(shards)}: ${text}`, remedy };
}

function isFailed(shards: Shards | null | undefined): shards is Shards & { readonly failed: number } {
  return typeof shards?.failed === 'number' && shards.failed > 0;
}

function failedText({ failed, total }: Shards): string {
  return `${failed} of ${total} shards failed`;
}

/** The parts of an answer that say whether it is whole. */
export interface Wholeness {
  readonly timed_out?: unknown;
  readonly terminated_early?: unknown;
  readonly _shards?: Shards | null | undefined;
  /** clusters of a search across several; those with `skip_unavailable` are left out when they are down */
  readonly _clusters?:
    | Readonly<Partial<Record<'skipped' | 'partial' | 'failed' | 'total', unknown>>>
    | null
    | undefined;
}

/** What is missing from a successful answer. */
export function missingOf(answer: Wholeness): string[] {
  const { timed_out: timedOut, terminated_early: early, _shards: shards, _clusters: clusters } = answer;
  const { text = '' } = isFailed(shards) ? refusalOf({ failed_shards: shards.failures }) : {};
  return [
    ...(timedOut === true ? ['the search timed out: its answer is incomplete'] : []),
    ...(early === true ? ['the search ended at its terminate_after'] : []),
    ...(isFailed(shards) ? [`${failedText(shards)}${text && `: ${text}`}`] : []),
    ...(['skipped', 'partial', 'failed'] as const).flatMap((kind) => {
      const count = clusters?.[kind];
      const words = kind === 'partial' ? 'answered in part' : kind === 'failed' ? 'failed' : 'were skipped';
      return typeof count === 'number' && count > 0 ? [`${count} of ${clusters?.total} clusters ${words}`] : [];
    }),
  ];
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

/** The failure, then its causes. */
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
