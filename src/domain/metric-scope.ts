import type { CanaryMetricConfig } from './canary-config.ts';
import type { CanaryExecutionRequest } from './canary-execution-request.ts';

/** Why a metric cannot be measured in the scopes of a run; undefined when it can, or when there are none to name. */
export function scopeProblem(
  { name = '', scopeName }: Pick<CanaryMetricConfig, 'name' | 'scopeName'>,
  scopes: CanaryExecutionRequest['scopes'] = {},
): string | undefined {
  const known = Object.keys(scopes);
  if (!scopeName) {
    const choice = known.length === 0 ? ", such as 'default'" : `: ${known.join(', ')}`;
    return `metric '${name}' names no scope; name one of the run's scopes${choice}`;
  }
  if (known.length === 0 || Object.hasOwn(scopes, scopeName)) return undefined;
  return `metric '${name}': the run has no scope '${scopeName}'; its scopes: ${known.join(', ')}`;
}
