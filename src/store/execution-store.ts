import { type Kysely, type RawBuilder, type Selectable, sql, type UpdateQueryBuilder, type UpdateResult } from 'kysely';
import { z } from 'zod';
import { CanaryConfig } from '../domain/canary-config.ts';
import {
  type CanaryExecution,
  CanaryResult,
  EXECUTION_STATUS,
  type ExecutionStatus,
} from '../domain/canary-execution.ts';
import { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import type { ExecutionChange, ExecutionStore } from '../domain/stores.ts';
import { compressJson, readCompressedJson } from './compressed-json.ts';
import type { CanaryExecutionTable, Tables } from './tables.ts';

const UNFINISHED = Object.entries(EXECUTION_STATUS)
  .filter(([, { complete }]) => !complete)
  .map(([status]) => status);

/** The part of a run that never changes, as it is kept. */
const Request = z.object({
  config: CanaryConfig,
  request: CanaryExecutionRequest,
  parentPipelineExecutionId: z.string().optional(),
  storageAccountName: z.string(),
  metricsAccountName: z.string(),
  configurationAccountName: z.string().optional(),
});

/** Runs, one row each; what was asked and the result are compressed JSON. */
export function createExecutionStore(db: Kysely<Tables>, databaseNow: RawBuilder<number>): ExecutionStore {
  return {
    async get(id) {
      const row = await db.selectFrom('canary_execution').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
    async create(execution) {
      await db.insertInto('canary_execution').values(toRow(execution)).execute();
    },
    async claim(id, leaseMillis) {
      const row = await db
        .updateTable('canary_execution')
        .set({ attempt: sql`attempt + 1`, lease_until: sql`${databaseNow} + ${leaseMillis}` })
        .where('id', '=', id)
        .where('status', 'in', UNFINISHED)
        .where((free) => free.or([free('lease_until', 'is', null), free('lease_until', '<', databaseNow)]))
        .returning('attempt')
        .executeTakeFirst();
      return row?.attempt;
    },
    async extend(id, attempt, leaseMillis) {
      const lease = { lease_until: sql<number>`${databaseNow} + ${leaseMillis}` };
      return changed(db.updateTable('canary_execution').set(lease), id, attempt);
    },
    async release(id, attempt) {
      await changed(db.updateTable('canary_execution').set({ lease_until: null }), id, attempt);
    },
    update: (id, change, attempt) => changed(db.updateTable('canary_execution').set(toChange(change)), id, attempt),
    async list({ application, statuses, limit, offset }) {
      let query = db.selectFrom('canary_execution').selectAll().where('application', '=', application);
      if (statuses !== undefined) query = query.where('status', 'in', statuses);
      const rows = await query
        .orderBy('build_time', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
      return rows.map(fromRow);
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
    replace: (execution) =>
      db.transaction().execute(async (transaction) => {
        if (!(await deleteRow(transaction, execution.id))) return false;
        await transaction.insertInto('canary_execution').values(toRow(execution)).execute();
        return true;
      }),
    delete: (id) => deleteRow(db, id),
  };
}

/** Changes the run if it has not ended and, given an attempt, is still that attempt's. */
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

function toRow(execution: CanaryExecution) {
  const {
    config,
    request,
    parentPipelineExecutionId,
    storageAccountName,
    metricsAccountName,
    configurationAccountName,
  } = execution;
  return {
    ...toChange(execution),
    id: execution.id,
    application: execution.application,
    canary_config_id: execution.canaryConfigId,
    build_time: execution.buildTime,
    status: execution.status,
    stage_status: JSON.stringify(execution.stageStatus),
    request: compressJson({
      config,
      request,
      parentPipelineExecutionId,
      storageAccountName,
      metricsAccountName,
      configurationAccountName,
    } satisfies z.infer<typeof Request>),
  };
}

type ChangeableColumns = Partial<
  Pick<
    Selectable<CanaryExecutionTable>,
    | 'status'
    | 'stage_status'
    | 'exception'
    | 'metric_set_pair_list_id'
    | 'start_time'
    | 'end_time'
    | 'result'
    | 'verdict'
    | 'score'
  >
>;

function toChange(change: ExecutionChange): ChangeableColumns {
  const { status, stageStatus, exception, result, metricSetPairListId, startTime, endTime } = change;
  const row: ChangeableColumns = {};
  if (status !== undefined) row.status = status;
  if (stageStatus !== undefined) row.stage_status = JSON.stringify(stageStatus);
  if (exception !== undefined) row.exception = JSON.stringify(exception);
  if (metricSetPairListId !== undefined) row.metric_set_pair_list_id = metricSetPairListId;
  if (startTime !== undefined) row.start_time = startTime;
  if (endTime !== undefined) row.end_time = endTime;
  if (result === undefined) return row;
  const { score, classification } = result.judgeResult.score;
  return { ...row, result: compressJson(result), verdict: classification, score };
}

function fromRow(row: Selectable<CanaryExecutionTable>): CanaryExecution {
  return {
    id: row.id,
    application: row.application,
    canaryConfigId: row.canary_config_id,
    ...Request.parse(readCompressedJson(row.request)),
    status: row.status as ExecutionStatus,
    stageStatus: JSON.parse(row.stage_status),
    exception: row.exception === null ? undefined : JSON.parse(row.exception),
    result: row.result === null ? undefined : CanaryResult.parse(readCompressedJson(row.result)),
    metricSetPairListId: row.metric_set_pair_list_id ?? undefined,
    buildTime: Number(row.build_time),
    startTime: row.start_time === null ? undefined : Number(row.start_time),
    endTime: row.end_time === null ? undefined : Number(row.end_time),
  };
}
