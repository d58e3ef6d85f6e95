import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { type CanaryJudge, HALDANE_JUDGE, type JudgeRequest } from '../../src/domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { findMetric } from '../steps/classify.ts';
import { createPace, inTurns, type Pace, stepsInTurns } from '../steps/in-turns.ts';
import { canaryVerdict } from './canary-verdict.ts';
import { clashingSettings, haldaneCompanions } from './companions.ts';
import { decideMetrics } from './decided-metrics.ts';
import { pairsByWindow, testBesideWindows } from './earlier-windows.ts';
import {
  HaldaneMetricSettings,
  HaldaneSettings,
  type MetricRules,
  readHaldaneSettings,
  readMetricRules,
} from './haldane-settings.ts';
import { jointHarm } from './joint-harm.ts';
import { carriedBy, lookAt, lookOutcome } from './look-at-metrics.ts';
import { metricResult } from './metric-result.ts';
import { oneMetric } from './one-metric.ts';
import { prepareMetric } from './prepared-metric.ts';
import { testMetric } from './tested-metric.ts';

/**
 * Tests every metric for a change of level, at the end, of scatter and of spikes, allowing for what neighbouring points
 * have in common and for harmless differences between machines; shares one error budget out between the metrics; and takes
 * the verdict from those that are flagged, not from an average.
 */
export const haldane: CanaryJudge = {
  name: HALDANE_JUDGE,
  visible: true,
  Settings: HaldaneSettings,
  MetricSettings: HaldaneMetricSettings,
  readsEarlierWindows: true,
  companions: haldaneCompanions,
  settingsThatClash: clashingSettings,
  oneMetric,
  judge,
};

async function judge(
  { canaryConfig, scoreThresholds: thresholds, metricSetPairList: pairs, look }: JudgeRequest,
  signal: AbortSignal,
): Promise<CanaryJudgeResult> {
  // 1. What the config says. Every metric's settings are read before the first is tested, so that a wrong one fails alike.
  const pace = createPace(signal);
  const settings = readHaldaneSettings(canaryConfig);
  const asked = await askedOf(canaryConfig, pairs, settings, pace);

  // 2. Each metric by itself: series without warm-up and with their gaps treated, then one p-value.
  const before = look && carriedBy(look);
  const windows = pairsByWindow(pairs);
  const tested = await stepsInTurns(asked, pace, function* ({ pair, rules }) {
    const own = yield* testMetric(prepareMetric(pair, rules, pairs), rules, settings);
    return lookAt(yield* testBesideWindows(own, { pair, rules, windows }, settings), pair, look, before);
  });

  // 3. All metrics together: which are flagged within the error budget, and what that means for each.
  const decided = await decideMetrics(tested, settings.errorBudget, pace);

  // 4. The same in words and figures.
  const results = await inTurns(
    decided.map((one, index) => ({ one, ...(asked[index] as AskedMetric) })),
    pace,
    ({ one, pair, metric }) => metricResult(one, pair, metric),
  );

  // 5. The verdict on the canary.
  const { groupWeights } = canaryConfig.classifier ?? {};
  const rules = { groupWeights: groupWeights ?? {}, thresholds };
  const joint = await jointHarm(decided, pace);
  const verdict = canaryVerdict({ decided, results, rules, settings, joint });
  const outcome = look && before && lookOutcome({ decided, pairs, look, before, verdict, settings });
  return { judgeName: HALDANE_JUDGE, results, ...verdict, ...(outcome && { look: outcome }) };
}

interface AskedMetric {
  readonly pair: MetricSetPair;
  readonly metric: CanaryMetricConfig;
  readonly rules: MetricRules;
}

async function askedOf(
  config: CanaryConfig,
  pairs: readonly MetricSetPair[],
  settings: HaldaneSettings,
  pace: Pace,
): Promise<AskedMetric[]> {
  const metrics = config.metrics ?? [];
  const rules = await inTurns(metrics, pace, (metric) => readMetricRules(metric, settings));
  const rulesOf = new Map(metrics.map((metric, index) => [metric, rules[index]]));
  return pairs.map((pair) => {
    const metric = findMetric(config, pair.name);
    return { pair, metric, rules: rulesOf.get(metric) ?? readMetricRules(metric, settings) };
  });
}
