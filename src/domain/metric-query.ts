import { CanaryError } from '../errors.ts';
import type { CanaryMetricConfig, CanaryMetricQuery } from './canary-config.ts';

/** A metric that can be fetched. */
export type QueriedMetric = CanaryMetricConfig & { readonly query: CanaryMetricQuery };

/** What to do about a metric that may be stored, but not fetched. */
export const NO_QUERY = 'has no query: it cannot be fetched. Give it one, such as {"type": "prometheus", "expr": "…"}.';

/** The metric, with its query. @throws CanaryError CANARY_CONFIG_INVALID naming a metric that has none */
export function queried(metric: CanaryMetricConfig): QueriedMetric {
  const { name = '', query } = metric;
  if (query === undefined) throw new CanaryError('CANARY_CONFIG_INVALID', `metric '${name}' ${NO_QUERY}`);
  return { ...metric, query };
}
