import { estimatedChange } from '../../src/domain/estimated-change.ts';
import type { Finding } from './finding.ts';

/** The change that a sentence tells: the estimate that its interval is of, or else that of the means. 0.18 is 18 % more. */
export function shownChange(finding: Finding): number | undefined {
  const means = changeOfMeans(finding);
  if (means === undefined) return undefined;
  return estimatedChange(finding.evidence, finding.samples.control.stats.mean)?.change ?? means;
}

/** From mean to mean; undefined where that is no ratio. */
export function changeOfMeans({ samples }: Pick<Finding, 'samples'>): number | undefined {
  const { control, experiment } = samples;
  const ratio = experiment.stats.mean / control.stats.mean;
  const isRatio = control.stats.mean > 0 && experiment.stats.mean >= 0 && ratio < Number.POSITIVE_INFINITY;
  return isRatio ? ratio - 1 : undefined;
}
