import type { BacktestReport } from '../../domain/backtest-report.ts';
import { emptyTally } from '../../domain/backtest-tally.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { type PlanOptions, planBacktest } from './backtest-plan.ts';
import { backtestReport } from './backtest-report.ts';
import { judgeWindow } from './judge-window.ts';
import { countWindows, windowAt } from './past-windows.ts';

/**
 * How often a config would have alarmed in series of a time in which nothing changed, and what it would have found of known
 * changes in them. Judges in steps: others have their turns.
 *
 * @param pairs of the whole time; cut into windows that do not overlap
 * @throws CanaryError JUDGE_UNKNOWN; the signal's reason when it aborts
 */
export async function backtestSeries(
  { pairs, ...options }: Omit<PlanOptions, 'windows'> & { readonly pairs: readonly MetricSetPair[] },
  signal: AbortSignal,
): Promise<BacktestReport> {
  const windows = countWindows(pairs, options.windowMillis);
  const plan = planBacktest({ ...options, windows });
  const tally = emptyTally();
  for (let index = 0; index < windows; index++) {
    await judgeWindow(plan, windowAt(pairs, options.windowMillis, index), tally, signal);
  }
  return backtestReport(plan, tally);
}
