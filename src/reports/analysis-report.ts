import { z } from 'zod';
import { CLASSIFICATIONS } from '../domain/canary-judge-result.ts';
import { Ramp, RampStepView } from '../domain/ramp.ts';
import { ExecutionStatus } from '../domain/run.ts';
import {
  CanaryAnalysisExecutionRequestScope,
  type CanaryAnalysisExecutionResult,
  type CanaryAnalysisExecutionStatusResponse,
  type CanaryExecutionResult,
} from '../domain/standalone-analysis.ts';
import { EpochMillis } from '../domain/values/instant.ts';
import { reportWaiting } from '../domain/waiting-report.ts';
import { courseInWords, failuresInWords, nextToDecideInWords } from './course-words.ts';
import { CoverageReport, reportCoverage } from './coverage-report.ts';
import { count, formatDuration, formatNumber } from './format.ts';
import { historyPlan } from './history-report.ts';
import { FailureReport, reportFailure, ThresholdsReport } from './run-report.ts';
import { waitingInWords } from './waiting-words.ts';

const MINUTE = 60_000;

/** One judgement of an analysis, done or planned. */
export const IntervalReport = z
  .object({
    number: z.number().int().describe('from 1'),
    executionId: z.string().optional().describe('id of its run, once it has started'),
    status: ExecutionStatus,
    step: RampStepView.optional().describe('of a ramp: the share of the traffic that it judges'),
    score: z.number().optional(),
    verdict: z.string().optional(),
    window: z.object({ startMillis: EpochMillis, endMillis: EpochMillis }).optional().describe("the baseline's window"),
    metrics: z.array(
      z.object({
        name: z.string(),
        classification: z.enum(CLASSIFICATIONS),
        critical: z.boolean(),
        muted: z.boolean(),
        minutesToDecision: z
          .number()
          .optional()
          .describe('about so many more minutes of data until it decides; absent: it has, never will, or nobody knows'),
      }),
    ),
    coverage: CoverageReport.optional().describe('absent until judged'),
    warnings: z.array(z.string()),
    failure: FailureReport.optional(),
  })
  .meta({ id: 'IntervalReport' });
export type IntervalReport = z.infer<typeof IntervalReport>;

/** The report of an analysis. */
export const AnalysisReport = z
  .object({
    kind: z.literal('analysis'),
    id: z.string(),
    application: z.string(),
    user: z.string(),
    status: ExecutionStatus,
    complete: z.boolean(),
    verdict: z.string().optional().describe('Pass or Fail, once the analysis has ended with a verdict'),
    score: z.number().optional().describe("the last interval's score, which decides"),
    headline: z.string(),
    coverage: CoverageReport.optional().describe('of the last interval that was judged, which decides'),
    warnings: z.array(z.string()).describe('those of the start and of the intervals, each once'),
    thresholds: ThresholdsReport,
    judge: z.string(),
    config: z.object({ id: z.string(), name: z.string().optional() }),
    scopes: z.array(CanaryAnalysisExecutionRequestScope),
    history: z.string().optional().describe('what every judgement is compared with, where the baseline is history'),
    metricsAccountName: z.string(),
    plan: z.object({
      ramp: Ramp.optional().describe('of a ramp: what was planned of it'),
      beginAfterMins: z.number(),
      intervalMins: z.number(),
      lookbackMins: z.number(),
      lifetimeMins: z.number().optional(),
    }),
    acceptedMillis: EpochMillis,
    startedMillis: EpochMillis.optional(),
    endedMillis: EpochMillis.optional(),
    expectedEndMillis: EpochMillis.optional().describe('while the analysis is running'),
    intervals: z.array(IntervalReport).describe('in order, including future ones'),
    failure: FailureReport.optional(),
  })
  .meta({ id: 'AnalysisReport' });
export type AnalysisReport = z.infer<typeof AnalysisReport>;

