import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { valuesOf } from '../steps/values-of.ts';

/** Those that are numbers: a missing value, or an infinite one, is no output. */
export function finiteOf(pair: MetricSetPair, side: 'control' | 'experiment'): number[] {
  return valuesOf(pair, side).filter(Number.isFinite);
}
