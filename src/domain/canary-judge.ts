import type { z } from 'zod';
import type { CanaryClassifierThresholdsConfig, CanaryConfig } from './canary-config.ts';
import type { CanaryJudgeResult } from './canary-judge-result.ts';
import type { MetricSetPair } from './metric-set-pair.ts';

/** All a judge may look at. */
export interface JudgeRequest {
  readonly canaryConfig: CanaryConfig;
  readonly scoreThresholds: CanaryClassifierThresholdsConfig;
  readonly metricSetPairList: readonly MetricSetPair[];
}

/** The judge elsewhere: a config that names it has its series judged by another service. */
export const REMOTE_JUDGE = 'RemoteJudge-v1.0';

/** What a judge cannot do without: `classifier`, a config that has one, so that a run without it is refused. */
export type JudgeNeed = 'classifier';

/**
 * Pairs in, verdict out. No clock and no unseeded randomness: the same request gives the same bytes.
 *
 * A request that cannot be judged throws `CanaryError('JUDGEMENT_FAILED', …)` naming the metric and the reason.
 *
 * `Settings` and `MetricSettings` are the one place where the settings of a judge are written down. Submitting a run,
 * `POST /canaryConfig/validate`, the editor, the page of a config and the OpenAPI document read them: a field's
 * `.describe()` is its help text, its `title` (`.meta`) its label, and a check's message is the remedy.
 */
export interface CanaryJudge {
  /** "NetflixACAJudge-v1.0"; what a config writes in `judge.name`. */
  readonly name: string;
  /** Whether pickers offer it. */
  readonly visible: boolean;
  readonly needs?: readonly JudgeNeed[];
  /** What `judge.judgeConfigurations` may say: an object, in which nothing is required. */
  readonly Settings: z.ZodType;
  /** What `analysisConfigurations.canary` of a metric may say: an object, in which nothing is required. */
  readonly MetricSettings: z.ZodType;
  judge(request: JudgeRequest, signal: AbortSignal): CanaryJudgeResult | Promise<CanaryJudgeResult>;
}
