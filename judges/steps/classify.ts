import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { CanaryAnalysisResult, Classification, Evidence } from '../../src/domain/canary-judge-result.ts';
import { SIDES } from '../../src/domain/canary-scope.ts';
import { type MetricSetPair, unpairedReason } from '../../src/domain/metric-set-pair.ts';
import { unitOf } from '../../src/domain/value-scale.ts';
import { CanaryError } from '../../src/errors.ts';
import { meanRatio } from '../stats/samples/mean-ratio.ts';
import { commonLanguageEffectSize } from '../stats/tests/common-language-effect-size.ts';
import { cleanSample } from './clean.ts';
import type { Comparison, SamplePair } from './comparison.ts';
import { explain } from './explain.ts';
import type { Finding } from './finding.ts';
import { limitsOf } from './limits-of-pair.ts';
import type { MetricSettings } from './metric-settings.ts';
import { resultWithLimits } from './result-with-limits.ts';
import { type Clause, RULES } from './rules.ts';
import { valuesOf } from './values-of.ts';
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

export interface Classifying<Settings> {
  settingsOf(metric: CanaryMetricConfig): Settings;
  compare(samples: SamplePair, settings: Settings): Comparison;
  /**
   * Overlooks what Kayenta overlooks: infinite values are compared, series that pair with none are compared with gaps,
   * and what cannot be compared never fails.
   */
  readonly likeKayenta?: true | undefined;
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
  { settingsOf, compare, likeKayenta }: Classifying<Settings>,
): CanaryAnalysisResult {
  const metric = findMetric(config, pair.name);
  const settings = settingsOf(metric);
  const cleaning = { ...settings, keepsInfinities: likeKayenta ?? false };
  const samples = {
    experiment: cleanSample(valuesOf(pair, 'experiment'), cleaning),
    control: cleanSample(valuesOf(pair, 'control'), cleaning),
  };
  const [unpaired, unit] = [unpairedReason(pair), unitOf(metric.query)];
  const asked: Asked<Settings> = { name: pair.name, samples, unit, settings, unpaired, likeKayenta };
  const decision = decideWithoutTest(asked) ?? decideByTest(asked, compare(samples, settings));
  return resultWithLimits(resultOf(asked, decision, pair, metric), limitsOf(pair, settings), settings);
}

function resultOf(
  asked: Asked,
  decision: Decision,
  pair: MetricSetPair,
  metric: CanaryMetricConfig,
): CanaryAnalysisResult {
  const { samples, settings } = asked;
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
    evidence: gatherEvidence(asked, decision),
  };
}

/** One metric to be decided about. */
interface Asked<Settings extends MetricSettings = MetricSettings>
  extends Pick<Finding, 'likeKayenta' | 'unit' | 'unpaired'> {
  readonly name: string;
  readonly samples: SamplePair;
  readonly settings: Settings;
}

const byName = new WeakMap<CanaryConfig, ReadonlyMap<string | undefined, CanaryMetricConfig>>();

/** Made once for each config: it is asked for every series. Of several metrics of a name, the first. */
function metricsByName(config: CanaryConfig): ReadonlyMap<string | undefined, CanaryMetricConfig> {
  const known = byName.get(config);
  if (known !== undefined) return known;
  const made = new Map((config.metrics ?? []).toReversed().map((metric) => [metric.name, metric]));
  byName.set(config, made);
  return made;
}

/** The first metric of that name. */
export function findMetric(config: CanaryConfig, name: string): CanaryMetricConfig {
  const metric = metricsByName(config).get(name);
  if (metric !== undefined) return metric;
  const known = config.metrics?.map((candidate) => `'${candidate.name}'`).join(', ') || 'none';
  throw new CanaryError('JUDGEMENT_FAILED', `Metric '${name}' is not in the config; the config has: ${known}.`);
}

function decideWithoutTest(asked: Asked): Decision | undefined {
  const { samples } = asked;
  const [control, experiment] = [samples.control.sorted, samples.experiment.sorted];
  if (control.length === 0 || experiment.length === 0 || mustNotPassWithout(asked)) {
    if (mayBeZero(asked)) return passed('noDataAllowed', 1);
    return withoutData(asked);
  }
  if (isOnePoint(asked)) return undefined;
  const decision = decideAlike(control, experiment);
  const isEmpty = samples.control.present === 0 && samples.experiment.present === 0;
  return decision && isEmpty ? { ...decision, clause: 'noDataAllowed' } : decision;
}

/** That two single points are alike shows nothing; the test says so. */
function isOnePoint({ samples: { control, experiment }, likeKayenta }: Asked): boolean {
  const present = Math.max(control.present, experiment.present);
  return !likeKayenta && present === 1 && Math.min(control.sorted.length, experiment.sorted.length) === 1;
}

/** Where a value is required, zeros that stand for none are no data; so are those of a series that has no partner. */
function mustNotPassWithout({ samples, settings, unpaired, likeKayenta }: Asked): boolean {
  if (likeKayenta || (samples.control.present > 0 && samples.experiment.present > 0)) return false;
  return settings.mustHaveData || unpaired !== undefined;
}

/** An infinity is no quiet zero. */
function mayBeZero(asked: Asked): boolean {
  const { samples, settings, likeKayenta } = asked;
  if (settings.nanStrategy !== 'replace') return false;
  return likeKayenta || (!mustNotPassWithout(asked) && samples.control.infinite + samples.experiment.infinite === 0);
}

