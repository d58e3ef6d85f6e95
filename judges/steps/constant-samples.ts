import { relativeLevel } from '../stats/samples/relative-level.ts';
import type { Comparison, Sample, SamplePair } from './comparison.ts';

/**
 * The comparison of two constant sides, without variation to test against: a difference beyond the margin is certain.
 * `undefined` when a side varies or has fewer than two points.
 *
 * @param margin in the metric's unit
 */
export function compareConstants({ control, experiment }: SamplePair, margin: number): Comparison | undefined {
  if (!isConstant(control) || !isConstant(experiment)) return undefined;
  const estimate = (experiment.sorted[0] as number) - (control.sorted[0] as number);
  return {
    test: 'none needed: neither side varies',
    higher: estimate > margin,
    lower: estimate < -1 * margin,
    meanEffect: relativeLevel(experiment.stats.mean, control.stats.mean),
    evidence: { estimate, tolerance: margin },
  };
}

function isConstant({ sorted }: Sample): boolean {
  return sorted.length >= 2 && sorted[0] === sorted.at(-1);
}
