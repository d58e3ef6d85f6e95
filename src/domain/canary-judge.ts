import type { z } from 'zod';
import type { CanaryClassifierThresholdsConfig, CanaryConfig, CanaryMetricConfig } from './canary-config.ts';
import type { CanaryJudgeResult } from './canary-judge-result.ts';
import type { CompanionUse } from './companion-series.ts';
import type { Look } from './look.ts';
import type { MetricSetPair } from './metric-set-pair.ts';
import type { SeriesShape } from './series-shape.ts';

/** Everything a judge sees. */
export interface JudgeRequest {
  readonly canaryConfig: CanaryConfig;
  readonly scoreThresholds: CanaryClassifierThresholdsConfig;
  readonly metricSetPairList: readonly MetricSetPair[];
  /** only for a judge that needs `history` */
  readonly history?: JudgeHistory;
  /** only of one of several judgements of the same canary */
  readonly look?: Look;
}

/** Earlier runs, as a value: a judge never gets a store, and the same history gives the same verdict. */
export interface JudgeHistory {
  /** judged runs of the same config, newest first, at most 20; empty where nothing is stored, as in `POST /judge` */
  readonly runs: readonly EarlierRun[];
}

/** An earlier run. Its config may have been edited since, so match metrics by name. */
export interface EarlierRun {
  readonly id: string;
  /** milliseconds since 1970 */
  readonly acceptedMillis: number;
  readonly result: CanaryJudgeResult;
  /** absent when they have been deleted */
  readonly metricSetPairList?: readonly MetricSetPair[];
}

/** The remote judge: a config that names it is judged by another service. */
export const REMOTE_JUDGE = 'RemoteJudge-v1.0';

/** The judge of everything that starts here: new configs, the demo. A request that names none gets Kayenta's. */
export const HALDANE_JUDGE = 'HaldaneJudge-v1.0';

/** A setting a judge rejects. */
export interface SettingProblem {
  /** the field's path in the config: `metrics[2].analysisConfigurations.canary.critical` */
  readonly path: string;
  /** the field for people: `Metric 'latency': analysisConfigurations.canary.critical` */
  readonly field: string;
  /** the value and the remedy: `is "yes"; write true or false, without quotes.` */
  readonly message: string;
}

/**
 * What a judge requires: with `classifier`, a run whose config has none is rejected; with `history`, it is given the
 * earlier runs of the config.
 */
export type JudgeNeed = 'classifier' | 'history';

/**
 * Pairs in, verdict out. No clock and no unseeded randomness: the same request gives the same bytes.
 *
 * A request that cannot be judged throws `CanaryError('JUDGEMENT_FAILED', …)` naming the metric and the reason.
 *
 * `Settings` and `MetricSettings` are the only definition of a judge's settings. Run validation, `POST
 * /canaryConfig/validate`, the editor, a config's page and the OpenAPI document read them: a field's `.describe()` is
 * its help text, its `title` (`.meta`) its label, and a check's message is the remedy.
 */
export interface CanaryJudge {
  /** "NetflixACAJudge-v1.0"; what a config writes in `judge.name`. */
  readonly name: string;
  /** Whether pickers show it. */
  readonly visible: boolean;
  readonly needs?: readonly JudgeNeed[];
  /** Whether a judge that needs `history` reads it for this config; absent: for every one. */
  readsHistory?(config: CanaryConfig): boolean;
  /** Labels that only repeat the scope keep the sides apart, as in Kayenta; for other judges they are dropped. */
  readonly pairsLikeKayenta?: true;
  /**
   * Whether it compares with several windows of the past, where the baseline is history: they arrive in `earlier` of the
   * pair. Others are given the newest.
   */
  readonly readsEarlierWindows?: true;
  /** The series it is to be given; absent: a half-open window with its gaps. */
  readonly series?: SeriesShape;
  /**
   * The companion series of a metric that it reads, if the config asks for them; absent: none. Pure, and given any
   * config, valid or not. They arrive with the pair, as `denominator`, `traffic` and `history`.
   */
  companions?(config: CanaryConfig, metric: CanaryMetricConfig): CompanionUse;
  /** Settings that are wrong beside others, each alone being valid: the name of a metric that does not exist. Pure. */
  settingsThatClash?(config: CanaryConfig): SettingProblem[];
  /** What is odd about settings that it accepts. Pure. */
  settingsAdvice?(config: CanaryConfig): SettingProblem[];
  /**
   * The config that judges one metric by itself as it is judged among all `pairs`, if no other is worse; absent: the
   * config with that metric alone. Pure; throws as `judge` does.
   */
  oneMetric?(config: CanaryConfig, pairs: readonly MetricSetPair[], name: string): CanaryConfig;
  /** Its settings are passed on to another judge: which there are is not known here. */
  readonly passesSettingsOn?: true;
  /** The schema of `judge.judgeConfigurations`: an object without required fields. */
  readonly Settings: z.ZodType;
  /** The schema of a metric's `analysisConfigurations.canary`: an object without required fields. */
  readonly MetricSettings: z.ZodType;
  judge(request: JudgeRequest, signal: AbortSignal): CanaryJudgeResult | Promise<CanaryJudgeResult>;
}

/** A judge's description, without its `judge` function. */
export type JudgeDescription = Omit<CanaryJudge, 'judge'>;
