import { wasJudged } from '../domain/coverage.ts';
import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import type { CanaryAnalysisExecutionStatusResponse, CanaryExecutionResult } from '../domain/standalone-analysis.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { MOST_FAILED, type VerdictName, type VerdictReport } from '../domain/verdict-report.ts';
import { type AnalysisReport, reportAnalysis } from './analysis-report.ts';
import { type RunReport, reportRun } from './run-report.ts';
import { isFailure, reasonOfAnalysis, reasonOfRun } from './verdict-reason.ts';
import { jsonBytes, withinBytes } from './within-bytes.ts';

/** Argo keeps ten answers in one object; nobody should have to pay for a long name. */
const MOST_BYTES = 2000;
const MOST_ADDRESS_BYTES = 250;
const MOST_NAME_BYTES = 70;
const MOST_REASON_BYTES = 600;
/** Of what the rest leaves, where that is little; the names share the other half. */
const SHARE_OF_REASON = 0.5;
/** The quotation marks and comma of a name in a list. */
const MARKS_BYTES = 3;

export interface VerdictContext {
  /** milliseconds since 1970 */
  readonly nowMillis: number;
  /** of the service, `https://haldane.example.com`; empty: not known */
  readonly address: string;
}

/** The verdict of a run. */
export async function verdictOfRun(
  run: CanaryExecutionStatusResponse,
  context: VerdictContext,
): Promise<VerdictReport> {
  const report = await reportRun({ run, pairs: [] });
  const verdict = verdictOfReport(report);
  const judgeReason = run.result?.judgeResult.score.classificationReason ?? '';
  return small({
    verdict,
    done: verdict !== 'running',
    ...judgedFields(verdict, report),
    reason: reasonOfRun(verdict, report, judgeReason),
    ...progressOfRun(run, report, context.nowMillis),
    links: linksOf(run.pipelineId, context),
  });
}

/** The verdict of an analysis: that of its last judgement, once it has ended. */
export async function verdictOfAnalysis(
  response: CanaryAnalysisExecutionStatusResponse,
  context: VerdictContext,
): Promise<VerdictReport> {
  const analysis = reportAnalysis(response, context.nowMillis);
  const run = lastJudgement(response);
  const last = await reportRun({ run, pairs: [] });
  const verdict = unlessContradicted(verdictOfReport({ ...last, ...stateOf(analysis) }), analysis);
  const judgeReason = run.result?.judgeResult.score.classificationReason ?? '';
  return small({
    verdict,
    done: verdict !== 'running',
    ...judgedFields(verdict, last),
    reason: reasonOfAnalysis(verdict, analysis, { last, judgeReason, nowMillis: context.nowMillis }),
    ...progressOfAnalysis(analysis, context.nowMillis),
    links: linksOf(response.pipelineId, context),
  });
}

/** An analysis that has not passed by its own account is none that passes. */
function unlessContradicted(verdict: VerdictName, analysis: AnalysisReport): VerdictName {
  return verdict === 'pass' && analysis.verdict !== 'Pass' ? 'error' : verdict;
}

/** Whether it has ended, and how, is said by the analysis. */
function stateOf({ status, complete, failure }: AnalysisReport): Pick<RunReport, 'status' | 'complete' | 'failure'> {
  return { status, complete, failure };
}

function lastJudgement(response: CanaryAnalysisExecutionStatusResponse): CanaryExecutionStatusResponse {
  const { canaryExecutionResults = [] } = response.canaryAnalysisExecutionResult ?? response.resultsSoFar ?? {};
  const { result } = canaryExecutionResults.at(-1) ?? {};
  return judgementAsRun(response, result === undefined ? {} : { result });
}

/** A judgement of an analysis as a run of its own; one without a result when nothing was judged. */
export function judgementAsRun(
  response: CanaryAnalysisExecutionStatusResponse,
  { result, exception }: Pick<CanaryExecutionResult, 'result' | 'exception'>,
): CanaryExecutionStatusResponse {
  const { thresholds } = response.canaryAnalysisExecutionRequest;
  return {
    ...{ application: response.application, pipelineId: response.pipelineId, stageStatus: {} },
    ...{ complete: response.complete, status: response.complete ? 'succeeded' : 'running' },
    ...{ config: response.canaryConfig, canaryConfigId: response.canaryConfigId ?? 'ad-hoc' },
    canaryExecutionRequest: { scopes: {}, ...(thresholds === undefined ? {} : { thresholds }) },
    ...(result === undefined ? {} : { result }),
    ...(exception === undefined ? {} : { exception }),
    ...{ buildTimeMillis: response.buildTimeMillis, buildTimeIso: response.buildTimeIso },
    ...{ storageAccountName: response.storageAccountName, metricsAccountName: response.metricsAccountName },
  };
}

