import type { Selectable } from 'kysely';
import { z } from 'zod';
import { coverageOf, isOverNothing } from '../domain/coverage.ts';
import { Look } from '../domain/look.ts';
import { MetricFetch } from '../domain/metric-fetch.ts';
import { ExecutionException, type Run, StageStatus } from '../domain/run.ts';
import { StoredConfig, StoredRequest, StoredResult } from '../domain/stored.ts';
import type { RunChange } from '../domain/stores.ts';
import { TraceHeaders } from '../domain/trace-headers.ts';
import { VerdictDelivery } from '../domain/verdict-delivery.ts';
import { compressJson, readCompressedJson } from './compressed-json.ts';
import type { RunTable } from './tables.ts';
import { type OnUnreadable, readingRow, readStatus, readTime, unreadableException } from './unreadable.ts';

/** The part of a run that never changes, as stored. */
const Request = z.object({
  config: StoredConfig,
  request: StoredRequest,
  parentPipelineExecutionId: z.string().optional(),
  storageAccountName: z.string(),
  metricsAccountName: z.string(),
  configurationAccountName: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  partial: z.boolean().optional(),
  look: Look.optional(),
  trace: TraceHeaders.optional(),
});
const NO_REQUEST: z.infer<typeof Request> = {
  config: {},
  request: {},
  storageAccountName: '',
  metricsAccountName: '',
};

const Fetches = z.array(MetricFetch);
const Deliveries = z.array(VerdictDelivery);

/** A new run as a row. */
export function toRow(run: Run) {
  const {
    config,
    request,
    parentPipelineExecutionId,
    storageAccountName,
    metricsAccountName,
    configurationAccountName,
    warnings,
    partial,
    look,
    trace,
  } = run;
  return {
    ...toChange(run),
    id: run.id,
    application: run.application,
    canary_config_id: run.canaryConfigId,
    build_time: run.buildTime,
    imported_at: run.importedAt ?? null,
    waits_until: run.waitsUntil ?? null,
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
      partial,
      look,
      trace,
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

/** The columns that a change of a run changes. */
export function toChange(change: RunChange): ChangeableColumns {
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

type Row = Selectable<RunTable>;

/** None when they cannot be read. */
export function readStages({ stage_status: text }: Pick<Row, 'stage_status'>): StageStatus {
  return readingRow().read('stage_status', () => StageStatus.parse(JSON.parse(text)), {});
}

/** One that cannot be read is a run that ended without a verdict, with the reason. */
export function fromRow(row: Row, onUnreadable: OnUnreadable): Run {
  const reading = readingRow();
  const { read, problems } = reading;
  const parts = read('request', () => Request.parse(readCompressedJson(row.request)), NO_REQUEST);
  const run: Run = {
    id: row.id,
    application: row.application,
    canaryConfigId: row.canary_config_id,
    ...parts,
    status: readStatus(reading, row.status),
    exception: read('exception', () => exceptionOf(row.exception), undefined),
    result: read('result', () => resultOf(row.result), undefined),
    metricSetPairListId: row.metric_set_pair_list_id ?? undefined,
    buildTime: readTime(reading, 'build_time', row.build_time) ?? 0,
    waitsUntil: readTime(reading, 'waits_until', row.waits_until),
    startTime: readTime(reading, 'start_time', row.start_time),
    endTime: readTime(reading, 'end_time', row.end_time),
    importedAt: readTime(reading, 'imported_at', row.imported_at),
    stageStatus: {},
  };
  // A run is one without its progress and deliveries, too.
  const progress = readingRow();
  const stageStatus = progress.read('stage_status', () => StageStatus.parse(JSON.parse(row.stage_status)), {});
  const fetches = progress.read('fetches', () => fetchesOf(row.fetches), undefined);
  const deliveries = progress.read('deliveries', () => deliveriesOf(row.deliveries), undefined);
  const [reason] = [...problems, ...progress.problems];
  if (reason !== undefined) onUnreadable({ table: 'canary_execution', id: row.id, reason });
  const [unreadable] = problems;
  if (unreadable === undefined) return { ...run, stageStatus, fetches, deliveries };
  const exception = unreadableException('run', unreadable, run.endTime ?? run.buildTime);
  return { ...run, stageStatus, fetches, deliveries, status: 'terminal', result: undefined, exception, unreadable };
}

export function deliveriesOf(text: string | null): VerdictDelivery[] | undefined {
  return text === null ? undefined : Deliveries.parse(JSON.parse(text));
}

export function exceptionOf(text: string | null): ExecutionException | undefined {
  return text === null ? undefined : ExecutionException.parse(JSON.parse(text));
}

function resultOf(bytes: Uint8Array | null): Run['result'] {
  return bytes === null ? undefined : StoredResult.parse(readCompressedJson(bytes));
}

function fetchesOf(bytes: Uint8Array | null): MetricFetch[] | undefined {
  return bytes === null ? undefined : Fetches.parse(readCompressedJson(bytes));
}
