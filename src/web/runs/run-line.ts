import { coverageOf, isOverNothing } from '../../domain/coverage.ts';
import { EXECUTION_STATUS, type RunLine } from '../../domain/run.ts';
import type { CanaryAnalysisExecutionStatusResponse } from '../../domain/standalone-analysis.ts';
import { reportProgress } from '../../reports/progress-report.ts';
import type { Score } from '../score-cell.ts';

/** A run or an analysis in the list. */
export interface RunRow {
  readonly id: string;
  readonly application: string;
  readonly config: { readonly id: string; readonly name: string };
  /** in lower case */
  readonly status: string;
  readonly complete: boolean;
  readonly verdict?: string | undefined;
  /** a pass says nothing: nothing could be judged */
  readonly overNothing?: boolean | undefined;
  /** one for a run, one per judgement for an analysis */
  readonly scores: readonly Score[];
  /** the compared scopes: baseline and canary */
  readonly sides: readonly { readonly control: string; readonly experiment: string }[];
  /** while it waits for the end of its window */
  readonly waitsUntilMillis?: number | undefined;
  /** judged although its window had not ended */
  readonly partial?: boolean | undefined;
  /** 0 to 1, while it is not complete */
  readonly progress: number;
  readonly acceptedMillis: number;
  readonly durationMillis?: number | undefined;
  /** why there is no verdict */
  readonly failure?: string | undefined;
}

export function runLine(run: RunLine): RunRow {
  const { request, verdict, score, exception, startTime, endTime, overNothing } = run;
  return {
    id: run.id,
    application: run.application,
    config: { id: run.canaryConfigId, name: run.configName ?? '' },
    status: run.status,
    complete: EXECUTION_STATUS[run.status].complete,
    verdict,
    overNothing,
    scores:
      score === undefined || verdict === undefined
        ? []
        : [{ score, verdict, overNothing, thresholds: request.thresholds ?? {} }],
    sides: Object.values(request.scopes ?? {}).map(({ controlScope, experimentScope }) => ({
      control: controlScope?.scope ?? '',
      experiment: experimentScope?.scope ?? '',
    })),
    waitsUntilMillis: run.status === 'not_started' ? run.waitsUntil : undefined,
    partial: run.partial,
    progress: progressOf(reportProgress(run.stageStatus)),
    acceptedMillis: run.buildTime,
    durationMillis: durationOf({ startTimeMillis: startTime, endTimeMillis: endTime }),
    failure: exception?.details.errors[0] ?? exception?.details.error,
  };
}

export function analysisLine(analysis: CanaryAnalysisExecutionStatusResponse): RunRow {
  const { canaryAnalysisExecutionRequest: request, canaryAnalysisExecutionResult: result, resultsSoFar } = analysis;
  const judgements = (result ?? resultsSoFar)?.canaryExecutionResults ?? [];
  const scores = judgements.flatMap(({ result: judged }): Score[] => {
    if (judged === undefined) return [];
    const { score, results } = judged.judgeResult;
    const overNothing = isOverNothing(coverageOf(results));
    return [{ score: score.score, verdict: score.classification, overNothing, thresholds: request.thresholds ?? {} }];
  });
  const stages = analysis.stageStatus.filter(({ type }) => type === 'runCanary');
  return {
    id: analysis.pipelineId,
    application: analysis.application,
    config: { id: analysis.canaryConfigId ?? 'ad-hoc', name: analysis.canaryConfig.name ?? '' },
    status: analysis.status,
    complete: analysis.complete,
    verdict: result === undefined ? undefined : result.didPassThresholds ? 'Pass' : 'Fail',
    overNothing: scores.at(-1)?.overNothing,
    scores,
    sides: request.scopes.map(({ controlScope = '', experimentScope = '' }) => ({
      control: controlScope,
      experiment: experimentScope,
    })),
    progress: progressOf([
      { done: stages.filter(({ status }) => status === 'SUCCEEDED').length, total: Math.max(1, stages.length) },
    ]),
    acceptedMillis: analysis.buildTimeMillis,
    durationMillis: durationOf(analysis),
    failure: analysis.exception?.details.errors[0] ?? analysis.exception?.details.error,
  };
}

interface Times {
  readonly startTimeMillis?: number | undefined;
  readonly endTimeMillis?: number | undefined;
}

function durationOf({ startTimeMillis, endTimeMillis }: Times): number | undefined {
  return startTimeMillis === undefined || endTimeMillis === undefined ? undefined : endTimeMillis - startTimeMillis;
}

function progressOf(steps: readonly { readonly done: number; readonly total: number }[]): number {
  const total = steps.reduce((sum, step) => sum + step.total, 0);
  return total === 0 ? 0 : steps.reduce((sum, step) => sum + step.done, 0) / total;
}
