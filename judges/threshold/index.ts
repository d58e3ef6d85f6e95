import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import type { CanaryJudge, SettingProblem } from '../../src/domain/canary-judge.ts';
import { metricSetting } from '../../src/domain/judge-settings.ts';
import { createPace, inTurns } from '../steps/in-turns.ts';
import { setsOfBounds } from '../steps/limit-fields.ts';
import { limitMetric } from './limited-metric.ts';
import { thresholdResult } from './threshold-result.ts';
import { readThresholdSettings, ThresholdMetricSettings, ThresholdSettings } from './threshold-settings.ts';
import { thresholdVerdict } from './threshold-verdict.ts';

const judgeName = 'ThresholdJudge-v1.0';

/**
 * Holds the canary against limits: absolute ones, ones relative to the baseline or to earlier runs, and the burn rate of an
 * error budget. It tests nothing, so chance may decide; a limit that cannot be checked is never held.
 */
export const threshold: CanaryJudge = {
  name: judgeName,
  visible: true,
  needs: ['history'],
  readsHistory: ({ judge }) =>
    (ThresholdSettings.safeParse(judge?.judgeConfigurations ?? {}).data?.earlier.runs ?? 0) > 0,
  companions: () => ({ denominator: true, traffic: false, historyMillis: 0 }),
  settingsAdvice: metricsWithoutLimits,
  Settings: ThresholdSettings,
  MetricSettings: ThresholdMetricSettings,
  judge: async ({ canaryConfig: config, scoreThresholds: thresholds, metricSetPairList: pairs, history }, signal) => {
    const settings = readThresholdSettings(config);
    const canary = { config, pairs, settings, earlier: history?.runs ?? [] };
    const limited = await inTurns(pairs, createPace(signal), (pair) => limitMetric(pair, canary));
    const results = limited.map(thresholdResult);
    const groupWeights = config.classifier?.groupWeights ?? {};
    const verdict = thresholdVerdict({
      limited,
      results,
      rules: { groupWeights, thresholds },
      verdict: settings.verdict,
    });
    return { judgeName, results, ...verdict };
  },
};

/** A metric that counts for nothing is seldom meant, unless it is muted. */
function metricsWithoutLimits({ metrics = [] }: CanaryConfig): SettingProblem[] {
  return metrics.flatMap((metric, index) => {
    const { success, data } = ThresholdMetricSettings.safeParse(metric.analysisConfigurations?.canary ?? {});
    if (!success || data.muted || setsOfBounds(data.limits).length > 0) return [];
    const message = 'is missing: the metric is shown, and not judged; give it limits, or mute it.';
    return [{ ...metricSetting(metric, index, 'limits'), message }];
  });
}
