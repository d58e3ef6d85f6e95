import type { Backtest, BacktestAnswer, BacktestLine } from '../../domain/backtest.ts';
import type { ListedBacktest } from '../../domain/backtest-store.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { backtestReport } from './backtest-report.ts';
import { binomialShare } from './binomial-share.ts';
import { planOf } from './plan-of-backtest.ts';
import { judgeTallyOf } from './tally.ts';

/** A backtest with what it has found so far. */
export function answerBacktest(backtest: Backtest): BacktestAnswer {
  const { metricsAccountName, config, request, options, releases, exception, tally } = backtest;
  const own = judgeTallyOf(tally, backtest.judges[0] ?? '');
  return {
    ...toBacktestLine({ ...backtest, windowsDone: tally.windows, falseAlarms: { count: own.fails, of: own.judged } }),
    ...{ metricsAccountName, canaryConfig: config, executionRequest: request, options },
    ...(releases === undefined ? {} : { releases: releases.map(({ runId }) => runId) }),
    ...(exception === undefined ? {} : { exception }),
    report: backtestReport(planOf(backtest, []), tally),
  };
}

export function toBacktestLine(backtest: ListedBacktest): BacktestLine {
  const { id, application, canaryConfigId, config, status, windows, windowsDone, falseAlarms } = backtest;
  const { buildTime, startTime, endTime } = backtest;
  return {
    ...{ id, application, status },
    ...(config.name === undefined ? {} : { config: config.name }),
    ...(canaryConfigId === undefined ? {} : { canaryConfigId }),
    complete: EXECUTION_STATUS[status].complete,
    falseAlarms: binomialShare(falseAlarms.count, falseAlarms.of),
    windows: { planned: windows, done: windowsDone },
    buildTimeIso: toInstant(buildTime),
    ...(startTime === undefined ? {} : { startTimeIso: toInstant(startTime) }),
    ...(endTime === undefined ? {} : { endTimeIso: toInstant(endTime) }),
  };
}
