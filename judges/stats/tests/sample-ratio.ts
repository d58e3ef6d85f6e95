import { studentTSurvival } from '../distributions/student-t-survival.ts';

/** Requests at the same points in time; a point that either side lacks does not count. */
export interface RequestsOfArms {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

export interface SampleRatio {
  readonly requests: { readonly control: number; readonly experiment: number };
  /** The canary's share of all requests. */
  readonly seen: number;
  readonly points: number;
  /** How many times the variance is that of requests which go to an arm one by one, by chance alone; at least 1. */
  readonly overdispersion: number;
  /** Infinite where the requests vary no more than by chance alone. */
  readonly degreesOfFreedom: number;
  /** Of "the share is the expected one", two-sided. */
  readonly p: number;
}

/** Fewer points say nothing of how much shares vary from point to point. */
const FEWEST = 5;

/**
 * Whether the requests of two arms are split as they were meant to be. Chi-square and binomial tests take each request as
 * a draw of its own; balancers send them in streams, so that a million of them always differ from the share "for sure".
 * Here the variance is taken from how the share varies from point to point, with what neighbouring points have in common
 * (as of a process of the first order), and is never less than the binomial one: the ratio estimate of a cluster sample
 * with points as clusters, and Student's t.
 *
 * Source: W. G. Cochran, "Sampling Techniques" (1977), section 3.12.
 *
 * @param expected the share of the experiment, above 0 and below 1
 * @returns undefined with fewer than five points, or without requests
 * @example sampleRatio({ control: [50, 48, 52, 49, 51], experiment: [50, 52, 48, 51, 49] }, 0.5)?.p // 1
 */
export function sampleRatio({ control, experiment }: RequestsOfArms, expected: number): SampleRatio | undefined {
  const points = present(control, experiment);
  const count = points.length;
  const requests = points.reduce((sum, { c, e }) => ({ control: sum.control + c, experiment: sum.experiment + e }), {
    control: 0,
    experiment: 0,
  });
  const all = requests.control + requests.experiment;
  if (count < FEWEST || !(all > 0)) return undefined;
  const seen = requests.experiment / all;
  const residuals = points.map(({ c, e }) => e - seen * (c + e));
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  const inflation = inflationOf(residuals, squares);
  const binomial = expected * (1 - expected) * all;
  const clustered = ((squares * count) / (count - 1)) * inflation;
  const variance = Math.max(binomial, clustered);
  // The binomial variance is known; the other is estimated from so many independent points.
  const degreesOfFreedom = clustered > binomial ? Math.max(1, count / inflation - 1) : Number.POSITIVE_INFINITY;
  const t = Math.abs(requests.experiment - expected * all) / Math.sqrt(variance);
  const p = Math.min(1, 2 * studentTSurvival(t, degreesOfFreedom));
  return { requests, seen, points: count, overdispersion: variance / binomial, degreesOfFreedom, p };
}

function present(control: readonly number[], experiment: readonly number[]): { c: number; e: number }[] {
  const found: { c: number; e: number }[] = [];
  for (let index = 0; index < Math.min(control.length, experiment.length); index++) {
    const [c, e] = [control[index] ?? Number.NaN, experiment[index] ?? Number.NaN];
    if (c >= 0 && e >= 0 && Number.isFinite(c + e)) found.push({ c, e });
  }
  return found;
}

const HIGHEST = 0.95;

/** How much more the sum of correlated points varies: (1 + r) / (1 - r), r corrected for what a short series hides. */
function inflationOf(residuals: readonly number[], squares: number): number {
  if (!(squares > 0)) return 1;
  let products = 0;
  for (let index = 1; index < residuals.length; index++) {
    products += (residuals[index] as number) * (residuals[index - 1] as number);
  }
  const found = products / squares;
  // Kendall (1954), with one more standard deviation of doubt: a short series cannot deny that its points hang together.
  const count = residuals.length;
  const r = Math.min(HIGHEST, Math.max(0, found + (1 + 4 * found) / count + 1 / Math.sqrt(count)));
  return (1 + r) / (1 - r);
}
