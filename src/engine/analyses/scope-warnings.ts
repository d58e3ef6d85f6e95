import { problemText } from '../../domain/config-problem.ts';
import type {
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionRequestScope as Scope,
} from '../../domain/standalone-analysis.ts';

/**
 * What is written in the scopes of an analysis that nothing is made of, since the first scope decides for all; and a ramp
 * that ends where nothing is left to compare with.
 */
export function scopeWarnings({ scopes, ramp }: CanaryAnalysisExecutionRequest): string[] {
  const [first, ...others] = scopes;
  if (first === undefined) return [];
  const last = ramp?.shares?.at(-1);
  const alone = {
    path: 'executionRequest.ramp.shares',
    message:
      'at 100 % the baseline has no traffic, so that step finds nothing to compare with; end below 100 and promote, ' +
      'or give scopes[0].controlOffsetInMinutes, which compares with the time before',
  };
  const unequal = last === 100 && first.controlOffsetInMinutes === 0 ? [problemText(alone)] : [];
  return [...unequal, ...unreadScopes(scopes, first, others)];
}

function unreadScopes(scopes: readonly Scope[], first: Scope, others: readonly Scope[]): string[] {
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
