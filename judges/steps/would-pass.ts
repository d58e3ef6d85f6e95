import type { CanaryAnalysisResult, Evidence } from '../../src/domain/canary-judge-result.ts';
import { formatPercent, plainNumber } from './format-number.ts';
import { roundAway } from './round-away.ts';
import type { Clause } from './rules.ts';
import { valuesInUnit } from './values-in-unit.ts';

/** The basis of a metric's classification. */
export interface Outcome extends Pick<CanaryAnalysisResult, 'classification' | 'critical'> {
  readonly clause: Clause;
  /** means of the sides */
  readonly control: number;
  readonly experiment: number;
  /** of the query; absent: none is named */
  readonly unit?: string | undefined;
  readonly effect: Evidence['effect'];
}

const PLAIN = 'It would be a plain failure, and not fail the whole canary,';

/** What would have changed the verdict on a metric, one sentence each; empty for a metric that passed. */
export function wouldPass(outcome: Outcome): string[] {
  const { classification, critical, clause } = outcome;
  if (clause === 'requiredUntestable' || clause === 'criticalUntestable') {
    return [
      'It would be compared if both sides had enough points: a longer window, or a shorter step.',
      ...(critical ? ['It would not fail the whole canary if it were not critical.'] : []),
    ];
  }
  if (classification === 'Pass' || classification === 'Error') return [];
  if (classification === 'Nodata' || classification === 'NodataFailMetric') {
    return [
      'It would be compared if both sides had data in the window.',
      ...(classification === 'NodataFailMetric' ? ['It would not count if it were not set to mustHaveData.'] : []),
      ...(critical ? ['It would not fail the whole canary if it were not critical.'] : []),
    ];
  }
  return [
    ...byMean(outcome),
    ...byLimit(outcome, 'allowed').map((limit) => `It would pass if ${limit}.`),
    ...(critical ? byLimit(outcome, 'critical').map((limit) => `${PLAIN} if ${limit}.`) : []),
    ...(critical ? [`${PLAIN} if it were not critical.`] : []),
  ];
}

function byMean({ classification, effect, control, experiment, unit }: Outcome): string[] {
  const isHigh = classification === 'High';
  const limit = isHigh ? effect?.allowedIncrease : effect?.allowedDecrease;
  if (effect?.measure !== 'meanRatio' || limit === undefined || !(control > 0) || !(limit > 0)) return [];
  const [mean = '', own = ''] = valuesInUnit([control * limit, experiment], unit);
  const share = formatPercent(Math.abs(limit - 1));
  const meaning = limit === 1 ? "baseline's mean" : `${share} ${limit > 1 ? 'above' : 'below'} baseline`;
  const side = isHigh ? 'below' : 'above';
  return [`It would pass if the canary's mean were ${side} ${mean}, ${meaning}; it is ${own}.`];
}

function byLimit({ classification, effect }: Outcome, kind: 'allowed' | 'critical'): string[] {
  const name = classification === 'High' ? (`${kind}Increase` as const) : (`${kind}Decrease` as const);
  const { value, [name]: limit } = effect ?? {};
  if (value === undefined || limit === undefined || !Number.isFinite(value)) return [];
  const isHigh = classification === 'High';
  const enough = plainNumber(roundAway(value, isHigh));
  return [`effectSize.${name} were ${isHigh ? 'above' : 'below'} ${enough}; it is ${plainNumber(limit)}`];
}
