import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { type ScoreRules, scoreCanary } from '../../src/domain/score.ts';
import { CanaryError } from '../../src/errors.ts';

/**
 * The score as a judge's result has it.
 *
 * @throws CanaryError JUDGEMENT_FAILED when a metric that takes part is in no group
 */
export function scoreResults(
  results: readonly CanaryAnalysisResult[],
  rules: ScoreRules,
): Pick<CanaryJudgeResult, 'groupScores' | 'score'> {
  for (const result of results) checkGroups(result);
  const { groups, score, verdict, failure = '' } = scoreCanary(results, rules);
  return {
    groupScores: groups.map(({ name, score }) => ({ name, score, classification: '', classificationReason: '' })),
    score: { score, classification: verdict, classificationReason: failure },
  };
}

function checkGroups({ name, groups, muted }: CanaryAnalysisResult): void {
  if (muted || groups !== undefined) return;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${name}' has no 'groups'; write the groups it counts in, [] for none, or mute it.`,
  );
}
