import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';

/** Metrics that bear the name of one before them: series, settings and results are looked up by name. */
export function repeatedNames(metrics: readonly CanaryMetricConfig[]): ConfigProblem[] {
  const first = new Map<string, number>();
  return metrics.flatMap(({ name }, index): ConfigProblem[] => {
    const earlier = name === undefined ? undefined : first.get(name);
    if (name === undefined) return [];
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    const message =
      `is '${name}', as that of metrics[${earlier}] is: only the first is judged, with its series and settings; ` +
      'give each metric a name of its own.';
    return [{ ...problemOf('metric-name-repeated', `metrics[${index}].name`, message), prevents: 'nothing' }];
  });
}
