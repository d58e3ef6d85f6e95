import type { Evidence } from './canary-judge-result.ts';

/** A change as a ratio: 0.18 is 18 % more. Absent ends are open. */
export interface EstimatedChange {
  /** absent: the interval is of the ratio of the means */
  readonly change?: number;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
  readonly confidence?: number | undefined;
}

type Estimates = Pick<Evidence, 'estimate' | 'interval' | 'ratioEstimate' | 'ratioInterval'>;

/** A judge's own estimate of the ratio, to which its interval belongs. */
export function estimatedRatio({ ratioEstimate, ratioInterval }: Partial<Estimates>): EstimatedChange | undefined {
  if (ratioEstimate === undefined || !Number.isFinite(ratioEstimate)) return undefined;
  return { change: ratioEstimate - 1, ...(ratioInterval && shareOf(ratioInterval, 1, 1)) };
}

/**
 * The interval that a judge gives, with the estimate that it is of; undefined when it gives none. The interval of a
 * ratio without an estimate is of the ratio of means; that of a difference has its estimate.
 *
 * @param control the baseline's mean, above 0
 */
export function estimatedChange(evidence: Partial<Estimates>, control: number): EstimatedChange | undefined {
  const { estimate, interval, ratioInterval } = evidence;
  const own = estimatedRatio(evidence);
  if (own !== undefined) return own;
  if (ratioInterval !== undefined) return shareOf(ratioInterval, 1, 1);
  if (interval === undefined) return undefined;
  const change = estimate === undefined || !Number.isFinite(estimate) ? {} : { change: estimate / control };
  return { ...change, ...shareOf(interval, 0, control) };
}

function shareOf({ lower, upper, confidence }: NonNullable<Evidence['interval']>, from: number, of: number) {
  const open = (value: number) => (Number.isFinite(value) ? (value - from) / of : undefined);
  return { lower: open(lower), upper: open(upper), confidence };
}
