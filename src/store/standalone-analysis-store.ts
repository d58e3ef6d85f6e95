import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { EXECUTION_STATUS, ExecutionException } from '../domain/run.ts';
import { AnalysisStage, type StandaloneAnalysis } from '../domain/standalone-analysis.ts';
import { StoredAnalysisRequest, StoredAnalysisResult, StoredConfig } from '../domain/stored.ts';
import type { AnalysisFilter, StandaloneAnalysisStore } from '../domain/stores.ts';
import { TraceHeaders } from '../domain/trace-headers.ts';
import { afterPosition } from './after-position.ts';
import { createAttemptStore, type WorkStoreParts } from './attempts.ts';
import { insertCallback, withCallbacks } from './callback-store.ts';
import { compressJson, readCompressedJson } from './compressed-json.ts';
import { stateOf } from './stored-state.ts';
import type { StandaloneAnalysisTable, Tables } from './tables.ts';
import { type OnUnreadable, readingRow, readStatus, readTime, unreadableException } from './unreadable.ts';

const UNFINISHED = Object.entries(EXECUTION_STATUS)
  .filter(([, { complete }]) => !complete)
  .map(([status]) => status);

const Request = z.object({
  user: z.string(),
  parentPipelineExecutionId: z.string().optional(),
  canaryConfigId: z.string().optional(),
  config: StoredConfig,
  request: StoredAnalysisRequest,
  storageAccountName: z.string(),
  metricsAccountName: z.string(),
  configurationAccountName: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  trace: TraceHeaders.optional(),
});

const NO_REQUEST: z.infer<typeof Request> = {
  user: '',
  config: {},
  request: StoredAnalysisRequest.parse({}),
  storageAccountName: '',
  metricsAccountName: '',
};

const Progress = z.object({
  stages: z.array(AnalysisStage).optional(),
  exception: ExecutionException.optional(),
  result: StoredAnalysisResult.optional(),
  startTime: z.number().optional(),
});

/** Standalone analyses: the request in one column, the progress in another. */
export function createStandaloneAnalysisStore(parts: WorkStoreParts): StandaloneAnalysisStore {
  const { db, onUnreadable } = parts;
  return {
    ...createAttemptStore(parts, { table: 'standalone_analysis', unfinished: UNFINISHED }),
    async get(id) {
      const row = await db.selectFrom('standalone_analysis').selectAll().where('id', '=', id).executeTakeFirst();
      return row && (await withCallbacks(db, 'analysis_id', [fromRow(row, onUnreadable)], onUnreadable))[0];
    },
    async applicationOf(id) {
      const found = db.selectFrom('standalone_analysis').select('application').where('id', '=', id);
      return (await found.executeTakeFirst())?.application;
    },
    async states(ids) {
      if (ids.length === 0) return new Map();
      const rows = await db
        .selectFrom('standalone_analysis')
        .select(['id', 'status', 'version'])
        .where('id', 'in', ids)
        .execute();
      return new Map(rows.map(({ id, status, version }) => [id, stateOf(status, [version])]));
    },
    list: async (filter) => {
      const analyses = (await rowsOf(db, filter)).map((row) => fromRow(row, onUnreadable));
      return withCallbacks(db, 'analysis_id', analyses, onUnreadable);
    },
    create: (analysis) =>
      db.transaction().execute(async (transaction) => {
        const { id, application, buildTime, version } = analysis;
        const request = compressJson(pick(analysis, Object.keys(Request.shape)));
        await transaction
          .insertInto('standalone_analysis')
          .values({ id, version, application, build_time: buildTime, request, ...progressOf(analysis) })
          .execute();
        await insertCallback(transaction, 'analysis_id', analysis);
      }),
    async update(analysis) {
      const { numUpdatedRows } = await db
        .updateTable('standalone_analysis')
        .set({ ...progressOf(analysis), version: analysis.version + 1 })
        .where('id', '=', analysis.id)
        .where('version', '=', analysis.version)
        .where('status', 'in', UNFINISHED)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async unfinished() {
      const query = db.selectFrom('standalone_analysis').select('id').where('status', 'in', UNFINISHED).orderBy('id');
      return (await query.execute()).map(({ id }) => id);
    },
    async prune({ endedBefore, limit }) {
      const doomed = db
        .selectFrom('standalone_analysis')
        .select('id')
        .where('status', 'not in', UNFINISHED)
        .where((old) =>
          old.or([
            old('end_time', '<', endedBefore),
            old.and([old('end_time', 'is', null), old('build_time', '<', endedBefore)]),
          ]),
        )
        .limit(limit);
      const { numDeletedRows } = await db
        .deleteFrom('standalone_analysis')
        .where('id', 'in', doomed)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
    async delete(id) {
      const { numDeletedRows } = await db.deleteFrom('standalone_analysis').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

async function rowsOf(db: Kysely<Tables>, filter: AnalysisFilter): Promise<Selectable<StandaloneAnalysisTable>[]> {
  const { application, within, statuses, from, to, after, limit } = filter;
  // PostgreSQL rejects an empty `in ()`.
  if (statuses?.length === 0 || within?.length === 0) return [];
  let query = db.selectFrom('standalone_analysis').selectAll();
  if (application !== undefined) query = query.where('application', '=', application);
  if (within !== undefined) query = query.where('application', 'in', within);
  if (statuses !== undefined) query = query.where('status', 'in', statuses);
  if (from !== undefined) query = query.where('build_time', '>=', from);
  if (to !== undefined) query = query.where('build_time', '<', to);
  if (after !== undefined) query = query.where(afterPosition(after));
  const newestFirst = query.orderBy('build_time', 'desc').orderBy('id', 'desc');
  return newestFirst.limit(limit).execute();
}

/** One that cannot be read is an analysis that ended without a verdict, with the reason. */
function fromRow(row: Selectable<StandaloneAnalysisTable>, onUnreadable: OnUnreadable): StandaloneAnalysis {
  const reading = readingRow();
  const { read, problems } = reading;
  const analysis: StandaloneAnalysis = {
    id: row.id,
    version: row.version,
    application: row.application,
    status: readStatus(reading, row.status),
    buildTime: readTime(reading, 'build_time', row.build_time) ?? 0,
    endTime: readTime(reading, 'end_time', row.end_time),
    ...read('request', () => Request.parse(readCompressedJson(row.request)), NO_REQUEST),
    ...read('progress', () => Progress.parse(readCompressedJson(row.progress)), {}),
  };
  const [unreadable] = problems;
  if (unreadable === undefined) return analysis;
  onUnreadable({ table: 'standalone_analysis', id: row.id, reason: unreadable });
  const exception = unreadableException('analysis', unreadable, analysis.endTime ?? analysis.buildTime);
  return { ...analysis, status: 'terminal', result: undefined, exception, unreadable };
}

function progressOf(analysis: StandaloneAnalysis) {
  return {
    status: analysis.status,
    end_time: analysis.endTime ?? null,
    progress: compressJson(pick(analysis, Object.keys(Progress.shape))),
  };
}

function pick(analysis: StandaloneAnalysis, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(analysis).filter(([name]) => fields.includes(name)));
}
