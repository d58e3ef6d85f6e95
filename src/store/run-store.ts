import { type Kysely, type RawBuilder, type Selectable, sql, type UpdateQueryBuilder, type UpdateResult } from 'kysely';
import { z } from 'zod';
import { coverageOf, isOverNothing } from '../domain/coverage.ts';
import { MetricFetch } from '../domain/metric-fetch.ts';
import { EXECUTION_STATUS, type ExecutionStatus, type Run } from '../domain/run.ts';
import { StoredConfig, StoredRequest, StoredResult } from '../domain/stored.ts';
import type { RunChange, RunFilter, RunStore } from '../domain/stores.ts';
import { insertCallback, withCallbacks } from './callback-store.ts';
import { compressJson, readCompressedJson } from './compressed-json.ts';
import type { Soon } from './database.ts';
import { listLines, newestRuns } from './run-list.ts';
import type { RunTable, Tables } from './tables.ts';

const UNFINISHED = Object.entries(EXECUTION_STATUS)
  .filter(([, { complete }]) => !complete)
  .map(([status]) => status);

/** The part of a run that never changes, as stored. */
const Request = z.object({
  config: StoredConfig,
  request: StoredRequest,
  parentPipelineExecutionId: z.string().optional(),
  storageAccountName: z.string(),
  metricsAccountName: z.string(),
  configurationAccountName: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

const Fetches = z.array(MetricFetch);

/** Runs, one row each; request and result are compressed JSON. */
export function createRunStore(db: Kysely<Tables>, databaseNow: RawBuilder<number>, soon: Soon): RunStore {
  return {
    async get(id) {
      const row = await db.selectFrom('canary_execution').selectAll().where('id', '=', id).executeTakeFirst();
      return row && (await withCallbacks(db, 'execution_id', [fromRow(row)]))[0];
    },
    async status(id) {
      const row = await db.selectFrom('canary_execution').select('status').where('id', '=', id).executeTakeFirst();
      return row?.status as ExecutionStatus | undefined;
    },
    create: (run) =>
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto('canary_execution').values(toRow(run)).execute();
        await insertCallback(transaction, 'execution_id', run);
      }),
    async claim(id, leaseMillis) {
      const row = await soon(db, (on) =>
        on
          .updateTable('canary_execution')
          .set({ attempt: sql`attempt + 1`, lease_until: sql`${databaseNow} + ${leaseMillis}` })
          .where('id', '=', id)
          .where('status', 'in', UNFINISHED)
          .where((free) => free.or([free('lease_until', 'is', null), free('lease_until', '<', databaseNow)]))
          .returning('attempt')
          .executeTakeFirst(),
      );
      return row?.attempt;
    },
    async extend(id, attempt, leaseMillis) {
      const lease = { lease_until: sql<number>`${databaseNow} + ${leaseMillis}` };
      return soon(db, (on) => changed(on.updateTable('canary_execution').set(lease), id, attempt));
    },
    async release(id, attempt) {
      await soon(db, (on) => changed(on.updateTable('canary_execution').set({ lease_until: null }), id, attempt));
    },
    update(id, change, attempt) {
      const write = (on: Kysely<Tables>) =>
        changed(on.updateTable('canary_execution').set(toChange(change)), id, attempt);
      const ends = change.status !== undefined && EXECUTION_STATUS[change.status].complete;
      return ends ? write(db) : soon(db, write);
    },
    keepSeries(id, { pairs, ...change }, attempt) {
      const list = { id: change.metricSetPairListId, updated_at: databaseNow, document: compressJson(pairs) };
      return soon(db, (on) =>
        on.transaction().execute(async (transaction) => {
          const mine = await changed(transaction.updateTable('canary_execution').set(toChange(change)), id, attempt);
          if (mine) await transaction.insertInto('metric_set_pair_list').values(list).execute();
          return mine;
        }),
      );
    },
    list: (filter) => list(db, filter),
    lines: (filter) => listLines(db, filter),
    async abandoned({ acceptedBefore, limit }) {
      const rows = await db
        .selectFrom('canary_execution')
        .select('id')
        .where('status', 'in', UNFINISHED)
        .where((left) =>
          left.or([
            left('lease_until', '<', databaseNow),
            left.and([left('lease_until', 'is', null), left('build_time', '<', acceptedBefore)]),
          ]),
        )
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },
    async unfinished() {
      const rows = await db
        .selectFrom('canary_execution')
        .select('id')
        .where('status', 'in', UNFINISHED)
        .orderBy('id')
        .execute();
      return rows.map(({ id }) => id);
    },
    async ids() {
      const rows = await db.selectFrom('canary_execution').select('id').orderBy('id', 'desc').execute();
      return rows.map(({ id }) => id);
    },
    async endedKeys() {
      const rows = await db
        .selectFrom('canary_execution')
        .select(['id', 'build_time', 'end_time'])
        .where('status', 'not in', UNFINISHED)
        .orderBy('id', 'desc')
        .execute();
      return rows.map((row) => ({ id: row.id, updatedTimestamp: Number(row.end_time ?? row.build_time) }));
    },
    replace: (run) =>
      db.transaction().execute(async (transaction) => {
        if (!(await deleteRow(transaction, run.id))) return false;
        await transaction.insertInto('canary_execution').values(toRow(run)).execute();
        return true;
      }),
    delete: (id) => deleteRow(db, id),
    prune: (options) => prune(db, options),
  };
}

