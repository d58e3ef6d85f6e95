import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { CanaryAnalysisResult, Classification, Evidence } from '../../src/domain/canary-judge-result.ts';
import type { Side } from '../../src/domain/canary-scope.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { CanaryError } from '../../src/errors.ts';
import { meanRatio } from '../stats/samples/mean-ratio.ts';
import { commonLanguageEffectSize } from '../stats/tests/common-language-effect-size.ts';
import { cleanSample } from './clean.ts';
import type { Comparison, SamplePair } from './comparison.ts';
import { explain } from './explain.ts';
import type { MetricSettings } from './metric-settings.ts';
import { type Clause, RULES } from './rules.ts';
import { wouldPass } from './would-pass.ts';

/** The decision on one metric, and its rule. */
interface Decision {
  readonly classification: Classification;
  readonly reason?: string;
  readonly critical: boolean;
  readonly clause: Clause;
  /** absent only when the metric could not be judged */
  readonly ratio?: number;
  readonly comparison?: Comparison;
  readonly effect?: number;
}

interface Classifying<Settings> {
  settingsOf(metric: CanaryMetricConfig): Settings;
  compare(samples: SamplePair, settings: Settings): Comparison;
}

/**
 * The verdict on one metric: no data, identical data, or the judge's own test followed by direction, effect size and
 * criticality.
 *
 * @throws CanaryError JUDGEMENT_FAILED when the metric is not in the config, a side is missing, or a setting has the
 *   wrong type
 */
export function classifyMetric<Settings extends MetricSettings>(
  config: CanaryConfig,
  pair: MetricSetPair,
  { settingsOf, compare }: Classifying<Settings>,
): CanaryAnalysisResult {
  const metric = findMetric(config, pair.name);
  const settings = settingsOf(metric);
  const samples = {
    experiment: cleanSample(valuesOf(pair, 'experiment'), settings),
    control: cleanSample(valuesOf(pair, 'control'), settings),
  };
  const decision =
    decideWithoutTest(pair.name, samples, settings) ??
    decideByTest(pair.name, samples, settings, compare(samples, settings));
  return {
    name: pair.name,
    ...(pair.tags === undefined ? {} : { tags: pair.tags }),
    ...(pair.id === undefined ? {} : { id: pair.id }),
    classification: decision.classification,
    ...(decision.reason === undefined ? {} : { classificationReason: decision.reason }),
    ...(metric.groups === undefined ? {} : { groups: metric.groups }),
    experimentMetadata: { stats: samples.experiment.stats },
    controlMetadata: { stats: samples.control.stats },
    ...(decision.ratio === undefined ? {} : { resultMetadata: { ratio: decision.ratio } }),
    critical: decision.critical,
    muted: settings.muted,
    evidence: gatherEvidence(pair.name, samples, settings, decision),
  };
}

/** The first metric of that name. */
function findMetric(config: CanaryConfig, name: string): CanaryMetricConfig {
  const metric = config.metrics?.find((candidate) => candidate.name === name);
  if (metric !== undefined) return metric;
  const known = config.metrics?.map((candidate) => `'${candidate.name}'`).join(', ') || 'none';
  throw new CanaryError('JUDGEMENT_FAILED', `Metric '${name}' is not in the config; the config has: ${known}.`);
}

function valuesOf(pair: MetricSetPair, side: Side): readonly number[] {
  const values = pair.values[side];
  if (values !== undefined) return values;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${pair.name}': values.${side} is missing; write [] for a side without points.`,
  );
}

function decideWithoutTest(name: string, samples: SamplePair, settings: MetricSettings): Decision | undefined {
  const { critical, mustHaveData } = settings;
  const [control, experiment] = [samples.control.sorted, samples.experiment.sorted];
  if (control.length === 0 || experiment.length === 0) {
    if (settings.nanStrategy === 'replace') return passed('noDataAllowed', 1);
    const reason = `Missing data for ${name}`;
    return mustHaveData && !critical
      ? { classification: 'NodataFailMetric', reason, critical: false, clause: 'requiredDataMissing', ratio: 1 }
      : { classification: 'Nodata', reason, critical, clause: critical ? 'criticalDataMissing' : 'noData', ratio: 1 };
  }
  if (control.length === experiment.length && control.every((value, index) => value === experiment[index])) {
    return { ...passed('identical', 1), reason: 'The Canary and Baseline data are identical' };
  }
  const isOneValue = control[0] === control.at(-1) && experiment[0] === experiment.at(-1);
  return isOneValue && control[0] === experiment[0] ? passed('oneValue', 1) : undefined;
}

