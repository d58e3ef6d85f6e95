import type { Backtest } from '../../domain/backtest.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { BacktestPlan } from './backtest-plan.ts';
import { windowMillisOf } from './past-request.ts';

/** What was planned when it was started, with the judges there are. */
export function planOf(backtest: Backtest, judges: readonly CanaryJudge[]): BacktestPlan {
  const { config, request, options, everyWindow, judges: names } = backtest;
  const { changes, arms } = options;
  return {
    config,
    thresholds: request.thresholds,
    judges,
    names,
    windowMillis: windowMillisOf(options),
    changes: [...new Set(changes)],
    arms,
    everyWindow,
  };
}
