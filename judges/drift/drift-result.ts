import type {
  CanaryAnalysisResult,
  Classification,
  Evidence,
  SampleStatistics,
} from '../../src/domain/canary-judge-result.ts';
import { SIDES } from '../../src/domain/canary-scope.ts';
import { meanRatio } from '../stats/samples/mean-ratio.ts';
import type { Adjusted } from '../stats/tests/benjamini-hochberg.ts';
import { cleanSample } from '../steps/clean.ts';
import { formatNumber } from '../steps/format-number.ts';
import { valuesOf } from '../steps/values-of.ts';
import type { DriftTest, Untested } from './drift-finding.ts';
import type { DriftSeries } from './drift-metrics.ts';
import { DRIFT_RULES, type DriftClause } from './drift-rules.ts';

/** A series with what its outputs say; undefined where it is judged with another. */
export interface TestedSeries extends DriftSeries {
  readonly tested: DriftTest | Untested | undefined;
}

export function isTested(tested: TestedSeries['tested']): tested is DriftTest {
  return tested !== undefined && 'pValue' in tested;
}

/** A series as the wire has it. @param adjusted what the error budget allows to say of it */
export function driftResult(
  series: TestedSeries,
  adjusted: Adjusted | undefined,
  errorBudget: number,
): CanaryAnalysisResult {
  const { pair, metric, rules, tested } = series;
  const decided = decide(series, adjusted);
  const { control, experiment } = statisticsOf(series);
  const muted = rules.muted || tested === undefined;
  return {
    name: pair.name,
    ...(pair.tags === undefined ? {} : { tags: pair.tags }),
    ...(pair.id === undefined ? {} : { id: pair.id }),
    classification: decided.classification,
    ...(decided.classification === 'Pass' ? {} : { classificationReason: decided.sentence }),
    ...(metric.groups === undefined ? {} : { groups: metric.groups }),
    experimentMetadata: { stats: experiment },
    controlMetadata: { stats: control },
    resultMetadata: {
      ratio:
        control.count === 0 || experiment.count === 0
          ? 1
          : meanRatio({ control: control.mean, experiment: experiment.mean }),
    },
    critical: rules.importance === 'critical' && !muted && ['drift', 'notTested'].includes(decided.clause),
    muted,
    evidence: {
      test: isTested(tested) ? tested.test : 'none',
      clause: decided.clause,
      ...(decided.clause === 'notTested' && { outcome: 'Inconclusive' }),
      rule: DRIFT_RULES[decided.clause],
      sentence: rules.muted ? `${decided.sentence} The metric is muted and does not count.` : decided.sentence,
      wouldPass: wouldPass(series, decided.clause),
      sampleSizes: {
        control: { given: valuesOf(pair, 'control').length, used: control.count },
        experiment: { given: valuesOf(pair, 'experiment').length, used: experiment.count },
      },
      ...emptySides({ control, experiment }),
      ...(isTested(tested) ? figuresOf(tested, series, adjusted, errorBudget) : {}),
    },
  };
}

function statisticsOf({ pair }: TestedSeries): Record<'control' | 'experiment', SampleStatistics> {
  const cleaning = { nanStrategy: 'remove', outlierFactor: undefined, keepsInfinities: false } as const;
  return {
    control: cleanSample(valuesOf(pair, 'control'), cleaning).stats,
    experiment: cleanSample(valuesOf(pair, 'experiment'), cleaning).stats,
  };
}

function emptySides(stats: Record<'control' | 'experiment', SampleStatistics>): Pick<Evidence, 'emptySides'> {
  const emptySides = SIDES.filter((side) => stats[side].count === 0);
  return emptySides.length === 0 ? {} : { emptySides };
}

const CONFIDENCE = 0.95;

function figuresOf(
  tested: DriftTest,
  { rules }: TestedSeries,
  adjusted: Adjusted | undefined,
  errorBudget: number,
): Partial<Evidence> {
  const { pValue, statistic, degreesOfFreedom, criticalValue, estimate, interval, effect, measure } = tested;
  return {
    pValue,
    ...(adjusted === undefined ? {} : { adjustedPValue: adjusted.adjusted, errorBudget }),
    ...(statistic === undefined ? {} : { statistic }),
    ...(degreesOfFreedom === undefined ? {} : { degreesOfFreedom }),
    ...(criticalValue === undefined ? {} : { criticalValue }),
    ...(estimate === undefined ? {} : { estimate }),
    ...(interval === undefined ? {} : { interval: { ...interval, confidence: CONFIDENCE } }),
    effect: { measure, value: effect },
    direction: rules.direction,
    tolerance: rules.minimumEffect,
  };
}

interface Decided {
  readonly clause: DriftClause;
  readonly classification: Classification;
  readonly sentence: string;
}

function decide({ pair: { name }, rules, tested }: TestedSeries, adjusted: Adjusted | undefined): Decided {
  if (tested === undefined) {
    const sentence = `This series of ${name} is judged together with the others of the metric.`;
    return { clause: 'together', classification: 'Nodata', sentence };
  }
  if (!isTested(tested)) {
    const end = rules.importance === 'critical' && !rules.muted ? ' It is critical, so the canary fails.' : '';
    const sentence = `${name} could not be tested: ${tested.untested}; it is inconclusive.${end}`;
    return { clause: 'notTested', classification: 'Nodata', sentence };
  }
  const { found, effect, pValue } = tested;
  const p = pInWords(adjusted?.adjusted ?? pValue);
  if (adjusted?.rejected !== true) {
    return { clause: 'noDrift', classification: 'Pass', sentence: `${name}: ${found}; chance explains it (${p}).` };
  }
  if (Math.abs(effect) < rules.minimumEffect) {
    const limit = formatNumber(rules.minimumEffect);
    const sentence = `${name}: ${found}; that is no chance (${p}), but below the ${limit} that count.`;
    return { clause: 'belowMinimum', classification: 'Pass', sentence };
  }
  const isLower = !tested.isShape && (tested.estimate ?? 0) < 0;
  const sentence = `${name} has drifted: ${found}; chance does not explain it (${p}).`;
  return { clause: 'drift', classification: isLower ? 'Low' : 'High', sentence };
}

function pInWords(p: number): string {
  return p < 0.0001 ? 'adjusted p < 0.0001' : `adjusted p = ${Number(p.toPrecision(2))}`;
}

function wouldPass({ rules, tested }: TestedSeries, clause: DriftClause): string[] {
  if (tested !== undefined && !isTested(tested) && tested.isFew)
    return ['It would be tested with more outputs on both sides: a longer window, or more traffic.'];
  if (clause !== 'drift' || !isTested(tested)) return [];
  const limit = formatNumber(Math.abs(tested.effect) * 1.001);
  const directed = rules.data === 'events' || rules.data === 'pairs';
  const other = (tested.estimate ?? 0) < 0 ? 'an increase' : 'a decrease';
  return [
    `It would pass if minimumEffect were above ${limit}.`,
    ...(directed ? [`It would pass if only ${other} counted; its direction is '${rules.direction}'.`] : []),
  ];
}
