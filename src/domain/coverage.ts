import type { CanaryAnalysisResult } from './canary-judge-result.ts';
import { SIDES, type Side } from './canary-scope.ts';

/** As much of the result of a metric as its coverage depends on. */
export type CoveredResult = Pick<CanaryAnalysisResult, 'classification' | 'muted'> &
  Partial<Pick<CanaryAnalysisResult, 'evidence' | 'controlMetadata' | 'experimentMetadata'>>;

/** How much of a canary its judge could judge. Muted metrics take no part. */
export interface Coverage {
  readonly judged: number;
  readonly of: number;
  /** metrics of which a side gave no value at all, or none that is finite */
  readonly empty: Readonly<Record<Side, number>>;
  /** those of them of which the other side has data */
  readonly alone: Readonly<Record<Side, number>>;
  /** those of them of which it gave infinite ones */
  readonly infinite: Readonly<Record<Side, number>>;
  /** metrics whose series pair with none of the other side: no side is silent because of them */
  readonly unpaired: number;
}

/** @param unreported metrics that are not muted and of which the judge said nothing */
export function coverageOf(results: readonly CoveredResult[], unreported = 0): Coverage {
  const counted = results.filter(({ muted }) => !muted);
  const count = (sidesOf: (result: CoveredResult) => readonly Side[]) => {
    const on = (side: Side) => counted.filter((result) => sidesOf(result).includes(side)).length;
    return { control: on('control'), experiment: on('experiment') };
  };
  return {
    judged: counted.filter(wasJudged).length,
    of: counted.length + unreported,
    empty: count(emptySidesOf),
    alone: count((result) => {
      const sides = emptySidesOf(result);
      return sides.length === 1 ? sides : [];
    }),
    infinite: count(infiniteSidesOf),
    unpaired: counted.filter(({ evidence }) => evidence?.unpaired !== undefined).length,
  };
}

/**
 * Whether there was anything to compare. Nothing on both sides passes where missing values count as 0; infinite values
 * alone pass where they are compared as such.
 */
export function wasJudged(result: CoveredResult): boolean {
  const isCompared = ['Pass', 'High', 'Low'].includes(result.classification);
  return isCompared && emptySidesOf(result).length < SIDES.length && infiniteSidesOf(result).length === 0;
}

/** Judges elsewhere give no evidence; their statistics say which sides are empty. */
function emptySidesOf(result: CoveredResult): readonly Side[] {
  const { evidence, controlMetadata, experimentMetadata } = result;
  const infinite = infiniteSidesOf(result);
  if (evidence?.emptySides !== undefined || infinite.length > 0) {
    return SIDES.filter((side) => evidence?.emptySides?.includes(side) || infinite.includes(side));
  }
  const counts = { control: controlMetadata?.stats.count, experiment: experimentMetadata?.stats.count };
  return SIDES.filter((side) => counts[side] === 0);
}

/** Sides that gave infinite values and no other ones. */
function infiniteSidesOf({ evidence, controlMetadata, experimentMetadata }: CoveredResult): readonly Side[] {
  const { infiniteValues, sampleSizes, emptySides = [] } = evidence ?? {};
  if (infiniteValues === undefined) return [];
  const least = { control: controlMetadata?.stats.min, experiment: experimentMetadata?.stats.min };
  // Judges that compare infinite values have them in the sample; to the others they are missing.
  const isAll = (side: Side) =>
    infiniteValues[side] >= (sampleSizes?.[side].used ?? 0) && !Number.isFinite(least[side] ?? 0);
  return SIDES.filter((side) => infiniteValues[side] > 0 && (emptySides.includes(side) || isAll(side)));
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
export function silenceInWords(coverage: Coverage): string | undefined {
  const { of, infinite, unpaired } = coverage;
  const { control, experiment } = coverage.empty;
  if (of === 0 || unpaired > 0 || (control < of && experiment < of)) return undefined;
  const metrics = `(${of} of ${of} metrics)`;
  if (hasOnlyInfinities(coverage)) {
    const side = infinite.experiment > 0 ? 'canary' : 'baseline';
    return `No finite value from the ${side} ${metrics}: infinite ones cannot be compared; does the query divide by 0?`;
  }
  if (control === of && experiment === of) return `No data from the canary, nor from the baseline ${metrics}.`;
  return experiment === of
    ? `No data from the canary ${metrics}; the baseline has data.`
    : `No data from the baseline ${metrics}; the canary has data.`;
}

/** Whether a side is silent only because its values are infinite: it runs, and its scope is right. */
export function hasOnlyInfinities({ of, empty, infinite }: Coverage): boolean {
  return SIDES.some((side) => empty[side] === of && infinite[side] > 0);
}

/** "No data from the canary in 19 of 20 metrics; the baseline has data." Undefined where that is less than half. */
export function partialSilenceInWords({ of, unpaired, alone, empty, infinite }: Coverage): string | undefined {
  const side = SIDES.find((one) => alone[one] * 2 >= of && alone[one] > 1 && empty[one] < of && infinite[one] === 0);
  if (side === undefined || unpaired > 0) return undefined;
  const [silent, other] = side === 'experiment' ? ['canary', 'baseline'] : ['baseline', 'canary'];
  return `No data from the ${silent} in ${alone[side]} of ${of} metrics; the ${other} has data.`;
}
