import { type MetricSetPair, SAME_QUERY } from '../../src/domain/metric-set-pair.ts';
import { findLimits, type LimitFinding } from './limit-finding.ts';
import type { MetricSettings } from './metric-settings.ts';
import { valuesOf } from './values-of.ts';

/** What the metric's limits say, of the points as they were given: outliers are what limits are for. */
export function limitsOf(pair: MetricSetPair, { limits, nanStrategy }: MetricSettings): LimitFinding | undefined {
  if (limits === undefined) return undefined;
  const stepMillis = pair.scopes?.experiment?.stepMillis ?? 0;
  return findLimits(limits, {
    name: pair.name,
    control: valuesOf(pair, 'control'),
    experiment: valuesOf(pair, 'experiment'),
    missingIsZero: nanStrategy === 'replace',
    sameQuestion: pair.attributes?.experiment?.[SAME_QUERY] !== undefined,
    ...(stepMillis > 0 ? { stepSeconds: stepMillis / 1000 } : {}),
  });
}
