import type { BacktestOptions } from '../../domain/backtest.ts';
import { KNOWN_CHANGE_NAMES, type KnownChangeName } from '../../domain/backtest-report.ts';
import type { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import { type CanaryJudge, HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import { findJudge } from '../judging/find-judge.ts';
import { partsOf } from './known-changes.ts';

/** What is to be found out, the same for every window. */
export interface BacktestPlan {
  readonly config: CanaryConfig;
  readonly thresholds: CanaryClassifierThresholdsConfig | undefined;
  readonly judges: readonly CanaryJudge[];
  /** the judge of the config first, then those to have beside it */
  readonly names: readonly string[];
  readonly windowMillis: number;
  readonly changes: readonly KnownChangeName[];
  /** Known changes are tried in every n-th window. */
  readonly everyWindow: number;
  /** absent: the two sides of the series */
  readonly arms?: BacktestOptions['arms'] | undefined;
}

export interface PlanOptions {
  readonly config: CanaryConfig;
  readonly thresholds: CanaryClassifierThresholdsConfig | undefined;
  readonly judges: readonly CanaryJudge[];
  /** to have beside the config's */
  readonly beside?: readonly string[] | undefined;
  readonly windowMillis: number;
  readonly changes?: readonly KnownChangeName[] | undefined;
  /** how many windows there are */
  readonly windows: number;
  /** how many judgements of single metrics there may be */
  readonly judgements: number;
}

/**
 * HaldaneJudge is always beside the others: it measures the noise. Where trying every change in every window would be
 * more than may be judged, only every second, third … window is tried.
 *
 * @throws CanaryError JUDGE_UNKNOWN
 */
export function planBacktest(options: PlanOptions): BacktestPlan {
  const { config, judges, beside = [], windows, judgements, ...others } = options;
  const changes = [...new Set(options.changes ?? KNOWN_CHANGE_NAMES)];
  const own = findJudge(judges, config.judge?.name).name;
  const names = [...new Set([own, ...beside.map((name) => findJudge(judges, name).name), ...measuring(judges)])];
  const inOneWindow =
    (config.metrics?.length ?? 0) * names.length * changes.reduce((sum, change) => sum + partsOf(change).length, 0);
  const everyWindow = Math.max(1, Math.ceil((windows * inOneWindow) / judgements));
  return { ...others, config, judges, names, changes, everyWindow };
}

function measuring(judges: readonly CanaryJudge[]): string[] {
  return judges.some(({ name }) => name === HALDANE_JUDGE) ? [HALDANE_JUDGE] : [];
}
