import { z } from 'zod';
import type { CanaryMetricConfig } from '../../domain/canary-config.ts';

/** The change that HaldaneJudge's forecasts are about where a metric allows none. */
const USUAL_ALLOWED = 0.25;

const Limits = z.object({
  effectSize: z.looseObject({ allowedIncrease: z.number(), allowedDecrease: z.number() }).partial(),
});

/** How much worse the canary may be by the settings of a metric, as a share; a limit that allows nothing is none. */
export function allowedChangeOf(metric: CanaryMetricConfig): number {
  const { effectSize } = Limits.safeParse(metric.analysisConfigurations?.canary).data ?? {};
  const { allowedIncrease = 1, allowedDecrease = 1 } = effectSize ?? {};
  const allowed = isWorseLow(metric) ? 1 - allowedDecrease : allowedIncrease - 1;
  return allowed > 0 ? allowed : USUAL_ALLOWED;
}

/** Which way a metric gets worse; one that may not change either way is taken to rise. */
export function isWorseLow({ analysisConfigurations }: CanaryMetricConfig): boolean {
  const settings: { direction?: unknown } = analysisConfigurations?.canary ?? {};
  return settings.direction === 'decrease';
}
