import type { CanaryAnalysisResult } from './canary-judge-result.ts';
import { SIDES, type Side } from './canary-scope.ts';

/** As much of the result of a metric as its coverage depends on. */
export type CoveredResult = Pick<CanaryAnalysisResult, 'classification' | 'muted'> &
  Partial<Pick<CanaryAnalysisResult, 'evidence' | 'controlMetadata' | 'experimentMetadata'>>;

/** How much of a canary its judge could judge. Muted metrics take no part. */
export interface Coverage {
  readonly judged: number;
  readonly of: number;
  /** metrics of which a side gave no value at all */
  readonly empty: Readonly<Record<Side, number>>;
}

export function coverageOf(results: readonly CoveredResult[]): Coverage {
  const counted = results.filter(({ muted }) => !muted);
  const empty = (side: Side) => counted.filter((result) => emptySidesOf(result).includes(side)).length;
  return {
    judged: counted.filter(wasJudged).length,
    of: counted.length,
    empty: { control: empty('control'), experiment: empty('experiment') },
  };
}

/** Whether there was anything to compare. Nothing on both sides passes where missing values count as 0. */
export function wasJudged(result: CoveredResult): boolean {
  const isCompared = ['Pass', 'High', 'Low'].includes(result.classification);
  return isCompared && emptySidesOf(result).length < SIDES.length;
}

/** Judges elsewhere give no evidence; their statistics say which sides are empty. */
function emptySidesOf({ evidence, controlMetadata, experimentMetadata }: CoveredResult): readonly Side[] {
  if (evidence?.emptySides !== undefined) return evidence.emptySides;
  const counts = { control: controlMetadata?.stats.count, experiment: experimentMetadata?.stats.count };
  return SIDES.filter((side) => counts[side] === 0);
}

/** Whether a pass would say nothing: no metric could be judged, or one side has no data at all. */
export function isOverNothing({ judged, of, empty }: Coverage): boolean {
  return judged === 0 || empty.control === of || empty.experiment === of;
}

/** "18 of 20 metrics could be judged" */
export function coverageInWords({ judged, of }: Coverage): string {
  return `${judged} of ${of} metrics could be judged`;
}

/** Which side was silent in every metric; undefined when none was. */
export function silenceInWords({ of, empty: { control, experiment } }: Coverage): string | undefined {
  if (of === 0 || (control < of && experiment < of)) return undefined;
  const metrics = `(${of} of ${of} metrics)`;
  if (control === of && experiment === of) return `No data from the canary, nor from the baseline ${metrics}.`;
  return experiment === of
    ? `No data from the canary ${metrics}; the baseline has data.`
    : `No data from the baseline ${metrics}; the canary has data.`;
}
