import type { CanaryClassifierThresholdsConfig, CanaryConfig } from './canary-config.ts';
import type { CanaryJudgeResult } from './canary-judge-result.ts';
import type { MetricSetPair } from './metric-set-pair.ts';

/** All a judge may look at. */
export interface JudgeRequest {
  readonly canaryConfig: CanaryConfig;
  readonly scoreThresholds: CanaryClassifierThresholdsConfig;
  readonly metricSetPairList: readonly MetricSetPair[];
}

/**
 * Pairs in, verdict out. No clock and no unseeded randomness: the same request gives the same bytes.
 *
 * A request that cannot be judged throws `CanaryError('JUDGEMENT_FAILED', …)` naming the metric and the reason.
 */
export interface CanaryJudge {
  /** "NetflixACAJudge-v1.0"; what a config writes in `judge.name`. */
  readonly name: string;
  /** Whether pickers offer it. */
  readonly visible: boolean;
  judge(request: JudgeRequest, signal: AbortSignal): CanaryJudgeResult | Promise<CanaryJudgeResult>;
}
