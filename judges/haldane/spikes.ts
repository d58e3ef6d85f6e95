import { incompleteBeta } from '../stats/distributions/incomplete-beta.ts';
import type { OrderedSeries } from '../stats/samples/ascending-order.ts';
import { medianAbsoluteDeviation, medianOfSorted } from '../stats/samples/median.ts';
import { countRuns } from './runs.ts';
import { NOTHING_SEEN, type Tails } from './tails.ts';

/** Excursions of the canary against the control at the same time, beyond what is usual between them. */
export interface Spikes extends Tails {
  readonly up: number;
  readonly down: number;
  /** How far, as a logarithm, the difference must be from its median to count. */
  readonly limit: number;
}

/** No excursion of less than this, as a logarithm, is a spike. */
export const SMALLEST_SPIKE = 0.25;
/** So many standard deviations, told from the median absolute deviation, are still usual. */
export const USUAL_DEVIATIONS = 4 * 1.4826;

/** Spikes up against spikes down: in unchanged pairs one is as likely as the other. */
export function concurrentSpikes(differences: OrderedSeries): Spikes {
  const { sorted } = differences;
  const median = medianOfSorted(sorted);
  const limit = Math.max(SMALLEST_SPIKE, USUAL_DEVIATIONS * medianAbsoluteDeviation(sorted));
  const up = countRuns(differences.values, median + limit);
  const down = countRuns(differences.values, median - limit, -1);
  if (up + down === 0) return { up, down, limit, ...NOTHING_SEEN };
  return { up, down, limit, high: atLeast(up, up + down), low: atLeast(down, up + down) };
}

/** P(Binomial(n, 1/2) >= k). */
function atLeast(k: number, n: number): number {
  return k === 0 ? 1 : incompleteBeta(0.5, k, n - k + 1);
}
