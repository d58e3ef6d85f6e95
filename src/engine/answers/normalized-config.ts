import type { CanaryConfig } from '../../domain/canary-config.ts';

/** Lists and maps that were absent are empty: judges and viewers read them without a guard. */
export function normalizedConfig(config: CanaryConfig): CanaryConfig {
  return {
    ...config,
    applications: config.applications ?? [],
    templates: config.templates ?? {},
    metrics: (config.metrics ?? []).map((metric) => ({
      ...metric,
      groups: metric.groups ?? [],
      analysisConfigurations: metric.analysisConfigurations ?? {},
    })),
  };
}
