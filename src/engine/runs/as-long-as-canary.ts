import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import { instantMillis, toInstant } from '../../domain/values/instant.ts';

/**
 * The request with windows of the past that are no longer than the canary's: of one that has not ended the same minutes are
 * compared, and no later ones. Others stay as they are.
 */
export function asLongAsCanary(request: CanaryExecutionRequest): CanaryExecutionRequest {
  const { baseline, scopes = {} } = request;
  if (baseline === undefined) return request;
  const cut = (name: string, scope: CanaryScope | undefined) =>
    shortened(scope, lengthOf(scopes[name]?.experimentScope));
  const pairs = Object.entries(scopes).map(([name, pair]) => {
    return [name, { ...pair, controlScope: cut(name, pair.controlScope) }];
  });
  const windows = baseline.windows?.map((window) => ({
    ...window,
    scopes: Object.fromEntries(Object.entries(window.scopes).map(([name, scope]) => [name, cut(name, scope) ?? scope])),
  }));
  return { ...request, scopes: Object.fromEntries(pairs), baseline: { ...baseline, ...(windows && { windows }) } };
}

function shortened(scope: CanaryScope | undefined, most: number | undefined): CanaryScope | undefined {
  const length = lengthOf(scope);
  if (scope?.start === undefined || most === undefined || length === undefined || length <= most) return scope;
  return { ...scope, end: toInstant(instantMillis(scope.start) + most) };
}

function lengthOf({ start, end }: CanaryScope = {}): number | undefined {
  return start === undefined || end === undefined ? undefined : instantMillis(end) - instantMillis(start);
}
