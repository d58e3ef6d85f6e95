import type { RampStep, RampStepView } from '../../domain/ramp.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import type {
  AnalysisLine,
  AnalysisStageView,
  CanaryAnalysisExecutionResult,
  CanaryAnalysisExecutionStatusResponse,
  StandaloneAnalysis,
} from '../../domain/standalone-analysis.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { toCallbackAnswer } from './callback.ts';
import { times } from './times.ts';

type StageView = (typeof AnalysisStageView)['_output'];
type UpperStatus = StageView['status'];

/** An analysis as the API returns it; `soFar` holds the results while it is running. */
export function toAnalysisAnswer(
  analysis: StandaloneAnalysis,
  soFar: CanaryAnalysisExecutionResult | undefined,
): CanaryAnalysisExecutionStatusResponse {
  const { parentPipelineExecutionId, canaryConfigId, exception, result } = analysis;
  const { complete } = EXECUTION_STATUS[analysis.status];
  return {
    application: analysis.application,
    user: analysis.user,
    ...(parentPipelineExecutionId === undefined ? {} : { parentPipelineExecutionId }),
    pipelineId: analysis.id,
    stageStatus: stageViews(analysis),
    complete,
    executionStatus: upper(analysis.status),
    status: analysis.status,
    ...(exception === undefined ? {} : { exception }),
    canaryAnalysisExecutionRequest: analysis.request,
    canaryConfig: analysis.config,
    ...(canaryConfigId === undefined ? {} : { canaryConfigId }),
    ...(result === undefined ? {} : { canaryAnalysisExecutionResult: result }),
    ...(complete || soFar === undefined || soFar.canaryScores.length === 0 ? {} : { resultsSoFar: soFar }),
    buildTimeMillis: analysis.buildTime,
    buildTimeIso: toInstant(analysis.buildTime),
    ...times('start', analysis.startTime),
    ...times('end', analysis.endTime),
    storageAccountName: analysis.storageAccountName,
    metricsAccountName: analysis.metricsAccountName,
    ...(analysis.warnings === undefined || analysis.warnings.length === 0 ? {} : { warnings: [...analysis.warnings] }),
    ...(analysis.callback === undefined ? {} : { callback: toCallbackAnswer(analysis.callback) }),
  };
}

/** An analysis in a list. */
export function toAnalysisLine(analysis: StandaloneAnalysis): AnalysisLine {
  const { id, application, config, canaryConfigId, status, result, buildTime } = analysis;
  return {
    pipelineId: id,
    application,
    ...(config.name === undefined ? {} : { configName: config.name }),
    ...(canaryConfigId === undefined ? {} : { canaryConfigId }),
    status,
    complete: EXECUTION_STATUS[status].complete,
    ...(result === undefined ? {} : { passed: result.didPassThresholds }),
    scores: [...(result?.canaryScores ?? [])],
    buildTimeMillis: buildTime,
    buildTimeIso: toInstant(buildTime),
  };
}

/** The stages in order, then the stage that planned them and, once the analysis has ended, the one that closed it. */
function stageViews({ stages = [], status, result, exception }: StandaloneAnalysis): StageView[] {
  const views = stages.map(
    ({ type, name, status: stage, executionId, step }): StageView => ({
      type,
      name,
      status: upper(stage),
      ...(executionId === undefined ? {} : { executionId }),
      ...(step === undefined ? {} : { step: toStepView(step) }),
    }),
  );
  const closed = result !== undefined || (status === 'terminal' && exception !== undefined);
  const closing: StageView = {
    type: 'generateCanaryAnalysisResultStage',
    name: 'Aggregate the judgements and evaluate the last score',
    status: result === undefined ? 'TERMINAL' : 'SUCCEEDED',
  };
  return [
    ...views,
    {
      type: 'setupAndExecuteCanariesStage',
      name: 'Plan the judgements and run them',
      status: upper(status),
    },
    ...(closed ? [closing] : []),
  ];
}

function toStepView({ number, share, minutes, announcedAt, overrides = false }: RampStep): RampStepView {
  const announced = { announcedTimeIso: toInstant(announcedAt), announcedTimeMillis: announcedAt };
  return { number, share, minutes, ...announced, overrides };
}

function upper(status: StandaloneAnalysis['status']): UpperStatus {
  return status.toUpperCase() as UpperStatus;
}
