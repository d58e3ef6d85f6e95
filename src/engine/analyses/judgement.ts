import type { AnalysisStage, StandaloneAnalysis } from '../../domain/standalone-analysis.ts';
import type { StartRequest } from '../runs/runs.ts';
import { judgementRequest } from './plan.ts';

/** The run that a stage of an analysis starts. */
export function judgementOf(
  analysis: StandaloneAnalysis,
  { window = { start: 0, end: 0 } }: AnalysisStage,
): StartRequest {
  return {
    config: analysis.config,
    canaryConfigId: analysis.canaryConfigId ?? 'ad-hoc',
    request: judgementRequest(analysis.request, window),
    application: analysis.application,
    parentPipelineExecutionId: analysis.parentPipelineExecutionId,
    metricsAccountName: analysis.metricsAccountName,
    storageAccountName: analysis.storageAccountName,
    configurationAccountName: analysis.configurationAccountName,
  };
}
