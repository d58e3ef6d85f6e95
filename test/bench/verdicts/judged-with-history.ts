import { canaryVerdict } from '../../../judges/haldane/canary-verdict.ts';
import { decideMetrics } from '../../../judges/haldane/decided-metrics.ts';
import { readHaldaneSettings, readMetricRules } from '../../../judges/haldane/haldane-settings.ts';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { metricResult } from '../../../judges/haldane/metric-result.ts';
import { prepareMetric } from '../../../judges/haldane/prepared-metric.ts';
import { testMetric } from '../../../judges/haldane/tested-metric.ts';
import { requestOf } from './judged-canary.ts';
import type { StudyMetric } from './study-families.ts';

/**
 * HaldaneJudge's verdict when it is given the control's history, from its own steps: no request carries a history yet, so
 * the judge itself cannot be asked.
 */
export function verdictWithHistory(
  metrics: readonly StudyMetric[],
  settings: Readonly<Record<string, unknown>>,
): string {
  const { canaryConfig, scoreThresholds, metricSetPairList: pairs } = requestOf(metrics, settings);
  const common = readHaldaneSettings(canaryConfig);
  const asked = pairs.map((pair, index) => {
    const metric = canaryConfig.metrics?.[index];
    if (metric === undefined) throw new Error('every pair has its metric');
    return { pair, metric, rules: readMetricRules(metric, common), history: metrics[index]?.history ?? [] };
  });
  const tested = asked.map(({ pair, rules, history }) => {
    const metric = testMetric(prepareMetric(pair, rules, pairs), rules, common);
    const { control, experiment } = metric.metric;
    const { direction, test } = rules;
    const traffic = common.arms.traffic === 'equal' ? { traffic: 'equal' as const } : {};
    return {
      ...metric,
      test: judgeSeriesPair({ control, experiment, direction, history, settings: test, ...traffic }),
    };
  });
  const decided = decideMetrics(tested, common.errorBudget);
  const results = decided.map((one, index) => {
    const { pair, metric } = asked[index] as (typeof asked)[number];
    return metricResult(one, pair, metric);
  });
  const rules = { groupWeights: canaryConfig.classifier?.groupWeights ?? {}, thresholds: scoreThresholds };
  return canaryVerdict({ decided, results, rules, settings: common }).score.classification;
}
