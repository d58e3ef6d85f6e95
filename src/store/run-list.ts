import type { Kysely, SelectQueryBuilder } from 'kysely';
import { z } from 'zod';
import type { ExecutionStatus, RunLine } from '../domain/run.ts';
import { StoredRequest } from '../domain/stored.ts';
import type { RunFilter } from '../domain/stores.ts';
import { afterPosition } from './after-position.ts';
import { readCompressedJson } from './compressed-json.ts';
import type { Tables } from './tables.ts';

/** The part of a request that a list shows. */
const Asked = z.object({ config: z.object({ name: z.string().optional() }), request: StoredRequest });

/** A query for the runs that match a filter, newest first; undefined when none can match. */
export function newestRuns(
  db: Kysely<Tables>,
  filter: RunFilter,
): SelectQueryBuilder<Tables, 'canary_execution', object> | undefined {
  const { application, statuses, verdicts, canaryConfigId, from, to, after } = filter;
  // PostgreSQL rejects an empty `in ()`.
  if (statuses?.length === 0 || verdicts?.length === 0) return undefined;
  let query = db.selectFrom('canary_execution');
  if (application !== undefined) query = query.where('application', '=', application);
  if (statuses !== undefined) query = query.where('status', 'in', statuses);
  if (verdicts !== undefined) query = query.where('verdict', 'in', verdicts);
  if (canaryConfigId !== undefined) query = query.where('canary_config_id', '=', canaryConfigId);
  if (from !== undefined) query = query.where('build_time', '>=', from);
  if (to !== undefined) query = query.where('build_time', '<', to);
  if (after !== undefined) query = query.where(afterPosition(after));
  const newestFirst = query.orderBy('build_time', 'desc').orderBy('id', 'desc');
  return newestFirst.limit(filter.limit).offset(filter.offset ?? 0);
}

/** Without results: for large configs they take a hundred times longer to read than the rest. */
export async function listLines(db: Kysely<Tables>, filter: RunFilter): Promise<RunLine[]> {
  const query = newestRuns(db, filter)
    ?.select(['id', 'application', 'canary_config_id', 'status', 'stage_status', 'exception', 'request'])
    .select(['verdict', 'score', 'over_nothing', 'build_time', 'start_time', 'end_time']);
  return ((await query?.execute()) ?? []).map((row) => {
    const { config, request } = Asked.parse(readCompressedJson(row.request));
    return {
      id: row.id,
      application: row.application,
      canaryConfigId: row.canary_config_id,
      configName: config.name,
      request,
      status: row.status as ExecutionStatus,
      stageStatus: JSON.parse(row.stage_status),
      exception: row.exception === null ? undefined : JSON.parse(row.exception),
      verdict: row.verdict ?? undefined,
      score: row.score ?? undefined,
      overNothing: row.over_nothing === null ? undefined : row.over_nothing === 1,
      buildTime: Number(row.build_time),
      startTime: row.start_time === null ? undefined : Number(row.start_time),
      endTime: row.end_time === null ? undefined : Number(row.end_time),
    };
  });
}
