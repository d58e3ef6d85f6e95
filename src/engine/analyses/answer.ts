import { EXECUTION_STATUS } from '../../domain/run.ts';
import type { CanaryAnalysisExecutionStatusResponse, StandaloneAnalysis } from '../../domain/standalone-analysis.ts';
import type { Accounts } from '../accounts.ts';
import { toAnalysisAnswer } from '../answers/analysis.ts';
import type { Analyses } from './analyses.ts';
import { analysisResult } from './result.ts';

interface AnswerParts {
  readonly analyses: Analyses;
  readonly accounts: Accounts;
}

/** An analysis as the API returns it, with the results so far while it is running. */
export async function answerAnalysis(
  { analyses, accounts }: AnswerParts,
  analysis: StandaloneAnalysis,
): Promise<CanaryAnalysisExecutionStatusResponse> {
  if (EXECUTION_STATUS[analysis.status].complete) return toAnalysisAnswer(analysis, undefined);
  const begun = await analyses.judgements(analysis);
  const judgements = begun.filter(({ run }) => EXECUTION_STATUS[run.status].complete);
  const ownResolution = accounts.hasOwnResolution(analysis.metricsAccountName);
  const soFar = analysisResult({ request: analysis.request, judgements, ownResolution });
  const { fetches = [] } = begun.find(({ run }) => !EXECUTION_STATUS[run.status].complete)?.run ?? {};
  const answer = toAnalysisAnswer(analysis, soFar);
  return fetches.length === 0 ? answer : { ...answer, fetchReport: [...fetches] };
}