/** @param now milliseconds since 1970, for the remaining time */
export function reportAnalysis(response: CanaryAnalysisExecutionStatusResponse, now: number): AnalysisReport {
  const { canaryAnalysisExecutionRequest: request, canaryConfig, exception, pipelineId, executionStatus } = response;
  const result = response.canaryAnalysisExecutionResult ?? response.resultsSoFar;
  const intervals = intervalsOf(response, result);
  const coverage = intervals.findLast((interval) => interval.coverage !== undefined)?.coverage;
  const expectedEndMillis = response.complete ? undefined : expectedEnd(response, intervals.length);
  return {
    kind: 'analysis',
    id: pipelineId,
    application: response.application,
    user: response.user,
    status: lower(executionStatus),
    complete: response.complete,
    verdict: verdictOf(response),
    score: intervals.findLast(({ score }) => score !== undefined)?.score,
    headline: [
      headlineOf(response, intervals, expectedEndMillis && expectedEndMillis - now),
      ...(coverage === undefined ? [] : [lastCoverage(coverage, wordOf(intervals))]),
      ...(coverage?.silence === undefined ? [] : [coverage.silence]),
    ].join(' '),
    coverage,
    warnings: [...new Set([...(response.warnings ?? []), ...intervals.flatMap(({ warnings }) => warnings)])],
    thresholds: { pass: request.thresholds?.pass, marginal: request.thresholds?.marginal },
    judge: canaryConfig.judge?.name ?? '',
    config: { id: response.canaryConfigId ?? 'ad-hoc', name: canaryConfig.name },
    scopes: request.scopes,
    history: historyPlan(request.baseline),
    metricsAccountName: response.metricsAccountName,
    plan: planOf(response),
    acceptedMillis: response.buildTimeMillis,
    startedMillis: response.startTimeMillis,
    endedMillis: response.endTimeMillis,
    expectedEndMillis,
    intervals,
    failure: exception && reportFailure(exception),
  };
}

function lastCoverage({ judged, text, unpaired }: CoverageReport, word: string): string {
  const words = `In the last ${word} ${text}`;
  return judged > 0 || unpaired === undefined ? `${words}.` : `${words}: ${unpaired}`;
}

/** "Interval 3", or "Step 2 at 5 %" in a ramp */
export function intervalName({ number, step }: Pick<IntervalReport, 'number' | 'step'>): string {
  return step === undefined ? `Interval ${number}` : `Step ${step.number} at ${formatNumber(step.share)} %`;
}

/** What its intervals are called. */
export function wordOf(intervals: readonly IntervalReport[]): 'step' | 'interval' {
  return intervals.some(({ step }) => step !== undefined) ? 'step' : 'interval';
}

/** Whether it has begun, or never will: what a list shows. */
export function isBegun({ executionId, status }: IntervalReport): boolean {
  return executionId !== undefined || status === 'canceled';
}

/** What else is to be said of an interval. */
export function intervalNotes({ warnings, step, status, executionId }: IntervalReport): string[] {
  return [
    ...(step?.overrides ? ['It was announced although the step before had not passed.'] : []),
    ...(step !== undefined && status === 'canceled' && executionId === undefined ? ['It was never judged.'] : []),
    ...warnings,
  ];
}

/** The metrics that did not pass in an interval, in words. */
export function failedIn({ metrics, failure }: IntervalReport): string {
  const failed = metrics.filter(({ classification, muted }) => !muted && /^(High|Low|NodataFail)/.test(classification));
  return failure?.message ?? failed.map(({ name }) => name).join(', ');
}

function intervalsOf(
  { stageStatus }: CanaryAnalysisExecutionStatusResponse,
  result: CanaryAnalysisExecutionResult | undefined,
): IntervalReport[] {
  const results = new Map((result?.canaryExecutionResults ?? []).map((entry) => [entry.executionId, entry]));
  return stageStatus
    .filter(({ type }) => type === 'runCanary')
    .map(({ executionId, status, step }, index) => ({
      number: index + 1,
      executionId,
      status: lower(status),
      ...(step === undefined ? {} : { step }),
      ...judged(results.get(executionId ?? '')),
    }));
}

