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

/** Finds missing data in a successful answer. */
export function readPartial(json: unknown): Refusal | undefined {
  const { timed_out: timedOut, _shards: shards } = (json ?? {}) as {
    timed_out?: unknown;
    _shards?: { failed?: unknown; total?: unknown; failures?: unknown };
  };
  if (timedOut === true)
    return { code: 'METRICS_ANSWER_INVALID', text: 'the search timed out: its answer is incomplete' };
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
