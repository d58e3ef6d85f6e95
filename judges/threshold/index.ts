import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { createPace, inTurns } from '../steps/in-turns.ts';
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
