import type { Account } from '../../src/domain/account.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricDescriptor, MetricsProvider, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { pickNames } from '../../src/engine/fetching/pick-names.ts';

/** Queries as the engine does: with the text the provider builds from the request. */
export async function askProvider(
  provider: MetricsProvider,
  request: MetricsRequest,
  signal: AbortSignal,
): Promise<MetricSet[]> {
  return provider.queryMetrics({ ...request, text: provider.buildQuery(request) }, signal);
}

/** The names a user would see. */
export async function listNames(
  provider: MetricsProvider,
  account: Account,
  filter: string,
  signal: AbortSignal,
): Promise<MetricDescriptor[]> {
  return pickNames(provider, (await provider.getMetadata?.(account, filter, signal)) ?? [], filter);
}
