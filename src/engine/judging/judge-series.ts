import type { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { Look } from '../../domain/look.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { fieldPath } from '../../domain/values/field-path.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { CanaryError } from '../../errors.ts';
import { normalizedConfig } from '../answers/normalized-config.ts';
import { inOperation } from '../failure.ts';
import { compareArms } from './compare-arms.ts';
import type { EarlierRuns, HistoryKey } from './earlier-runs.ts';
import { findJudge } from './find-judge.ts';
import { timeToDecision } from './time-to-decision.ts';

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
  /** the canary's share of the traffic in percent, as it was announced; absent: nobody did */
  readonly trafficPercent?: number | undefined;
  /** the arms had their traffic at other times, so that it was never split between them */
  readonly apart?: boolean | undefined;
  /** which of several judgements of the same canary it is; absent: the only one */
  readonly look?: Look | undefined;
}

/**
 * The only way to call a judge: runs, comparisons, pages, `POST /judge` and the command line use it, so that all pass
 * the same config and fail alike.
 *
 * @throws OperationFailure of `canaryJudge`, caused by a CanaryError or by a defect of the judge
 */
export function judgeSeries(judgement: Judgement, signal: AbortSignal): Promise<CanaryJudgeResult> {
  return inOperation('canaryJudge', async () => {
    const { judges, config, thresholds = {}, pairs, look } = judgement;
    const judge = findJudge(judges, judgement.judge ?? config.judge?.name);
    const named = judgement.judge === undefined ? config : { ...config, judge: { ...config.judge, name: judge.name } };
    const request = { canaryConfig: normalizedConfig(named), scoreThresholds: thresholds, metricSetPairList: pairs };
    const readsHistory = judge.needs?.includes('history') && (judge.readsHistory?.(config) ?? true);
    const history = readsHistory ? { history: { runs: await historyOf(judgement) } } : {};
    const told = look === undefined ? {} : { look };
    const result = storable(judge, await judge.judge({ ...request, ...history, ...told }, signal));
    const forecast = timeToDecision(result.results);
    const ratio = judgement.apart ? undefined : compareArms(judgement);
    return {
      ...result,
      ...(forecast === undefined ? {} : { timeToDecision: forecast }),
      ...(ratio === undefined ? {} : { sampleRatio: ratio }),
    };
  });
}

async function historyOf({ earlierRuns, history }: Judgement) {
  return earlierRuns === undefined || history === undefined ? [] : earlierRuns(history);
}

/** What cannot be read back, such as a score of NaN, must not be stored. @throws CanaryError JUDGEMENT_FAILED */
function storable({ name }: CanaryJudge, result: CanaryJudgeResult): CanaryJudgeResult {
  const [issue] = CanaryJudgeResult.safeParse(JSON.parse(toWireJson(result))).error?.issues ?? [];
  if (issue === undefined) return result;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `${name} answered no valid result: ${fieldPath(issue.path)}: ${issue.message}; this is a defect of the judge.`,
  );
}
