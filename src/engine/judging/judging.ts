import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryJudge, JudgeDescription } from '../../domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { SeriesForecast } from '../../domain/time-to-decision.ts';
import { CanaryError } from '../../errors.ts';
import { checkMetricCount, checkSeriesSize, type SizeLimits } from '../size-limits.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import { judgeForRequest } from './find-judge.ts';
import { forecastSeries, type ToForecast } from './forecast-series.ts';
import { type Judgement, judgeSeries } from './judge-series.ts';

export type SeriesToJudge = Omit<Judgement, 'judges' | 'earlierRuns'>;

/** Judging outside of a run. Nothing is stored. */
export interface Judging {
  /** the judges' descriptions; the first is the default */
  readonly judges: readonly JudgeDescription[];
  /** @throws OperationFailure, see {@link judgeSeries} */
  judge(series: SeriesToJudge, signal: AbortSignal): Promise<CanaryJudgeResult>;
  /** What is known, before there is a canary, of how long the series of a metric need; see {@link forecastSeries}. */
  forecast(series: Omit<ToForecast, 'judges'>, signal: AbortSignal): Promise<(SeriesForecast | undefined)[]>;
  /** Whether the judge of a request from another service reads its series as Kayenta does; an unknown one does not. */
  readsLikeKayenta(config: CanaryConfig): boolean;
  /** Like {@link judge}, for another service whose remote judge this one is. @throws CanaryError JUDGE_UNKNOWN */
  judgeForService(series: SeriesToJudge, signal: AbortSignal): Promise<CanaryJudgeResult>;
}

interface JudgingParts {
  readonly judges: readonly CanaryJudge[];
  readonly earlierRuns: EarlierRuns;
  readonly limits: SizeLimits;
}

export function createJudging({ judges, earlierRuns, limits }: JudgingParts): Judging {
  const judge: Judging['judge'] = async (series, signal) => {
    checkMetricCount(series.config, limits);
    checkSeriesSize(series.pairs, limits);
    return judgeSeries({ ...series, judges, earlierRuns }, signal);
  };
  return {
    judges,
    judge,
    forecast: (series, signal) => forecastSeries({ ...series, judges }, signal),
    readsLikeKayenta: (config) => {
      try {
        return judgeForRequest(judges, config).pairsLikeKayenta ?? false;
      } catch (error) {
        if (error instanceof CanaryError) return false;
        throw error;
      }
    },
    judgeForService: async (series, signal) =>
      judge({ ...series, judge: judgeForRequest(judges, series.config).name }, signal),
  };
}