async function list(db: Kysely<Tables>, filter: RunFilter): Promise<Run[]> {
  const rows = await newestRuns(db, filter)?.selectAll().execute();
  return withCallbacks(db, 'execution_id', (rows ?? []).map(fromRow));
}

function prune(
  db: Kysely<Tables>,
  { endedBefore, keep, limit }: { endedBefore: number; keep: number | undefined; limit: number },
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const ended = transaction.selectFrom('canary_execution').select(['id', 'metric_set_pair_list_id as pairs']);
    const aged = ended.where('status', 'not in', UNFINISHED).where('end_time', '<', endedBefore);
    const doomed = await aged.orderBy('end_time').limit(limit).execute();
    if (keep !== undefined && doomed.length < limit) {
      const surplus = ended
        .orderBy('build_time', 'desc')
        .orderBy('id', 'desc')
        .offset(keep)
        .limit(limit - doomed.length);
      doomed.push(...(await surplus.where('status', 'not in', UNFINISHED).execute()));
    }
    if (doomed.length === 0) return 0;
    const ids = [...new Set(doomed.map(({ id }) => id))];
    const pairs = doomed.flatMap(({ pairs: list }) => (list === null ? [] : [list]));
    await transaction.deleteFrom('canary_execution').where('id', 'in', ids).execute();
    if (pairs.length > 0) await transaction.deleteFrom('metric_set_pair_list').where('id', 'in', pairs).execute();
    return ids.length;
  });
}

/** Changes the run if it has not ended and, given an attempt, that attempt still has it. */
async function changed(
  update: UpdateQueryBuilder<Tables, 'canary_execution', 'canary_execution', UpdateResult>,
  id: string,
  attempt: number | undefined,
): Promise<boolean> {
  const unfinished = update.where('id', '=', id).where('status', 'in', UNFINISHED);
  const mine = attempt === undefined ? unfinished : unfinished.where('attempt', '=', attempt);
  return (await mine.executeTakeFirst()).numUpdatedRows > 0n;
}

async function deleteRow(db: Kysely<Tables>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('canary_execution').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

function toRow(run: Run) {
  const {
    config,
    request,
    parentPipelineExecutionId,
    storageAccountName,
    metricsAccountName,
    configurationAccountName,
    warnings,
  } = run;
  return {
    ...toChange(run),
    id: run.id,
    application: run.application,
    canary_config_id: run.canaryConfigId,
    build_time: run.buildTime,
    status: run.status,
    stage_status: JSON.stringify(run.stageStatus),
    request: compressJson({
      config,
      request,
      parentPipelineExecutionId,
      storageAccountName,
      metricsAccountName,
      configurationAccountName,
      warnings: warnings && [...warnings],
    } satisfies z.infer<typeof Request>),
  };
}

type ChangeableColumns = Partial<
  Pick<
    Selectable<RunTable>,
    | 'status'
    | 'stage_status'
    | 'exception'
    | 'metric_set_pair_list_id'
    | 'start_time'
    | 'end_time'
    | 'result'
    | 'fetches'
    | 'verdict'
    | 'score'
    | 'over_nothing'
  >
>;

function toChange(change: RunChange): ChangeableColumns {
  const { status, stageStatus, exception, result, metricSetPairListId, fetches, startTime, endTime } = change;
  const row: ChangeableColumns = {};
  if (status !== undefined) row.status = status;
  if (stageStatus !== undefined) row.stage_status = JSON.stringify(stageStatus);
  if (exception !== undefined) row.exception = JSON.stringify(exception);
  if (metricSetPairListId !== undefined) row.metric_set_pair_list_id = metricSetPairListId;
  if (fetches !== undefined) row.fetches = compressJson(fetches);
  if (startTime !== undefined) row.start_time = startTime;
  if (endTime !== undefined) row.end_time = endTime;
  if (result === undefined) return row;
  const { score, classification } = result.judgeResult.score;
  const overNothing = isOverNothing(coverageOf(result.judgeResult.results));
  return {
    ...row,
    result: compressJson(result),
    verdict: classification,
    score,
    over_nothing: overNothing ? 1 : 0,
  };
}

function fromRow(row: Selectable<RunTable>): Run {
  return {
    id: row.id,
    application: row.application,
    canaryConfigId: row.canary_config_id,
    ...Request.parse(readCompressedJson(row.request)),
    status: row.status as ExecutionStatus,
    stageStatus: JSON.parse(row.stage_status),
    exception: row.exception === null ? undefined : JSON.parse(row.exception),
    result: row.result === null ? undefined : StoredResult.parse(readCompressedJson(row.result)),
    metricSetPairListId: row.metric_set_pair_list_id ?? undefined,
    fetches: row.fetches === null ? undefined : Fetches.parse(readCompressedJson(row.fetches)),
    buildTime: Number(row.build_time),
    startTime: row.start_time === null ? undefined : Number(row.start_time),
    endTime: row.end_time === null ? undefined : Number(row.end_time),
  };
}
