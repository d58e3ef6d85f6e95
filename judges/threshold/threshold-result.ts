import type { CanaryAnalysisResult, Classification, Evidence } from '../../src/domain/canary-judge-result.ts';
import { WARNING } from '../../src/domain/score.ts';
import { meanRatio } from '../stats/samples/mean-ratio.ts';
import { cleanSample } from '../steps/clean.ts';
import { isRelative, setsOfBounds } from '../steps/limit-fields.ts';
import { limitEvidence } from '../steps/result-with-limits.ts';
import { valuesOf } from '../steps/values-of.ts';
import type { LimitedMetric } from './limited-metric.ts';
import { THRESHOLD_RULES, type ThresholdClause } from './threshold-rules.ts';

/** A metric as the wire has it. */
export function thresholdResult(limited: LimitedMetric): CanaryAnalysisResult {
  const { pair, metric, rules } = limited;
  const cleaning = { nanStrategy: 'remove', outlierFactor: undefined, keepsInfinities: false } as const;
  const control = cleanSample(valuesOf(pair, 'control'), cleaning);
  const experiment = cleanSample(valuesOf(pair, 'experiment'), cleaning);
  const { clause, classification, sentence, wouldPass } = decide(limited);
  const isFailed = clause === 'beyondLimit' || clause === 'limitUnchecked';
  const sizes = { control, experiment };
  return {
    name: pair.name,
    ...(pair.tags === undefined ? {} : { tags: pair.tags }),
    ...(pair.id === undefined ? {} : { id: pair.id }),
    classification,
    ...(classification === 'Pass' ? {} : { classificationReason: sentence }),
    ...(metric.groups === undefined ? {} : { groups: metric.groups }),
    experimentMetadata: { stats: experiment.stats },
    controlMetadata: { stats: control.stats },
    resultMetadata: {
      ratio:
        control.stats.count === 0 || experiment.stats.count === 0
          ? 1
          : meanRatio({ control: control.stats.mean, experiment: experiment.stats.mean }),
    },
    critical: isFailed && rules.importance === 'critical',
    muted: rules.muted,
    evidence: {
      test: limited.limits === undefined ? 'none' : 'limits',
      clause,
      ...(clause === 'warning' && { outcome: WARNING }),
      rule: THRESHOLD_RULES[clause],
      sentence: rules.muted ? `${sentence} The metric is muted and does not count.` : sentence,
      wouldPass,
      sampleSizes: {
        control: { given: control.given, used: control.stats.count },
        experiment: { given: experiment.given, used: experiment.stats.count },
      },
      emptySides: emptySides(limited, sizes),
      ...infiniteValues(sizes),
      ...(limited.limits && { limits: limitEvidence(limited.limits) }),
    },
  };
}

interface Sizes {
  readonly control: { readonly present: number; readonly infinite: number };
  readonly experiment: { readonly present: number; readonly infinite: number };
}

/** A baseline that nothing is compared with is not missed. */
function emptySides({ rules }: LimitedMetric, { control, experiment }: Sizes): NonNullable<Evidence['emptySides']> {
  const isCompared = [rules.limits, rules.warning].flatMap(setsOfBounds).some(isRelative);
  return [
    ...(isCompared && control.present === 0 ? (['control'] as const) : []),
    ...(experiment.present === 0 ? (['experiment'] as const) : []),
  ];
}

function infiniteValues({ control, experiment }: Sizes): Pick<Evidence, 'infiniteValues'> {
  const infiniteValues = { control: control.infinite, experiment: experiment.infinite };
  return control.infinite + experiment.infinite === 0 ? {} : { infiniteValues };
}

interface Decided {
  readonly clause: ThresholdClause;
  readonly classification: Classification;
  readonly sentence: string;
  readonly wouldPass: string[];
}

function decide({ pair: { name }, limits, warning }: LimitedMetric): Decided {
  if (limits === undefined) {
    const sentence = `${name} has no limits, so it is shown and not judged.`;
    return { clause: 'noLimits', classification: 'Error', sentence, wouldPass: [] };
  }
  const { state, side, sentence, wouldHold } = limits;
  const common = { sentence, wouldPass: [...wouldHold] };
  if (state === 'held') return { ...common, clause: 'withinLimits', classification: 'Pass' };
  if (state === 'unchecked') return { ...common, clause: 'limitUnchecked', classification: 'NodataFailMetric' };
  if (warning?.state !== 'held') return { ...common, clause: 'beyondLimit', classification: side };
  const warned = `${sentence} It is within those of its warning, so it is a warning.`;
  return { ...common, sentence: warned, clause: 'warning', classification: side };
}