function judged(entry: CanaryExecutionResult | undefined) {
  const { judgementStartTimeMillis: startMillis, judgementEndTimeMillis: endMillis, result, exception } = entry ?? {};
  const { score, classification } = result?.judgeResult.score ?? {};
  return {
    score,
    verdict: classification,
    window: startMillis === undefined || endMillis === undefined ? undefined : { startMillis, endMillis },
    metrics: (result?.judgeResult.results ?? []).map(({ name, classification: label, critical, muted, evidence }) => {
      const minutes = evidence?.minutesToDecision ?? 0;
      const open = minutes > 0 && Number.isFinite(minutes) ? { minutesToDecision: minutes } : {};
      return { name, classification: label, critical, muted, ...open };
    }),
    coverage: result && reportCoverage(result.judgeResult.results),
    warnings: entry?.warnings ?? [],
    failure: exception && reportFailure(exception),
  };
}

function verdictOf({ canaryAnalysisExecutionResult, exception }: CanaryAnalysisExecutionStatusResponse) {
  if (canaryAnalysisExecutionResult === undefined || exception !== undefined) return undefined;
  return canaryAnalysisExecutionResult.didPassThresholds ? 'Pass' : 'Fail';
}

function headlineOf(
  { status, complete, exception, fetchReport, ...analysis }: CanaryAnalysisExecutionStatusResponse,
  intervals: readonly IntervalReport[],
  leftMillis: number | undefined,
): string {
  if (status === 'canceled') return 'The analysis was canceled.';
  if (exception !== undefined) return 'The analysis ended without a verdict.';
  const scored = intervals.filter(({ score }) => score !== undefined);
  const failures = failuresInWords(scored);
  const { canaryAnalysisExecutionResult: result, canaryAnalysisExecutionRequest: request } = analysis;
  if (complete) return spaced(result?.canaryScoreMessage ?? 'The analysis has ended.', failures);
  const course = courseInWords(scored, request.thresholds?.pass);
  const left = leftMillis === undefined || leftMillis <= 0 ? '' : `About ${formatDuration(roundUp(leftMillis))} left.`;
  const waiting = reportWaiting(fetchReport ?? []).map(waitingInWords);
  const trouble = waiting.length === 0 ? '' : `The next is under way; ${waiting.join('. ')}.`;
  return spaced(
    `${scored.length} of ${count(intervals.length, wordOf(intervals))} judged.`,
    course,
    failures,
    nextToDecideInWords(scored),
    left,
    trouble,
  );
}

function spaced(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** Seconds do not matter in hours. */
function roundUp(millis: number): number {
  return Math.ceil(millis / MINUTE) * MINUTE;
}

function planOf({ canaryAnalysisExecutionRequest: request, stageStatus }: CanaryAnalysisExecutionStatusResponse) {
  const { ramp, beginAfterMins, lookbackMins, lifetimeDurationMins: lifetime } = request;
  const { analysisIntervalMins: asked = 0 } = request;
  if (ramp !== undefined) return { ramp, beginAfterMins, lookbackMins, intervalMins: asked, lifetimeMins: lifetime };
  const whole = lifetime ?? asked;
  const isOnce = asked === 0 || asked > whole || stageStatus.length === 0;
  return { beginAfterMins, lookbackMins, intervalMins: isOnce ? whole : asked, lifetimeMins: lifetime };
}

/** Undefined when the analysis does not wait, since past windows are judged at once, and for a ramp. */
function expectedEnd(response: CanaryAnalysisExecutionStatusResponse, judgements: number): number | undefined {
  const { scopes, ramp } = response.canaryAnalysisExecutionRequest;
  if (ramp !== undefined || scopes[0]?.endTimeIso !== undefined || judgements === 0) return undefined;
  const { beginAfterMins, intervalMins } = planOf(response);
  const begin = response.startTimeMillis ?? response.buildTimeMillis;
  return begin + (beginAfterMins + judgements * intervalMins) * MINUTE;
}

function lower(status: CanaryAnalysisExecutionStatusResponse['executionStatus']): IntervalReport['status'] {
  return status.toLowerCase() as IntervalReport['status'];
}