function withoutData({ name, samples, settings: { mustHaveData, critical }, unpaired, likeKayenta }: Asked): Decision {
  const infinite = !likeKayenta && samples.control.infinite + samples.experiment.infinite > 0;
  const why = unpaired ?? (infinite ? 'infinite values are taken as missing' : undefined);
  const reason = `Missing data for ${name}${why === undefined ? '' : `: ${why}`}`;
  if (mustHaveData && !critical) {
    return { classification: 'NodataFailMetric', reason, critical: false, clause: 'requiredDataMissing', ratio: 1 };
  }
  const clause = unpaired === undefined ? 'noData' : 'unpaired';
  return { classification: 'Nodata', reason, critical, clause: critical ? 'criticalDataMissing' : clause, ratio: 1 };
}

function decideAlike(control: Float64Array, experiment: Float64Array): Decision | undefined {
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
function decideByTest(asked: Asked, comparison: Comparison): Decision {
  if ('untestable' in comparison) return withoutTest(asked, comparison);
  // A test without a result, as of values beyond the largest double, found no difference because it found nothing.
  if (!asked.likeKayenta && Number.isNaN(comparison.evidence.pValue)) {
    const untestable = 'the test has no result for values of this size';
    return withoutTest(asked, {
      test: comparison.test,
      untestable,
      reason: `Metric Classification Failed: ${untestable}`,
    });
  }
  const { name, samples, settings, unpaired } = asked;
  const { direction, effectSize, critical: isCritical } = settings;
  const { higher, lower } = comparison;
  const ratio = meanRatio({ control: samples.control.stats.mean, experiment: samples.experiment.stats.mean });
  const effect = effectSize.measure === 'cles' ? clesOf(samples) : (comparison.meanEffect ?? ratio);
  const found = { ratio, comparison, effect };
  if (direction !== 'decrease' && higher && !(effect < effectSize.allowedIncrease)) {
    const critical = isCritical && !(effect < effectSize.criticalIncrease);
    return {
      ...failed(name, 'High', critical, unpaired),
      clause: critical ? 'criticalIncrease' : 'increase',
      ...found,
    };
  }
  if (direction !== 'increase' && lower && !(effect > effectSize.allowedDecrease)) {
    const critical = isCritical && !(effect > effectSize.criticalDecrease);
    return { ...failed(name, 'Low', critical, unpaired), clause: critical ? 'criticalDecrease' : 'decrease', ...found };
  }
  return { classification: 'Pass', critical: false, clause: passClause(settings, higher, lower), ...found };
}

/** A metric that somebody relies on does not slip through because it could not be tested. */
function withoutTest(
  { settings: { critical, mustHaveData }, likeKayenta }: Asked,
  comparison: Extract<Comparison, { untestable: string }>,
): Decision {
  const { reason = 'Metric Classification Failed' } = comparison;
  const error = { classification: 'Error', reason, critical: false, clause: 'untestable', comparison } as const;
  if (likeKayenta) return error;
  if (critical) return { ...error, critical, clause: 'criticalUntestable' };
  return mustHaveData ? { ...error, classification: 'NodataFailMetric', clause: 'requiredUntestable' } : error;
}

function clesOf({ control, experiment }: SamplePair): number {
  return commonLanguageEffectSize(control.sorted, experiment.sorted);
}

function failed(name: string, classification: 'High' | 'Low', critical: boolean, unpaired: string | undefined) {
  const said = critical
    ? `The metric ${name} was classified as ${classification} (Critical)`
    : `${name} was classified as ${classification}`;
  return { classification, reason: unpaired === undefined ? said : `${said}: ${unpaired}`, critical };
}

function passClause({ direction }: MetricSettings, higher: boolean, lower: boolean): Clause {
  if (higher) return direction === 'decrease' ? 'harmlessIncrease' : 'allowedIncrease';
  if (lower) return direction === 'increase' ? 'harmlessDecrease' : 'allowedDecrease';
  return 'noDifference';
}

function gatherEvidence(asked: Asked, decision: Decision): Evidence {
  const { samples, settings } = asked;
  const { clause, comparison, effect, classification, critical } = decision;
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
    ...notesOf(asked),
    ...fencesOf(samples),
    ...(comparison !== undefined && 'evidence' in comparison ? comparison.evidence : {}),
    ...(effect === undefined ? {} : { effect: { measure, value: effect, ...limits }, direction: settings.direction }),
  };
  const means = { control: control.stats.mean, experiment: experiment.stats.mean };
  return {
    ...evidence,
    sentence: explain({ ...asked, clause, evidence, untestable }),
    rule: RULES[clause],
    wouldPass: wouldPass({ classification, critical, clause, ...means, unit: asked.unit, effect: evidence.effect }),
  };
}

/** What was not as it should be of the data. */
function notesOf({ samples, unpaired }: Asked): Pick<Evidence, 'emptySides' | 'infiniteValues' | 'unpaired'> {
  const emptySides = SIDES.filter((side) => samples[side].present === 0);
  const infiniteValues = { control: samples.control.infinite, experiment: samples.experiment.infinite };
  return {
    ...(emptySides.length === 0 ? {} : { emptySides }),
    ...(infiniteValues.control + infiniteValues.experiment === 0 ? {} : { infiniteValues }),
    ...(unpaired === undefined ? {} : { unpaired }),
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
