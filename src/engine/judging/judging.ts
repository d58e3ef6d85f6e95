import type { CanaryJudge, JudgeDescription } from '../../domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import { judgeForRequest } from './find-judge.ts';
import { type Judgement, judgeSeries } from './judge-series.ts';

export type SeriesToJudge = Omit<Judgement, 'judges' | 'earlierRuns'>;

/** Judging outside of a run. Nothing is stored. */
export interface Judging {
  /** the judges' descriptions; the first is the default */
  readonly judges: readonly JudgeDescription[];
  /** @throws OperationFailure, see {@link judgeSeries} */
  judge(series: SeriesToJudge, signal: AbortSignal): Promise<CanaryJudgeResult>;
  /** Like {@link judge}, for another service whose remote judge this one is. @throws CanaryError JUDGE_UNKNOWN */
  judgeForService(series: SeriesToJudge, signal: AbortSignal): Promise<CanaryJudgeResult>;
}

interface JudgingParts {
  readonly judges: readonly CanaryJudge[];
  readonly earlierRuns: EarlierRuns;
}

export function createJudging({ judges, earlierRuns }: JudgingParts): Judging {
  const judge: Judging['judge'] = (series, signal) => judgeSeries({ ...series, judges, earlierRuns }, signal);
  return {
    judges,
    judge,
    judgeForService: async (series, signal) =>
      judge({ ...series, judge: judgeForRequest(judges, series.config).name }, signal),
  };
}
