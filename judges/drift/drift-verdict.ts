import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { type ScoreRules, scoreCanary } from '../../src/domain/score.ts';
import { cappedScore, type Worst } from '../steps/capped-score.ts';
import { weightedScore } from '../steps/weighted-score.ts';
import type { DriftSeries } from './drift-metrics.ts';

/** The verdict on the canary, from the metrics that have drifted; an average would hide what was proven of one. */
export function driftVerdict(
  series: readonly DriftSeries[],
  results: readonly CanaryAnalysisResult[],
  rules: Omit<ScoreRules, 'order'>,
): Pick<CanaryJudgeResult, 'groupScores' | 'score'> {
  const scored = results.map((result) => {
    const isInconclusive = result.classification === 'Nodata';
    const groups = result.groups ?? [];
    return { ...result, groups, critical: false, ...(isInconclusive && { classification: 'Error' as const }) };
  });
  // What fails whatever the groups score is decided below.
  const { failure: _, ...weighted } = scoreCanary(scored, rules);
  const groupScores = weighted.groups.map(({ name, score }) => {
    return { name, score, classification: '', classificationReason: '' };
  });
  return {
    groupScores,
    score: cappedScore(weightedScore(weighted, results), worstOf(series, results), rules.thresholds),
  };
}

function worstOf(series: readonly DriftSeries[], results: readonly CanaryAnalysisResult[]): Worst {
  // By name: what is said of a canary does not depend on the order of its metrics.
  const counted = results
    .map((result, index) => ({ result, importance: series[index]?.rules.importance ?? 'normal' }))
    .filter(({ result }) => !result.muted)
    .toSorted((one, other) => (one.result.name < other.result.name ? -1 : 1));
  const having = (clause: string) => counted.filter(({ result }) => result.evidence?.clause === clause);
  const [drifted, untested] = [having('drift'), having('notTested')];
  const atOnce = counted.filter(({ result }) => result.critical);
  if (atOnce.length > 0) return { at: 'zero', reason: `Canary Failed, by a critical metric: ${namesOf(atOnce)}` };
  if (untested.length === counted.length) return { at: 'zero', reason: 'Canary Failed: no metric could be tested' };
  const failing = drifted.filter(({ importance }) => importance !== 'advisory');
  if (failing.length > 0) return { at: 'belowMarginal', reason: `Canary Failed: ${namesOf(failing)}` };
  const doubtful = untested.filter(({ importance }) => importance !== 'advisory');
  if (doubtful.length > 0) return { at: 'belowPass', reason: `Marginal at best: ${namesOf(doubtful)}` };
  return { at: 'asScored', reason: drifted.length === 0 ? '' : `The score is lowered by ${namesOf(drifted)}` };
}

function namesOf(metrics: readonly { readonly result: CanaryAnalysisResult }[]): string {
  return metrics
    .map(
      ({ result: { name, evidence } }) =>
        `${name} (${evidence?.clause === 'drift' ? 'has drifted' : 'could not be tested'})`,
    )
    .join(', ');
}
