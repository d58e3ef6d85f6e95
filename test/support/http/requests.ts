import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../../src/domain/canary-execution-request.ts';

/** A config of `count` metrics `m0`, `m1`, … for the fake provider. */
export function configOf(count = 1, changes: Partial<CanaryConfig> = {}): CanaryConfig {
  return {
    name: 'checkout',
    applications: ['shop'],
    judge: { name: 'FakeJudge-v1.0' },
    metrics: Array.from({ length: count }, (_, index) => ({
      name: `m${index}`,
      query: { type: 'fake', serviceType: 'fake', metricName: `metric_${index}` },
      groups: ['group'],
      scopeName: 'default',
    })),
    classifier: { groupWeights: { group: 100 } },
    ...changes,
  };
}

/** One hour, both sides equal except their names. */
export function requestOf(changes: Partial<CanaryExecutionRequest> = {}): CanaryExecutionRequest {
  const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', step: 60 };
  return {
    scopes: { default: { controlScope: { scope: 'v1', ...window }, experimentScope: { scope: 'v2', ...window } } },
    thresholds: { pass: 95, marginal: 75 },
    ...changes,
  };
}
