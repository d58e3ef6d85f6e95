import { z } from 'zod';
import { Baseline } from './baseline.ts';
import { Callback, type CallbackDelivery } from './callback.ts';
import { CanaryClassifierThresholdsConfig, CanaryConfig } from './canary-config.ts';
import { MetricFetch } from './metric-fetch.ts';
import { Ramp, RampStep, RampStepView } from './ramp.ts';
import { CanaryResult, ExecutionException, type ExecutionStatus } from './run.ts';
import type { StartedBy } from './started-by.ts';
import { ScoreDouble } from './values/double.ts';
import { OptionalInstant } from './values/instant.ts';
import { lengthOfTime } from './values/length-of-time.ts';
import { Text } from './values/text.ts';

const MAX_MINUTES = 527_040;
const Minutes = lengthOfTime({ unit: 'minutes', min: 0, max: MAX_MINUTES, absent: 0 });
const DEFAULT_STEP = 60;
const name = Text.optional();

export const CanaryAnalysisExecutionRequestScope = z
  .object({
    scopeName: Text.default('default').describe("a `scopeName` of the config's metrics; absent: default"),
    controlScope: name,
    controlLocation: name,
    controlOffsetInMinutes: Minutes.default(0).describe('how much earlier the control window is'),
    experimentScope: name,
    experimentLocation: name,
    startTimeIso: OptionalInstant.describe("the first scope's value applies to all; absent: now"),
    endTimeIso: OptionalInstant.describe("the first scope's value applies to all; if set, the analysis does not wait"),
    step: lengthOfTime({ unit: 'seconds', min: 1, max: 86_400, absent: DEFAULT_STEP })
      .default(DEFAULT_STEP)
      .describe("seconds; absent or 0: 60; the first scope's value applies to all"),
    extendedScopeParams: z.record(z.string(), Text).default({}),
  })
  .meta({ id: 'CanaryAnalysisExecutionRequestScope' });
export type CanaryAnalysisExecutionRequestScope = z.infer<typeof CanaryAnalysisExecutionRequestScope>;

/** An analysis over a lifetime: judged every interval, ended early when a score is too low. */
export const CanaryAnalysisExecutionRequest = z
  .object({
    scopes: z.array(CanaryAnalysisExecutionRequestScope).max(1000).default([]),
    thresholds: CanaryClassifierThresholdsConfig.optional(),
    lifetimeDurationMins: Minutes.optional().describe(
      'required unless the first scope has an endTimeIso, or it is a ramp',
    ),
    beginAfterMins: Minutes.default(0).describe('warm-up before the first interval'),
    lookbackMins: Minutes.default(0).describe('judge only this many last minutes; 0: everything since the start'),
    analysisIntervalMins: Minutes.optional().describe(
      'absent, 0 or longer than the lifetime: one judgement, at the end',
    ),
    baseline: Baseline.optional().describe('the baseline of every judgement is history, as in `POST /canary`'),
    ramp: Ramp.optional().describe(
      'makes it a ramp, which judges each share of the traffic that is announced by `POST /analyses/{id}/steps`: ' +
        '`analysisIntervalMins` after the announcement, and `beginAfterMins` later where that is given; ' +
        '`lifetimeDurationMins` is how long it may take, 7 days if absent',
    ),
    siteLocal: z.record(z.string(), z.unknown()).optional().describe('returned unchanged'),
  })
  .meta({ id: 'CanaryAnalysisExecutionRequest' });
export type CanaryAnalysisExecutionRequest = z.infer<typeof CanaryAnalysisExecutionRequest>;

export const CanaryAnalysisAdhocExecutionRequest = z
  .object({ canaryConfig: CanaryConfig.optional(), executionRequest: CanaryAnalysisExecutionRequest.optional() })
  .meta({ id: 'CanaryAnalysisAdhocExecutionRequest' });

const UpperStatus = z.enum(['NOT_STARTED', 'RUNNING', 'SUCCEEDED', 'TERMINAL', 'CANCELED']);

/** One judgement of an analysis. */
export const CanaryExecutionResult = z
  .object({
    executionId: z.string().describe('id of the run: GET /canary/{executionId}'),
    executionStatus: UpperStatus,
    exception: ExecutionException.optional(),
    result: CanaryResult.optional(),
    warnings: z.array(z.string()),
    metricSetPairListId: z.string().optional(),
    judgementStartTimeIso: z.string().optional(),
    judgementStartTimeMillis: z.number().int().optional(),
    judgementEndTimeIso: z.string().optional(),
    judgementEndTimeMillis: z.number().int().optional(),
    buildTimeMillis: z.number().int().optional(),
    buildTimeIso: z.string().optional(),
    startTimeMillis: z.number().int().optional(),
    startTimeIso: z.string().optional(),
    endTimeMillis: z.number().int().optional(),
    endTimeIso: z.string().optional(),
    storageAccountName: z.string(),
    configurationAccountName: z.string().optional(),
  })
  .meta({ id: 'CanaryExecutionResult' });
export type CanaryExecutionResult = z.infer<typeof CanaryExecutionResult>;

