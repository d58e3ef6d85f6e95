import { z } from 'zod';
import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import { isWorseLow } from './known-changes.ts';

/** What a metric is held to that says nothing of it: half as much more is harm to anybody. */
const USUAL_ALLOWED = 0.25;

const Limits = z.object({
  effectSize: z.looseObject({ allowedIncrease: z.number(), allowedDecrease: z.number() }).partial(),
});

/** How much worse the canary may be by the settings of a metric, as a share; a limit that allows nothing is none. */
export function allowedChangeOf(metric: CanaryMetricConfig): number {
  const { effectSize } = Limits.safeParse(metric.analysisConfigurations?.canary).data ?? {};
  const { allowedIncrease = 1, allowedDecrease = 1 } = effectSize ?? {};
  const allowed = isWorseLow(metric) ? 1 - allowedDecrease : allowedIncrease - 1;
  return allowed > 0 ? Math.min(allowed, isWorseLow(metric) ? 1 : allowed) : USUAL_ALLOWED;
}
