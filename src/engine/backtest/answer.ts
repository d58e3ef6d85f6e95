import type { Backtest, BacktestAnswer, BacktestLine } from '../../domain/backtest.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { backtestReport } from './backtest-report.ts';
import { planOf } from './plan-of-backtest.ts';

/** A backtest with what it has found so far. */
export function answerBacktest(backtest: Backtest): BacktestAnswer {
  const { metricsAccountName, options, exception, tally } = backtest;
  return {
    ...toBacktestLine(backtest),
    ...{ metricsAccountName, options },
    ...(exception === undefined ? {} : { exception }),
    report: backtestReport(planOf(backtest, []), tally),
  };
}

export function toBacktestLine(backtest: Backtest): BacktestLine {
  const { id, application, canaryConfigId, config, status, windows, tally, buildTime, startTime, endTime } = backtest;
  return {
    ...{ id, application, status },
    ...(config.name === undefined ? {} : { config: config.name }),
    ...(canaryConfigId === undefined ? {} : { canaryConfigId }),
    complete: EXECUTION_STATUS[status].complete,
    windows: { planned: windows, done: tally.windows },
    buildTimeIso: toInstant(buildTime),
    ...(startTime === undefined ? {} : { startTimeIso: toInstant(startTime) }),
    ...(endTime === undefined ? {} : { endTimeIso: toInstant(endTime) }),
  };
}
