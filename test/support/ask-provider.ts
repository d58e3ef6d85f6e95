import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricsProvider, MetricsRequest } from '../../src/domain/metrics-provider.ts';

/** Asks as the engine does: with the text that the provider builds of the request. */
export async function askProvider(
  provider: MetricsProvider,
  request: MetricsRequest,
  signal: AbortSignal,
): Promise<MetricSet[]> {
  return provider.queryMetrics({ ...request, text: provider.buildQuery(request) }, signal);
}
