import { problemText } from '../../domain/config-problem.ts';
import type { CanaryAnalysisExecutionRequest } from '../../domain/standalone-analysis.ts';

/** What is written in the scopes of an analysis that nothing is made of, since the first scope decides for all. */
export function scopeWarnings({ scopes }: CanaryAnalysisExecutionRequest): string[] {
  const [first, ...others] = scopes;
  if (first === undefined) return [];
  return others.flatMap((scope, at) => {
    const path = `executionRequest.scopes[${at + 1}]`;
    const twin = scopes.findIndex(({ scopeName }) => scopeName === scope.scopeName);
    const unnamed = {
      path: `${path}.scopeName`,
      message: `'${scope.scopeName}' is the name of scopes[${twin}] too, which is not judged; give each its own name`,
    };
    const unread = TIMES.filter((name) => scope[name] !== undefined && scope[name] !== first[name]).map((name) => ({
      path: `${path}.${name}`,
      message: `${scope[name]} does nothing: the times of scopes[0] are those of all`,
    }));
    return [...(twin <= at ? [unnamed] : []), ...unread].map(problemText);
  });
}

const TIMES = ['startTimeIso', 'endTimeIso'] as const;
