import { normalQuantile } from '../stats/distributions/normal-quantile.ts';
import { normalSurvival } from '../stats/distributions/normal-survival.ts';
import { studentTSurvival } from '../stats/distributions/student-t-survival.ts';
import type { OrderedSeries } from '../stats/samples/ascending-order.ts';
import { spearmanCorrelation } from '../stats/samples/spearman.ts';
import { inTurns, type Pace } from '../steps/in-turns.ts';
import type { MetricTest } from './judge-series-pair.ts';
import { NO_VARIATION, spreadOf } from './tails.ts';

/** Whether several metrics that are each a little worse can be chance. */
export interface JointChange {
  readonly p: number;
  /** One for each metric that took part: standard deviations on the harmful side. */
  readonly deviates: readonly number[];
  /** The variance of their sum; as large as their number if they were independent. */
  readonly variance: number;
  /** The relative changes of the metrics that took part. */
  readonly changes: readonly number[];
}

export interface JointOptions {
  /** The correlation of harmless machine differences between metrics of one canary. */
  readonly rho: number;
}

/** Real machines show this correlation; with none, unchanged canaries would be "together worse" three times as often. */
const DEFAULT_RHO = 0.5;
const FEWEST_COMMON = 8;

/**
 * Of the metrics judged on logarithms whose harmful side is known; undefined for fewer than two of these. Tested against
 * no change at all, not against the margin of each.
 */
export function jointChange(
  tests: readonly MetricTest[],
  { rho }: JointOptions = { rho: DEFAULT_RHO },
): JointChange | undefined {
  const parts = jointParts(tests);
  return asOne(
    parts,
    parts.map((_, i) => covariancesFrom(parts, i, rho)),
  );
}

/**
 * The same, giving others their turn: all pairs of a hundred metrics take a while. Undefined also where the sum would be no
 * alarm at level `alarm` even if the metrics were as independent as they can be.
 */
export async function jointChangeInTurns(
  tests: readonly MetricTest[],
  alarm: number,
  pace: Pace,
): Promise<JointChange | undefined> {
  const parts = jointParts(tests);
  const least = asOne(parts, []);
  if (!least || least.p >= alarm) return undefined;
  const covariances = await inTurns([...parts.keys()], pace, (i) => covariancesFrom(parts, i, DEFAULT_RHO));
  return asOne(parts, covariances);
}

function jointParts(tests: readonly MetricTest[]): JointPart[] {
  return tests.flatMap((test) => jointPart(test) ?? []);
}

function asOne(parts: readonly JointPart[], covariances: readonly number[]): JointChange | undefined {
  if (parts.length < 2) return undefined;
  const variance = covariances.reduce((sum, covariance) => sum + 2 * covariance, parts.length);
  const sum = parts.reduce((total, { deviate }) => total + deviate, 0);
  return {
    p: normalSurvival(sum / Math.sqrt(variance)),
    deviates: parts.map(({ deviate }) => deviate),
    variance,
    changes: parts.map(({ change }) => change),
  };
}

/** Of a part with those after it. */
function covariancesFrom(parts: readonly JointPart[], i: number, rho: number): number {
  const part = parts[i] as JointPart;
  let sum = 0;
  for (let j = i + 1; j < parts.length; j++) sum += covariance(part, parts[j] as JointPart, rho);
  return sum;
}

interface JointPart {
  readonly differences: OrderedSeries;
  readonly sign: 1 | -1;
  readonly standardError: number;
  readonly tau: number;
  readonly deviation: number;
  readonly deviate: number;
  readonly change: number;
}

function jointPart({ route, level, series, direction, effect, settings: { tau } }: MetricTest): JointPart | undefined {
  if (route !== 'logarithms' || !level || !series || direction === 'either') return undefined;
  const sign = direction === 'increase' ? 1 : -1;
  const standardError = Math.max(level.standardError, NO_VARIATION);
  const { variance, df } = spreadOf({ ...level, standardError }, tau);
  const deviation = Math.sqrt(variance);
  const deviate = asNormal((sign * level.estimate) / deviation, df);
  return { differences: series.differences, sign, standardError, tau, deviation, deviate, change: effect.change };
}

const SMALLEST_TAIL = 1e-300;

/** The normal deviate with the same tail, by the smaller tail, which keeps its digits. */
function asNormal(t: number, df: number): number {
  const deviate = -normalQuantile(Math.max(SMALLEST_TAIL, studentTSurvival(Math.abs(t), df)));
  return t < 0 ? -deviate : deviate;
}

function covariance(a: JointPart, b: JointPart, rho: number): number {
  const correlation = a.sign * b.sign * spearmanCorrelation(a.differences, b.differences, FEWEST_COMMON);
  const together = a.standardError * b.standardError * Math.max(0, correlation) + a.tau * b.tau * rho;
  return together / (a.deviation * b.deviation);
}
