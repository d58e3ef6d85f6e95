import { inScratch } from '../stats/numerics/scratch.ts';
import type { SeriesParts } from '../stats/samples/ascending-order.ts';
import { autocovariances } from '../stats/samples/autocovariances.ts';
import { walshMedian } from '../stats/samples/rank-location.ts';
import { type Residuals, residualsOf } from './level-series.ts';
import type { Estimate } from './tails.ts';
import type { TestSettings } from './test-settings.ts';
import { varianceInflation } from './variance-inflation.ts';

export interface LateLevel extends Estimate {
  readonly inflationOfAll: number;
  readonly inflationOfWindow: number;
}

/**
 * The level of the last few differences, by the scatter of the whole series about its levels before and in the window.
 *
 * The ordinary standard deviation, not a robust one: on real series the robust one doubles the false alarms.
 */
export function lateLevel(parts: SeriesParts, settings: TestSettings): LateLevel {
  return inScratch((scratch) => levelBeside(residualsOf(parts, scratch), parts, settings));
}

function levelBeside(
  { ranks, points: allPoints, sumOfSquares }: Residuals,
  parts: SeriesParts,
  settings: TestSettings,
): LateLevel {
  const points = parts.after.order.length;
  const series = autocovariances(ranks);
  const ofAll = varianceInflation(series, { ...settings, points: allPoints, bias: 2 }).factor;
  const ofWindow = varianceInflation(series, { ...settings, points, bias: 2 }).factor;
  const scatter = sumOfSquares / (allPoints - 2);
  // The correction in the denominator is the whole series', because the scatter comes from there.
  const variance = (scatter * ofWindow) / points / Math.max(1 - ofAll / allPoints, 0.1);
  return {
    estimate: walshMedian(parts.after.sorted),
    standardError: Math.sqrt(variance),
    degreesOfFreedom: Math.max(allPoints / Math.sqrt(ofAll) - 2, 1),
    inflationOfAll: ofAll,
    inflationOfWindow: ofWindow,
  };
}
