import { z } from 'zod';
import { Callback, type CallbackDelivery } from './callback.ts';
import { CanaryConfig } from './canary-config.ts';
import { CanaryExecutionRequest } from './canary-execution-request.ts';
import { CanaryJudgeResult } from './canary-judge-result.ts';
import type { Look } from './look.ts';
import { MetricFetch } from './metric-fetch.ts';
import type { StartedBy } from './started-by.ts';
import { ChosenId } from './values/chosen-id.ts';
import { EpochMillis } from './values/instant.ts';
import { VerdictDelivery } from './verdict-delivery.ts';
import { WaitingReport } from './waiting-report.ts';

/** The states of a run and of its stages that Haldane uses; clients poll on until one that is complete. */
export const EXECUTION_STATUS = {
  not_started: { complete: false },
  running: { complete: false },
  succeeded: { complete: true },
  terminal: { complete: true },
  canceled: { complete: true },
} as const;
export type ExecutionStatus = keyof typeof EXECUTION_STATUS;

/** Those of a run that has not ended. */
export const UNFINISHED = Object.entries(EXECUTION_STATUS)
  .filter(([, { complete }]) => !complete)
  .map(([status]) => status);

export const ExecutionStatus = z.enum(Object.keys(EXECUTION_STATUS) as [ExecutionStatus, ...ExecutionStatus[]]);

export const StageStatus = z
  .record(z.string(), ExecutionStatus)
  .describe(
    'setupContext, fetchControl<N> and fetchExperiment<N> for the N-th metric, these with Denominator, Traffic or History for its companions, mixMetrics, judge',
  );
export type StageStatus = z.infer<typeof StageStatus>;

/** Why a run ended `terminal`. */
export const ExecutionException = z
  .object({
    timestamp: z.number().int(),
    exceptionType: z.string().describe('an error code'),
    operation: z.string().describe('setupCanary, <provider type>Fetch, metricSetMixer or canaryJudge'),
    details: z.object({
      error: z.string(),
      errors: z.array(z.string()),
      stackTrace: z.string(),
      status: z
        .number()
        .int()
        .optional()
        .describe("the HTTP status of the metrics store's answer, if that was the reason"),
      url: z.string().optional().describe('what was asked, without its query string'),
    }),
    shouldRetry: z.boolean(),
  })
  .meta({ id: 'ExecutionException' });
export type ExecutionException = z.infer<typeof ExecutionException>;

export const CanaryResult = z
  .object({
    judgeResult: CanaryJudgeResult,
    canaryDuration: z.string().optional().describe('ISO-8601, when all windows have the same length'),
    haldaneVersion: z.string().optional().describe('which Haldane judged; absent in results of older ones'),
  })
  .meta({ id: 'CanaryResult' });
export type CanaryResult = z.infer<typeof CanaryResult>;

/** A run's status, with its result. */
export const CanaryExecutionStatusResponse = z
  .object({
    application: z.string(),
    parentPipelineExecutionId: z.string().optional(),
    pipelineId: ChosenId.describe('the id of the run'),
    canaryExecutionId: ChosenId.optional().describe('the same id, as the start calls it'),
    stageStatus: StageStatus,
    complete: z.boolean(),
    status: ExecutionStatus,
    exception: ExecutionException.optional(),
    warnings: z
      .array(z.string())
      .optional()
      .describe('what was odd about config and request when the run was started; absent: nothing'),
    waitsUntilMillis: EpochMillis.optional().describe('of a run that waits for the end of its window, while it waits'),
    waitsUntilIso: z.string().optional(),
    partial: z
      .boolean()
      .optional()
      .describe('true: the window had not ended when the run was started with `partial=true`'),
    result: CanaryResult.optional().describe('only with status `succeeded`; a run with a low score succeeds too'),
    config: CanaryConfig,
    canaryConfigId: z.string().describe('`ad-hoc` when the request contained the config'),
    canaryExecutionRequest: CanaryExecutionRequest,
    metricSetPairListId: z.string().optional(),
    fetchReport: z
      .array(MetricFetch)
      .optional()
      .describe('the progress and outcome of each query, also while the run is active; absent before the first query'),
    waiting: z
      .array(WaitingReport)
      .optional()
      .describe('what queries that failed wait for, most queries first; absent: none waits'),
    buildTimeMillis: EpochMillis,
    buildTimeIso: z.string(),
    startTimeMillis: EpochMillis.optional(),
    startTimeIso: z.string().optional(),
    endTimeMillis: EpochMillis.optional(),
    endTimeIso: z.string().optional(),
    storageAccountName: z.string(),
    metricsAccountName: z.string(),
    configurationAccountName: z.string().optional(),
    callback: Callback.optional().describe('only for a run started with a `callbackUrl`'),
    deliveries: z
      .array(VerdictDelivery)
      .optional()
      .describe('whom processes beside Haldane told of the verdict, as they report; absent: nobody reported any'),
  })
  .meta({ id: 'CanaryExecutionStatusResponse' });
export type CanaryExecutionStatusResponse = z.infer<typeof CanaryExecutionStatusResponse>;

/** A run as stored. Times are milliseconds since 1970. */
export interface Run extends StartedBy {
  readonly id: string;
  readonly canaryConfigId: string;
  readonly request: CanaryExecutionRequest;
  /** which of several judgements of an analysis it is */
  readonly look?: Look | undefined;
  readonly status: ExecutionStatus;
  readonly stageStatus: StageStatus;
  readonly exception?: ExecutionException | undefined;
  readonly result?: CanaryResult | undefined;
  readonly metricSetPairListId?: string | undefined;
  /** how each query went */
  readonly fetches?: readonly MetricFetch[] | undefined;
  readonly buildTime: number;
  /** no worker takes the run before this: its window has not ended */
  readonly waitsUntil?: number | undefined;
  /** judged at once although its window had not ended */
  readonly partial?: boolean | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  /** when a client stored the ended run here; its age is counted from then */
  readonly importedAt?: number | undefined;
  readonly callback?: CallbackDelivery | undefined;
  /** whom others told of the verdict */
  readonly deliveries?: readonly VerdictDelivery[] | undefined;
  /** why the stored run cannot be read; it then counts as ended, whatever is stored */
  readonly unreadable?: string | undefined;
}

/** A run without its large fields, for lists. */
export interface RunLine
  extends Pick<Run, 'id' | 'application' | 'canaryConfigId' | 'request' | 'status' | 'stageStatus'>,
    Pick<Run, 'exception' | 'buildTime' | 'startTime' | 'endTime' | 'waitsUntil' | 'partial'> {
  readonly configName?: string | undefined;
  readonly look?: Look | undefined;
  readonly verdict?: string | undefined;
  readonly score?: number | undefined;
  /** nothing could be judged, or a side had no data: a pass says nothing; undefined: not judged, or not known */
  readonly overNothing?: boolean | undefined;
}
