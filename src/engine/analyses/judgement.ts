import type { Look } from '../../domain/look.ts';
import type { Run } from '../../domain/run.ts';
import type { AnalysisStage, StandaloneAnalysis } from '../../domain/standalone-analysis.ts';
import type { StartedBy } from '../../domain/started-by.ts';
import type { Runs, StartRun } from '../runs/runs.ts';
import { judgementRequest } from './plan.ts';

/** A run of an analysis, with the window it judges before the control's offset. */
export interface Judgement {
  readonly run: Run;
  readonly window: { start: number; end: number };
}

/** The run that a stage of an analysis starts, now or when its time has come. */
export function judgementOf(
  analysis: StartedBy & Pick<StandaloneAnalysis, 'request' | 'stages'>,
  stage: AnalysisStage,
  openWindow: 'at once' | 'later' = 'at once',
): StartRun {
  return {
    config: analysis.config,
    canaryConfigId: analysis.canaryConfigId ?? 'ad-hoc',
    request: requestOf(analysis, stage),
    openWindow,
    application: analysis.application,
    parentPipelineExecutionId: analysis.parentPipelineExecutionId,
    metricsAccountName: analysis.metricsAccountName,
    storageAccountName: analysis.storageAccountName,
    configurationAccountName: analysis.configurationAccountName,
    warnings: analysis.warnings,
    trace: analysis.trace,
    look: lookOf(analysis, stage),
  };
}

/** Of a step of a ramp with the share that was announced. */
function requestOf({ request }: Pick<StandaloneAnalysis, 'request'>, { window, step }: AnalysisStage) {
  const judged = judgementRequest(request, window ?? { start: 0, end: 0 });
  return step === undefined ? judged : { ...judged, trafficPercent: step.share };
}

/** Which of the judgements it is, with what those before carry on; undefined for the only one. */
function lookOf(
  { stages = [], request }: Pick<StandaloneAnalysis, 'stages' | 'request'>,
  { name, step }: AnalysisStage,
): Look | undefined {
  const looks = stages.filter(({ type }) => type === 'runCanary');
  const place = looks.findIndex((look) => look.name === name);
  const number = place + 1;
  if (number === 0) return undefined;
  const { carried } = looks.slice(0, place).findLast((look) => look.carried !== undefined) ?? {};
  const before = carried === undefined ? {} : { carried };
  if (request.ramp === undefined) return looks.length < 2 ? undefined : { number, of: looks.length, ...before };
  const { shares } = request.ramp;
  if (shares === undefined || step === undefined) return { number, ...before };
  return { number: shares.indexOf(step.share) + 1, of: shares.length, ...before };
}

/** The judgements an analysis has started, in order. */
export async function begunJudgements(
  runs: Pick<Runs, 'find'>,
  { stages = [] }: StandaloneAnalysis,
): Promise<Judgement[]> {
  const found: Judgement[] = [];
  for (const { executionId, window } of stages) {
    const run = executionId === undefined ? undefined : await runs.find(executionId);
    if (run !== undefined && window !== undefined) found.push({ run, window });
  }
  return found;
}

/** Cancels the run of a stage, if there is one. */
export async function cancelJudgement(
  runs: Pick<Runs, 'find' | 'cancel'>,
  executionId: string | undefined,
): Promise<void> {
  if (executionId !== undefined && (await runs.find(executionId))) await runs.cancel(executionId);
}
