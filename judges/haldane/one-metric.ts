import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { findMetric } from '../steps/classify.ts';
import { type MetricRules, readHaldaneSettings, readMetricRules } from './haldane-settings.ts';

/**
 * The config that judges one metric by itself as it is judged among all, if no other is worse: with its part of the error
 * budget, and beside the metrics that count its requests.
 *
 * @throws CanaryError JUDGEMENT_FAILED naming field, value and remedy
 */
export function oneMetric(config: CanaryConfig, pairs: readonly MetricSetPair[], name: string): CanaryConfig {
  const settings = readHaldaneSettings(config);
  const metric = findMetric(config, name);
  const rulesOf = new Map((config.metrics ?? []).map((one) => [one.name, readMetricRules(one, settings)]));
  const own = rulesOf.get(name) ?? readMetricRules(metric, settings);
  const beside = (config.metrics ?? []).filter((one) => isBeside(one, own) && one.name !== name);
  return {
    ...config,
    judge: {
      ...config.judge,
      judgeConfigurations: {
        ...config.judge?.judgeConfigurations,
        errorBudget: settings.errorBudget * partOf(own, { name, pairs, rulesOf }),
      },
    },
    metrics: [metric, ...beside.map(muted)],
  };
}

interface Canary {
  readonly name: string;
  readonly pairs: readonly MetricSetPair[];
  readonly rulesOf: ReadonlyMap<string | undefined, MetricRules>;
}

/** Critical metrics share one half of the budget and the others the other half; muted ones have a budget of their own. */
function partOf(own: MetricRules, { name, pairs, rulesOf }: Canary): number {
  const isCritical = (rules: MetricRules | undefined) => rules?.importance === 'critical';
  const sharing = pairs.filter((pair) => rulesOf.get(pair.name)?.muted === own.muted);
  const family = sharing.filter((pair) => isCritical(rulesOf.get(pair.name)) === isCritical(own));
  const ofOwn = family.filter((pair) => pair.name === name).length;
  const halves = family.length < sharing.length ? 2 : 1;
  return ofOwn === 0 ? 1 : ofOwn / family.length / halves;
}

function isBeside({ name }: CanaryMetricConfig, { ratioOf, traffic }: MetricRules): boolean {
  return name !== undefined && (name === ratioOf || name === traffic);
}

function muted({ analysisConfigurations, ...metric }: CanaryMetricConfig): CanaryMetricConfig {
  const { canary, ...others } = analysisConfigurations ?? {};
  const { critical: _, importance: _other, ...settings } = { ...(canary as Record<string, unknown> | undefined) };
  return { ...metric, analysisConfigurations: { ...others, canary: { ...settings, muted: true } } };
}
