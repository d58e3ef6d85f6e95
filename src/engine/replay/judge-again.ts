import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { JudgeChoice } from '../../domain/judge-diff.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { Run } from '../../domain/run.ts';
import { CanaryError } from '../../errors.ts';
import { causeOf, isStoreUnusable } from '../failure.ts';
import type { EarlierRuns } from '../judging/earlier-runs.ts';
import { judgeSeries } from '../judging/judge-series.ts';
import { judgementOfRun } from '../judging/judgement-of-run.ts';
import { readableSeries } from '../judging/readable-series.ts';
import type { Series } from '../series.ts';
import { checkSeriesSize, type SizeLimits } from '../size-limits.ts';

export interface JudgeAgainParts {
  readonly judges: readonly CanaryJudge[];
  readonly earlierRuns: EarlierRuns;
  readonly series: Pick<Series, 'ofRun'>;
  readonly limits: SizeLimits;
}

/** A result, or the reason there is none. */
export type JudgedAgain =
  | { readonly result: CanaryJudgeResult; readonly reason?: undefined }
  | { readonly reason: string; readonly result?: undefined };

/** The series of a run, or why they cannot be read. */
export async function storedSeries(
  { series, limits }: JudgeAgainParts,
  run: Run,
): Promise<{ readonly pairs: readonly MetricSetPair[]; readonly reason?: undefined } | { readonly reason: string }> {
  const { pairs = [], problem } = await readableSeries(series, run);
  if (problem !== undefined) return { reason: problem };
  if (pairs.length === 0) return { reason: 'its series are not stored (any more)' };
  try {
    checkSeriesSize(pairs, limits);
    return { pairs };
  } catch (error) {
    if (error instanceof CanaryError) return { reason: error.message };
    throw error;
  }
}

/** Judges a run's series as its config says, or as another judge would. Nothing is stored. */
export async function judgeAgain(
  { judges, earlierRuns }: Pick<JudgeAgainParts, 'judges' | 'earlierRuns'>,
  { run, pairs, by }: { readonly run: Run; readonly pairs: readonly MetricSetPair[]; readonly by?: JudgeChoice },
  signal: AbortSignal,
): Promise<JudgedAgain> {
  const config = by === undefined ? run.config : configBy(run.config, by);
  try {
    return { result: await judgeSeries({ judges, earlierRuns, ...judgementOfRun({ ...run, config }, pairs) }, signal) };
  } catch (error) {
    const cause = causeOf(error);
    // The run is not to blame for a store that is down.
    if (cause instanceof CanaryError && !signal.aborted && !isStoreUnusable(error)) return { reason: cause.message };
    throw error;
  }
}

/** The config with another judge, or with other settings of its own. Settings that are not given stay. */
function configBy(config: CanaryConfig, { name, judgeConfigurations }: JudgeChoice): CanaryConfig {
  const judge = {
    ...config.judge,
    ...(name === undefined ? {} : { name }),
    ...(judgeConfigurations === undefined ? {} : { judgeConfigurations }),
  };
  return { ...config, judge };
}
