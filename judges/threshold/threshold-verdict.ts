import type { CanaryAnalysisResult, CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import { type ScoreRules, scoreCanary } from '../../src/domain/score.ts';
import { cappedScore, type Worst } from '../steps/capped-score.ts';
import { weightedScore } from '../steps/weighted-score.ts';
import type { LimitedMetric } from './limited-metric.ts';
import type { ThresholdSettings } from './threshold-settings.ts';

interface VerdictParts {
  readonly limited: readonly LimitedMetric[];
  /** in the order of `limited` */
  readonly results: readonly CanaryAnalysisResult[];
  readonly rules: Omit<ScoreRules, 'order'>;
  readonly verdict: ThresholdSettings['verdict'];
}

/** The verdict on the canary: from the broken limits, or from the score alone. */
export function thresholdVerdict(parts: VerdictParts): Pick<CanaryJudgeResult, 'groupScores' | 'score'> {
  const { results, rules } = parts;
  const grouped = results.map((result) => ({ ...result, groups: result.groups ?? [], critical: false }));
  // What fails whatever the groups score is decided below.
  const { failure: _, ...weighted } = scoreCanary(grouped, rules);
  const groupScores = weighted.groups.map(({ name, score }) => {
    return { name, score, classification: '', classificationReason: '' };
  });
  const score = weightedScore(weighted, results);
  return { groupScores, score: cappedScore(score, worstOf(parts), rules.thresholds) };
}

function worstOf({ limited, results, verdict }: VerdictParts): Worst {
  // By name: what is said of a canary does not depend on the order of its metrics.
  const counted = results
    .map((result, index) => ({ result, importance: limited[index]?.rules.importance ?? 'normal' }))
    .filter(({ result }) => !result.muted && result.evidence?.clause !== 'noLimits')
    .toSorted((one, other) => (one.result.name < other.result.name ? -1 : 1));
  const failed = counted.filter(({ result }) => FAILED.includes(result.evidence?.clause ?? ''));
  const atOnce = failed.filter(({ importance }) => importance === 'critical');
  if (atOnce.length > 0) return { at: 'zero', reason: `Canary Failed, by a critical metric: ${namesOf(atOnce)}` };
  if (counted.every(({ result }) => result.evidence?.clause === 'limitUnchecked')) {
    const why = counted.length === 0 ? 'no metric that counts has limits' : 'nothing could be held against the limits';
    return { at: 'zero', reason: `Canary Failed: ${why}` };
  }
  if (verdict === 'weightedScore') {
    return { at: 'asScored', reason: failed.length === 0 ? '' : `The score is lowered by ${namesOf(failed)}` };
  }
  const failing = failed.filter(({ importance }) => importance !== 'advisory');
  if (failing.length > 0) return { at: 'belowMarginal', reason: `Canary Failed: ${namesOf(failing)}` };
  const warned = counted.filter(
    ({ result, importance }) => result.evidence?.clause === 'warning' && importance !== 'advisory',
  );
  if (warned.length > 0) return { at: 'belowPass', reason: `Marginal at best, a warning: ${namesOf(warned)}` };
  return { at: 'asScored', reason: failed.length === 0 ? '' : `The score is lowered by ${namesOf(failed)}` };
}

const FAILED: readonly string[] = ['beyondLimit', 'limitUnchecked'];

function namesOf(metrics: readonly { readonly result: CanaryAnalysisResult }[]): string {
  return metrics
    .map(({ result: { name, classification } }) => `${name} (${WORDS[classification] ?? classification})`)
    .join(', ');
}

const WORDS: Readonly<Record<string, string>> = { NodataFailMetric: 'nothing to hold against its limits' };
