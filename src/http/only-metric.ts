import type { SingleQuery } from '../engine/fetching/metric-explorer.ts';
import { CanaryError } from '../errors.ts';

/** The same question about one metric. @throws CanaryError REQUEST_INVALID */
export function onlyMetric(tried: SingleQuery, index: number): SingleQuery {
  const metric = tried.config.metrics?.[index];
  if (metric !== undefined) return { ...tried, config: { ...tried.config, metrics: [metric] } };
  const size = tried.config.metrics?.length ?? 0;
  throw new CanaryError('REQUEST_INVALID', `metric: there is no metric ${index}; the config has ${size}, from 0`);
}
