import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';
import { Look } from '../domain/look.ts';
import { type RunLine, StageStatus, UNFINISHED } from '../domain/run.ts';
import { StoredRequest } from '../domain/stored.ts';
import type { EndedWithin, RunFilter } from '../domain/stores.ts';
import { createTurns } from '../waiting/turns.ts';
import { afterPosition } from './after-position.ts';
import { readCompressedJson } from './compressed-json.ts';
import { exceptionOf } from './run-row.ts';
import type { RunTable, Tables } from './tables.ts';
import { type OnUnreadable, readingRow, readStatus, readTime, unreadableException } from './unreadable.ts';

/** The part of a request that a list shows. */
const Asked = z.object({
  config: z.object({ name: z.string().optional() }),
  request: StoredRequest,
  partial: z.boolean().optional(),
  look: Look.optional(),
});

/** A query for the runs that match a filter, newest first; undefined when none can match. */
export function newestRuns(
  db: Kysely<Tables>,
  filter: RunFilter,
): SelectQueryBuilder<Tables, 'canary_execution', object> | undefined {
  const { application, within, statuses, verdicts, canaryConfigId, from, to, after } = filter;
  // PostgreSQL rejects an empty `in ()`.
  if (statuses?.length === 0 || within?.length === 0 || verdicts?.length === 0) return undefined;
  let query = db.selectFrom('canary_execution');
  if (application !== undefined) query = query.where('application', '=', application);
  if (within !== undefined) query = query.where('application', 'in', within);
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
export async function listLines(db: Kysely<Tables>, filter: RunFilter, onUnreadable: OnUnreadable): Promise<RunLine[]> {
  const query = newestRuns(db, filter);
  return query === undefined ? [] : readLines(query, onUnreadable);
}

/** By the ends of runs, and by their states: both have an index. Few runs have not ended, of all applications together. */
export async function linesWithin(
  db: Kysely<Tables>,
  { application, within, after, until, limit }: EndedWithin,
  onUnreadable: OnUnreadable,
): Promise<RunLine[]> {
  const runs = db.selectFrom('canary_execution').limit(limit);
  const isWanted = (one: string) => (application ?? one) === one && (within?.includes(one) ?? true);
  const applications = application === undefined ? within : [application].filter(isWanted);
  if (applications?.length === 0) return [];
  const wanted = applications === undefined ? runs : runs.where('application', 'in', applications);
  const ended = wanted.where('end_time', '>', after).where('end_time', '<=', until).orderBy('end_time', 'desc');
  const unfinished = runs.where('status', 'in', UNFINISHED).orderBy('id', 'desc');
  const going = await readLines(unfinished, onUnreadable);
  return [...(await readLines(ended, onUnreadable)), ...going.filter((line) => isWanted(line.application))];
}

async function readLines(
  query: SelectQueryBuilder<Tables, 'canary_execution', object>,
  onUnreadable: OnUnreadable,
): Promise<RunLine[]> {
  const rows = await query
    .select(['id', 'application', 'canary_config_id', 'status', 'stage_status', 'exception', 'request'])
    .select(['verdict', 'score', 'over_nothing', 'build_time', 'waits_until', 'start_time', 'end_time'])
    .select(sql<Uint8Array | null>`substr(result, 1, 2)`.as('result_head'))
    .execute();
  const turn = createTurns();
  const lines: RunLine[] = [];
  for (const row of rows) {
    lines.push(lineOf(row, onUnreadable));
    await turn();
  }
  return lines;
}

type Row = Pick<Selectable<RunTable>, 'id' | 'application' | 'canary_config_id' | 'status' | 'stage_status'> &
  Pick<Selectable<RunTable>, 'exception' | 'request' | 'verdict' | 'score' | 'over_nothing'> &
  Pick<Selectable<RunTable>, 'build_time' | 'waits_until' | 'start_time' | 'end_time'> & {
    readonly result_head: Uint8Array | null;
  };

function lineOf(row: Row, onUnreadable: OnUnreadable): RunLine {
  const reading = readingRow();
  const { read, problems } = reading;
  const nothing: z.infer<typeof Asked> = { config: {}, request: {} };
  const { config, ...asked } = read('request', () => Asked.parse(readCompressedJson(row.request)), nothing);
  const line: RunLine = {
    id: row.id,
    application: row.application,
    canaryConfigId: row.canary_config_id,
    configName: config.name,
    ...asked,
    status: readStatus(reading, row.status),
    stageStatus: readingRow().read('stage_status', () => StageStatus.parse(JSON.parse(row.stage_status)), {}),
    exception: read('exception', () => exceptionOf(row.exception), undefined),
    verdict: row.verdict ?? undefined,
    score: row.score ?? undefined,
    overNothing: row.over_nothing === null ? undefined : row.over_nothing === 1,
    buildTime: readTime(reading, 'build_time', row.build_time) ?? 0,
    waitsUntil: readTime(reading, 'waits_until', row.waits_until),
    startTime: readTime(reading, 'start_time', row.start_time),
    endTime: readTime(reading, 'end_time', row.end_time),
  };
  if (!isCompressed(row.result_head)) problems.push('result: incorrect header check');
  const [unreadable] = problems;
  if (unreadable === undefined) return line;
  onUnreadable({ table: 'canary_execution', id: row.id, reason: unreadable });
  const exception = unreadableException('run', unreadable, line.endTime ?? line.buildTime);
  const { verdict: _verdict, score: _score, overNothing: _overNothing, ...rest } = line;
  return { ...rest, status: 'terminal', exception };
}

/** The list does not read results: the start of one tells whether it can be one. */
function isCompressed(head: Uint8Array | null): boolean {
  return head === null || (head[0] === 0x1f && head[1] === 0x8b);
}
