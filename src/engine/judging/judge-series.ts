import type { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { normalizedConfig } from '../answers/normalized-config.ts';
import { inOperation } from '../failure.ts';
import type { EarlierRuns, HistoryKey } from './earlier-runs.ts';
import { findJudge } from './find-judge.ts';

/** Series to be judged, and how. */
export interface Judgement {
  readonly judges: readonly CanaryJudge[];
  readonly config: CanaryConfig;
  readonly thresholds: CanaryClassifierThresholdsConfig | undefined;
  readonly pairs: readonly MetricSetPair[];
  /** a judge to use instead of the config's */
  readonly judge?: string | undefined;
  /** how a judge that needs earlier runs gets them; absent: there are none */
  readonly earlierRuns?: EarlierRuns | undefined;
  /** whose earlier runs these are */
  readonly history?: HistoryKey | undefined;
}

/**
 * The only way to call a judge: runs, comparisons, pages, `POST /judge` and the command line use it, so that all pass
 * the same config and fail alike.
 *
 * @throws OperationFailure of `canaryJudge`, caused by a CanaryError or by a defect of the judge
 */
export function judgeSeries(judgement: Judgement, signal: AbortSignal): Promise<CanaryJudgeResult> {
  return inOperation('canaryJudge', async () => {
    const { judges, config, thresholds = {}, pairs } = judgement;
    const judge = findJudge(judges, judgement.judge ?? config.judge?.name);
    const named = judgement.judge === undefined ? config : { ...config, judge: { ...config.judge, name: judge.name } };
    const request = { canaryConfig: normalizedConfig(named), scoreThresholds: thresholds, metricSetPairList: pairs };
    if (!judge.needs?.includes('history')) return judge.judge(request, signal);
    return judge.judge({ ...request, history: { runs: await historyOf(judgement) } }, signal);
  });
}

async function historyOf({ earlierRuns, history }: Judgement) {
  return earlierRuns === undefined || history === undefined ? [] : earlierRuns(history);
}