export const CanaryAnalysisExecutionResult = z
  .object({
    didPassThresholds: z.boolean().describe('the verdict; an analysis can be SUCCEEDED without having passed'),
    hasWarnings: z.boolean(),
    canaryScoreMessage: z.string(),
    canaryScores: z.array(ScoreDouble).describe('scores of the judgements, in order; 0 for one without a score'),
    canaryExecutionResults: z.array(CanaryExecutionResult),
  })
  .meta({ id: 'CanaryAnalysisExecutionResult' });
export type CanaryAnalysisExecutionResult = z.infer<typeof CanaryAnalysisExecutionResult>;

export const AnalysisStageView = z
  .object({
    type: z.string().describe('wait, runCanary, setupAndExecuteCanariesStage or generateCanaryAnalysisResultStage'),
    name: z.string(),
    status: UpperStatus,
    executionId: z.string().optional().describe('id of the run, for a `runCanary` stage that has started'),
    step: RampStepView.optional().describe('of a ramp: the step that it judges'),
  })
  .meta({ id: 'CanaryAnalysisStage' });

/** An analysis in a list. */
export const AnalysisLine = z
  .object({
    pipelineId: z.string().describe('the id of the analysis'),
    application: z.string(),
    configName: z.string().optional(),
    canaryConfigId: z.string().optional(),
    status: z.string().describe('not_started, running, succeeded, terminal or canceled'),
    complete: z.boolean(),
    passed: z.boolean().optional().describe('the verdict, once it has ended with one'),
    scores: z.array(ScoreDouble).describe('of its judgements, in order; empty until it has ended'),
    buildTimeMillis: z.number().int(),
    buildTimeIso: z.string(),
  })
  .meta({ id: 'StandaloneAnalysisLine' });
export type AnalysisLine = z.infer<typeof AnalysisLine>;

export const CanaryAnalysisExecutionStatusResponse = z
  .object({
    application: z.string(),
    user: z.string(),
    parentPipelineExecutionId: z.string().optional(),
    pipelineId: z.string(),
    stageStatus: z.array(AnalysisStageView),
    complete: z.boolean(),
    executionStatus: UpperStatus,
    status: z.string().describe('`executionStatus` in lower case'),
    exception: ExecutionException.optional(),
    canaryAnalysisExecutionRequest: CanaryAnalysisExecutionRequest,
    canaryConfig: CanaryConfig,
    canaryConfigId: z.string().optional(),
    canaryAnalysisExecutionResult: CanaryAnalysisExecutionResult.optional().describe('once the analysis has ended'),
    resultsSoFar: CanaryAnalysisExecutionResult.optional().describe(
      "the judgements so far, while the analysis is running; not part of Kayenta's API",
    ),
    fetchReport: z
      .array(MetricFetch)
      .optional()
      .describe('the queries of the judgement in progress, as its run has them; absent: there is none'),
    buildTimeMillis: z.number().int(),
    buildTimeIso: z.string(),
    startTimeMillis: z.number().int().optional(),
    startTimeIso: z.string().optional(),
    endTimeMillis: z.number().int().optional(),
    endTimeIso: z.string().optional(),
    storageAccountName: z.string(),
    metricsAccountName: z.string(),
    warnings: z
      .array(z.string())
      .optional()
      .describe('what was odd about config and request when it was started, a sentence each'),
    callback: Callback.optional().describe('only for an analysis started with a `callbackUrl`'),
  })
  .meta({ id: 'CanaryAnalysisExecutionStatusResponse' });
export type CanaryAnalysisExecutionStatusResponse = z.infer<typeof CanaryAnalysisExecutionStatusResponse>;

/** A stage as stored. Times are milliseconds since 1970. */
export const AnalysisStage = z.object({
  type: z.enum(['wait', 'runCanary']),
  name: z.string(),
  status: z.enum(['not_started', 'running', 'succeeded', 'terminal', 'canceled']),
  /** of a wait: its length and, once started, its end */
  waitMillis: z.number().optional(),
  wakeAt: z.number().optional(),
  /** of a judgement: its window before the control's offset, and the run it started */
  window: z.object({ start: z.number(), end: z.number() }).optional(),
  executionId: z.string().optional(),
  /** of a ramp: the step that it waits for or judges */
  step: RampStep.optional(),
  /** what the judge of an ended judgement carries on to the next */
  carried: z.unknown().optional(),
});
export type AnalysisStage = z.infer<typeof AnalysisStage>;

/** An analysis as stored. */
export interface StandaloneAnalysis extends StartedBy {
  readonly id: string;
  /** incremented by every change; a write based on an older version fails */
  readonly version: number;
  readonly user: string;
  readonly request: CanaryAnalysisExecutionRequest;
  readonly status: ExecutionStatus;
  /** planned at the start, then followed in order; absent before */
  readonly stages?: readonly AnalysisStage[] | undefined;
  readonly exception?: ExecutionException | undefined;
  readonly result?: CanaryAnalysisExecutionResult | undefined;
  readonly buildTime: number;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly callback?: CallbackDelivery | undefined;
  /** why the stored analysis cannot be read; it then counts as ended, whatever is stored */
  readonly unreadable?: string | undefined;
}
