import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { CanaryError } from '../../src/errors.ts';

/** The values of a side as they were given. @throws CanaryError JUDGEMENT_FAILED when it is missing */
export function valuesOf({ name, values }: MetricSetPair, side: 'control' | 'experiment'): readonly number[] {
  const found = values[side];
  if (found !== undefined) return found;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${name}': values.${side} is missing; write [] for a side without points.`,
  );
}
