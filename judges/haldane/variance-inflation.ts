import type { Autocovariances } from '../stats/samples/autocovariances.ts';

/** How much less a series says than as many independent points would. */
export interface Inflation {
  /** The variance of its mean, divided by what it were for independent points. From 1 to 0.9 times the points. */
  readonly factor: number;
  /** The correlation of neighbouring points that was believed: what was seen, drawn towards the prior. */
  readonly autocorrelation: number;
}

export interface InflationOptions {
  /** The points that the mean is taken over. */
  readonly points: number;
  /** 2 where two medians, not one, have been taken away from the series, which hides twice as much correlation. */
  readonly bias?: number;
  readonly prior: number;
  /** The factor is not below this (or 0.9 times the points): neighbours may be known to share their data. */
  readonly overlap: number;
}

/** How far lag-1 autocorrelations stray from the prior, and by what their variance falls from lag to lag. */
const PRIOR_DEVIATION = 0.25;
const PRIOR_FALL = 0.8;
/** The first autocorrelation below this ends the sum. */
const CUT = 0.1;

/** The factor that is believed of an endless series of which nothing is known but the prior. */
export function priorInflation(prior: number): number {
  return (1 + prior) / (1 - prior);
}

/**
 * The sum of the autocorrelations up to the first small one, each drawn towards prior^lag as far as its own error
 * demands. Short series look less correlated than they are, because their own mean was taken away; the correction for
 * that needs the result, so the sum is done twice.
 */
export function varianceInflation(series: Autocovariances, options: InflationOptions): Inflation {
  const { points, bias = 1, prior, overlap } = options;
  const most = 0.9 * points;
  const bounded = (factor: number) => Math.min(Math.max(factor, overlap), most);
  if (!(series.variance > 0)) return { factor: bounded(priorInflation(prior)), autocorrelation: prior };
  let believed: Inflation = { factor: priorInflation(prior), autocorrelation: prior };
  for (let pass = 0; pass < 2; pass++) {
    const hidden = Math.min((bias * believed.factor) / series.size, 0.4);
    believed = sumOfAutocorrelations(series, { points, prior, hidden });
  }
  return { factor: bounded(believed.factor), autocorrelation: believed.autocorrelation };
}

function sumOfAutocorrelations(
  series: Autocovariances,
  { points, prior, hidden }: { points: number; prior: number; hidden: number },
): Inflation {
  const lags = Math.max(1, Math.min(Math.floor(series.size / 3), points - 1));
  let factor = 1;
  let autocorrelation = 0;
  let priorVariance = PRIOR_DEVIATION ** 2;
  for (let lag = 1; lag <= lags; lag++) {
    const expected = prior ** lag;
    const pairs = series.pairs(lag);
    let r = expected;
    if (pairs >= 2) {
      const seen = (series.at(lag) / series.variance) * (1 - hidden) + hidden;
      const weight = priorVariance / (priorVariance + (1.2 * (1 - prior ** 2)) / pairs);
      r = weight * Math.min(0.98, Math.max(-0.5, seen)) + (1 - weight) * expected;
    }
    if (lag === 1) autocorrelation = r;
    priorVariance *= PRIOR_FALL;
    if (r < CUT) break;
    factor += 2 * Math.max(0, 1 - lag / points) * r;
  }
  return { factor: Math.max(1, factor), autocorrelation };
}

/** What the variance of a mean is multiplied by; more than the factor, because the series' own variance is too small. */
export function inflated(factor: number, points: number): number {
  return factor / Math.max(1 - factor / points, 0.1);
}

/** The degrees of freedom that so many points of such a series leave. */
export function degreesOfFreedom(factor: number, points: number): number {
  return Math.max(points / Math.sqrt(factor) - 1, 1);
}
