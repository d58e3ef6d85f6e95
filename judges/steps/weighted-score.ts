import type { CanaryAnalysisResult } from '../../src/domain/canary-judge-result.ts';
import { type CanaryScore, creditOf } from '../../src/domain/score.ts';
import type { Scored } from './capped-score.ts';

/** Kayenta's arithmetic; metrics without any group count alike. */
export function weightedScore(
  { groups, score, failure }: CanaryScore,
  results: readonly CanaryAnalysisResult[],
): Scored {
  if (failure !== undefined || groups.length > 0) return { score, failure };
  const counted = results.filter(({ muted, classification }) => !muted && COUNTED.includes(classification));
  const passed = counted.reduce((sum, result) => sum + creditOf(result), 0);
  return { score: counted.length === 0 ? 100 : Math.round((passed / counted.length) * 10_000) / 100, failure };
}

const COUNTED: readonly string[] = ['Pass', 'High', 'Low', 'NodataFailMetric'];