function passed(clause: Clause, ratio: number): Decision {
  return { classification: 'Pass', critical: false, clause, ratio };
}

/** An effect that cannot be computed (NaN) never hides a difference. */
function decideByTest(name: string, samples: SamplePair, settings: MetricSettings, comparison: Comparison): Decision {
  if ('untestable' in comparison) {
    const { reason = 'Metric Classification Failed' } = comparison;
    return { classification: 'Error', reason, critical: false, clause: 'untestable', comparison };
  }
  const { direction, effectSize, critical: isCritical } = settings;
  const { higher, lower } = comparison;
  const ratio = meanRatio({ control: samples.control.stats.mean, experiment: samples.experiment.stats.mean });
  const effect = effectSize.measure === 'cles' ? clesOf(samples) : (comparison.meanEffect ?? ratio);
  const found = { ratio, comparison, effect };
  if (direction !== 'decrease' && higher && !(effect < effectSize.allowedIncrease)) {
    const critical = isCritical && !(effect < effectSize.criticalIncrease);
    return { ...failed(name, 'High', critical), clause: critical ? 'criticalIncrease' : 'increase', ...found };
  }
  if (direction !== 'increase' && lower && !(effect > effectSize.allowedDecrease)) {
    const critical = isCritical && !(effect > effectSize.criticalDecrease);
    return { ...failed(name, 'Low', critical), clause: critical ? 'criticalDecrease' : 'decrease', ...found };
  }
  return { classification: 'Pass', critical: false, clause: passClause(settings, higher, lower), ...found };
}

function clesOf({ control, experiment }: SamplePair): number {
  return commonLanguageEffectSize(control.sorted, experiment.sorted);
}

function failed(name: string, classification: 'High' | 'Low', critical: boolean) {
  const reason = critical
    ? `The metric ${name} was classified as ${classification} (Critical)`
    : `${name} was classified as ${classification}`;
  return { classification, reason, critical };
}

function passClause({ direction }: MetricSettings, higher: boolean, lower: boolean): Clause {
  if (higher) return direction === 'decrease' ? 'harmlessIncrease' : 'allowedIncrease';
  if (lower) return direction === 'increase' ? 'harmlessDecrease' : 'allowedDecrease';
  return 'noDifference';
}

function gatherEvidence(
  name: string,
  samples: SamplePair,
  settings: MetricSettings,
  { clause, comparison, effect, classification, critical }: Decision,
): Evidence {
  const { control, experiment } = samples;
  const { measure, ...limits } = settings.effectSize;
  const untestable = comparison !== undefined && 'untestable' in comparison ? comparison.untestable : undefined;
  const evidence: Omit<Evidence, 'sentence'> = {
    test: comparison?.test ?? 'none',
    clause,
    sampleSizes: {
      control: { given: control.given, used: control.stats.count },
      experiment: { given: experiment.given, used: experiment.stats.count },
    },
    ...fencesOf(samples),
    ...(comparison !== undefined && 'evidence' in comparison ? comparison.evidence : {}),
    ...(effect === undefined ? {} : { effect: { measure, value: effect, ...limits }, direction: settings.direction }),
  };
  const { effect: held, direction } = evidence;
  const means = { control: control.stats.mean, experiment: experiment.stats.mean };
  return {
    ...evidence,
    sentence: explain({ name, clause, samples, settings, evidence, untestable }),
    rule: RULES[clause],
    wouldPass: wouldPass({ classification, critical, ...means, effect: held, direction }),
  };
}

function fencesOf({ control, experiment }: SamplePair): Pick<Evidence, 'outlierFences'> {
  if (control.fences === undefined && experiment.fences === undefined) return {};
  const outlierFences = {
    ...(control.fences === undefined ? {} : { control: control.fences }),
    ...(experiment.fences === undefined ? {} : { experiment: experiment.fences }),
  };
  return { outlierFences };
}