function verdictOfReport(report: RunReport): VerdictName {
  const { status, complete, failure, verdict, score, coverage, metrics } = report;
  if (status === 'canceled') return 'canceled';
  if (!complete) return 'running';
  if (failure !== undefined || score === undefined || !Number.isFinite(score)) return 'error';
  const overNothing = coverage?.overNothing !== false;
  if (verdict === 'Pass') return overNothing ? 'nodata' : 'pass';
  if (verdict === 'Marginal') {
    return overNothing && !metrics.some(({ standing }) => standing === 'inconclusive') ? 'nodata' : 'marginal';
  }
  if (verdict !== 'Fail') return 'error';
  return metrics.some(isFailure) || !isMostlySilent(report) ? 'fail' : 'nodata';
}

/** No metric failed; that half of them or more have no data is why the judge lets the canary fail. */
function isMostlySilent({ coverage, metrics }: RunReport): boolean {
  if (coverage === undefined || coverage.overNothing) return true;
  const counted = metrics.filter(({ muted }) => !muted);
  const silent = counted.filter(({ classification }) => classification === 'Nodata');
  return silent.length * 2 >= counted.length;
}

const JUDGED: readonly VerdictName[] = ['pass', 'marginal', 'fail'];

function judgedFields(verdict: VerdictName, { score = 0, thresholds, metrics }: RunReport) {
  const isDone = verdict !== 'running';
  const counts = metrics.filter(({ result }) => result !== undefined && !result.muted && wasJudged(result));
  return {
    score: JUDGED.includes(verdict) ? score : null,
    thresholds: { pass: thresholds.pass ?? null, marginal: thresholds.marginal ?? null },
    failed: isDone ? namesOf(metrics.filter(isFailure)).slice(0, MOST_FAILED) : [],
    counted: isDone ? namesOf(counts).length : 0,
    metrics: namesOf(metrics).length,
  };
}

/** Each once: a metric may have many series. */
function namesOf(metrics: RunReport['metrics']): string[] {
  return [...new Set(metrics.map(({ name }) => name))];
}

type Progress = Pick<VerdictReport, 'progress' | 'secondsLeft'>;
const DONE: Progress = { progress: 1, secondsLeft: 0 };
/** Of a run that waits for its window; the queries and the judge take the rest. */
const SHARE_OF_WAIT = 0.9;

function progressOfRun({ buildTimeMillis, partial }: CanaryExecutionStatusResponse, report: RunReport, now: number) {
  const { complete, waitsUntilMillis, progress, scopes } = report;
  if (complete) return DONE;
  if (waitsUntilMillis !== undefined) {
    const share = shareOf(now - buildTimeMillis, waitsUntilMillis - buildTimeMillis);
    return { progress: rounded(SHARE_OF_WAIT * share), secondsLeft: secondsUntil(waitsUntilMillis, now) };
  }
  const ends = scopes.flatMap(({ control, experiment }) => [control?.end, experiment?.end]);
  const waited = !partial && ends.some((end) => end !== undefined && instantMillis(end) > buildTimeMillis);
  const of = progress.reduce((sum, { total }) => sum + total, 0);
  const share = shareOf(
    progress.reduce((sum, { done }) => sum + done, 0),
    of,
  );
  return { progress: rounded(waited ? SHARE_OF_WAIT + (1 - SHARE_OF_WAIT) * share : share), secondsLeft: null };
}

function progressOfAnalysis({ complete, intervals, ...report }: AnalysisReport, now: number): Progress {
  if (complete) return DONE;
  const { expectedEndMillis, startedMillis, acceptedMillis } = report;
  if (expectedEndMillis === undefined) {
    const judged = intervals.filter(({ score }) => score !== undefined).length;
    return { progress: rounded(shareOf(judged, intervals.length)), secondsLeft: null };
  }
  const begun = startedMillis ?? acceptedMillis;
  const share = shareOf(now - begun, expectedEndMillis - begun);
  return { progress: rounded(share), secondsLeft: secondsUntil(expectedEndMillis, now) };
}

/** Below 1: it is not done. */
function shareOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(0.99, Math.max(0, part / whole));
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

function secondsUntil(millis: number, now: number): number {
  return Math.max(0, Math.ceil((millis - now) / 1000));
}

/** The page of a run or an analysis. */
export function linksOf(id: string, { address }: Pick<VerdictContext, 'address'>): VerdictReport['links'] {
  const path = `/reports/${encodeURIComponent(id)}`;
  return { report: jsonBytes(address) > MOST_ADDRESS_BYTES ? path : `${address}${path}` };
}

/** The verdict with its sentence and its names cut, so that it is below 2 KB as JSON. */
export function small<Small extends Pick<VerdictReport, 'reason' | 'failed'>>(verdict: Small): Small {
  const left = MOST_BYTES - Buffer.byteLength(JSON.stringify({ ...verdict, reason: '', failed: [] }));
  const reason = withinBytes(verdict.reason, Math.min(MOST_REASON_BYTES, left * SHARE_OF_REASON));
  const each = (left - jsonBytes(reason)) / MOST_FAILED - MARKS_BYTES;
  const failed = verdict.failed.map((name) => withinBytes(name, Math.min(MOST_NAME_BYTES, each)));
  return { ...verdict, reason, failed };
}
