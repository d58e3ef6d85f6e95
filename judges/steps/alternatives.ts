import type { Alternative } from '../stats/tests/alternative.ts';
import type { MetricSettings } from './metric-settings.ts';

/** The alternative hypothesis for the direction that counts. */
export const ALTERNATIVES = {
  increase: 'greater',
  decrease: 'less',
  either: 'two-sided',
} as const satisfies Record<MetricSettings['direction'], Alternative>;
