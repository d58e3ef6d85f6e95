import { EXECUTION_STATUS } from '../domain/run.ts';
import type { CanaryAnalysisExecutionStatusResponse, StandaloneAnalysis } from '../domain/standalone-analysis.ts';
import { analysisResult } from '../engine/analyses/result.ts';
import { toAnalysisResponse } from '../engine/answers/analysis.ts';
import type { Service } from './service.ts';

/** An analysis as it is answered, with what its judgements say so far while it runs. */
export async function answerAnalysis(
  { analyses, accounts }: Service,
  analysis: StandaloneAnalysis,
): Promise<CanaryAnalysisExecutionStatusResponse> {
  if (EXECUTION_STATUS[analysis.status].complete) return toAnalysisResponse(analysis, undefined);
  const begun = await analyses.judgements(analysis);
  const judgements = begun.filter(({ run }) => EXECUTION_STATUS[run.status].complete);
  const metricsAccountType = accounts.views().find(({ name }) => name === analysis.metricsAccountName)?.type ?? '';
  return toAnalysisResponse(analysis, analysisResult({ request: analysis.request, judgements, metricsAccountType }));
}
