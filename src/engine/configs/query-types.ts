import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import { CanaryError } from '../../errors.ts';

/** The query types of Kayenta: a config may name them even where this service has no such provider. */
const KAYENTA_QUERY_TYPES = [
  'atlas',
  'datadog',
  'graphite',
  'influxdb',
  'newrelic',
  'prometheus',
  'signalfx',
  'stackdriver',
  'wavefront',
];

/** Rejects a query type that neither a provider here nor Kayenta has. @throws CanaryError CANARY_CONFIG_INVALID */
export function checkQueryType({ name, query }: CanaryMetricConfig, providerTypes: readonly string[]): void {
  const known = [...new Set([...providerTypes, ...KAYENTA_QUERY_TYPES])].sort();
  // Kayenta stores a metric without a query; a run refuses it.
  if (query === undefined || known.includes(query.type)) return;
  throw new CanaryError(
    'CANARY_CONFIG_INVALID',
    `metric '${name ?? ''}': query.type '${query.type}' is not known; known: ${known.join(', ')}`,
  );
}
