import type { SampleRatio } from '../domain/sample-ratio.ts';
import { formatNumber, formatPercent } from './format.ts';

/** "The canary got 38 % of the requests instead of 50 % (p = 2e-7): …"; undefined where the split is as it was meant. */
export function mismatchInWords(ratio: SampleRatio | undefined): string | undefined {
  if (ratio === undefined || !ratio.mismatch) return undefined;
  const { seenShare, expectedShare, pValue, metric } = ratio;
  const p = pValue < 1e-12 ? 'p < 1e-12' : `p = ${formatNumber(pValue)}`;
  return (
    `The canary got ${formatPercent(seenShare)} of the requests instead of ${formatPercent(expectedShare)} (${p}, by the ` +
    `requests of ${metric}): the arms differ in more than the release, so look at the routing before the verdict.`
  );
}
