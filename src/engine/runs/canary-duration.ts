import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import { toDuration } from '../../domain/values/duration.ts';
import { instantMillis } from '../../domain/values/instant.ts';

/** The length of the windows, ISO-8601; undefined when they are not all of one length. */
export function canaryDuration({ scopes = {} }: CanaryExecutionRequest): string | undefined {
  const lengths = Object.values(scopes).flatMap(({ controlScope, experimentScope }) => [
    lengthOf(controlScope),
    lengthOf(experimentScope),
  ]);
  const [first] = lengths;
  return first !== undefined && lengths.every((length) => length === first) ? toDuration(first) : undefined;
}

function lengthOf(scope: CanaryScope | undefined): number | undefined {
  if (scope?.start === undefined || scope.end === undefined) return undefined;
  return instantMillis(scope.end) - instantMillis(scope.start);
}
