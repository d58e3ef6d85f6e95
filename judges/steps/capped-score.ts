import type { CanaryClassifierThresholdsConfig } from '../../src/domain/canary-config.ts';
import type { CanaryJudgeScore, Verdict } from '../../src/domain/canary-judge-result.ts';

/** A weighted score, and why the canary fails whatever it is. */
export interface Scored {
  readonly score: number;
  readonly failure: string | undefined;
}

/** What a canary must not be called better than, and why. */
export interface Worst {
  readonly at: 'zero' | 'belowMarginal' | 'belowPass' | 'asScored';
  readonly reason: string;
}

/** Just below a threshold, as a client sees it that cuts the score off to a whole number. */
const BELOW = 0.01;

/** The score, lowered to what the verdict says: clients of Kayenta compare the score with the thresholds themselves. */
export function cappedScore(
  { score, failure }: Scored,
  worst: Worst,
  thresholds: CanaryClassifierThresholdsConfig,
): CanaryJudgeScore {
  const { pass = 0, marginal = 0 } = thresholds;
  const hasFailed = worst.at === 'zero' || worst.at === 'belowMarginal';
  const reason = hasFailed ? worst.reason : (failure ?? worst.reason);
  const most = { zero: 0, belowMarginal: Math.min(marginal, pass) - BELOW, belowPass: pass - BELOW, asScored: 100 }[
    worst.at
  ];
  const value = Math.max(0, Math.min(score, round(most)));
  const byScore = verdictOf(value, pass, marginal);
  // Thresholds of 0 let every score pass; what failed must not.
  const mustFail = hasFailed || failure !== undefined;
  const classification: Verdict = mustFail
    ? 'Fail'
    : worst.at === 'belowPass' && byScore === 'Pass'
      ? 'Marginal'
      : byScore;
  return { score: value, classification, classificationReason: reason };
}

function verdictOf(score: number, pass: number, marginal: number): Verdict {
  if (score >= pass) return 'Pass';
  return score >= marginal ? 'Marginal' : 'Fail';
}

function round(score: number): number {
  return Math.round(score * 100) / 100;
}
