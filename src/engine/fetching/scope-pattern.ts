import { RE2JS } from 're2js';
import type { Account } from '../../domain/account.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { CanaryError, messageOf } from '../../errors.ts';

/** Why a text is no pattern; undefined: it is one. RE2: no pattern takes longer than its text is long. */
export function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    return `is no RE2 pattern: ${messageOf(error).slice(0, 100)}`;
  }
}

interface Scoped {
  readonly config: CanaryConfig;
  readonly account: Account;
  readonly scope: CanaryScope;
}

/**
 * Refuses values that the config or the account does not allow in its queries: those who may only start runs choose them.
 *
 * @throws CanaryError METRICS_QUERY_INVALID naming the field, its value and the pattern
 */
export function checkScopePattern({ config, account, scope }: Scoped): void {
  const patterns = [
    [config.scopePattern, 'the config'],
    [account.scopePattern, `the account '${account.name}'`],
  ] as const;
  for (const [pattern, whose] of patterns) {
    if (pattern === undefined || pattern === '') continue;
    const problem = patternProblem(pattern);
    if (problem !== undefined) throw invalid(`scopePattern of ${whose}: ${excerpt(pattern)} ${problem}`);
    const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
    const refused = valuesOf(scope).find(({ value }) => !compiled.matches(value));
    if (refused === undefined) continue;
    const { field, value } = refused;
    throw invalid(`${field}: ${excerpt(value)} does not match ${excerpt(pattern)}, the scopePattern of ${whose}`);
  }
}

/** What a template may put into a query. */
function valuesOf({ scope, location, extendedScopeParams = {} }: CanaryScope): { field: string; value: string }[] {
  const named = { scope, location };
  const own = Object.entries(named).map(([field, value]) => ({ field, value }));
  const further = Object.entries(extendedScopeParams).map(([name, value]) => {
    return { field: `extendedScopeParams.${name}`, value };
  });
  return [...own, ...further].flatMap(({ field, value }) => (value === undefined ? [] : [{ field, value }]));
}

function invalid(message: string): CanaryError {
  return new CanaryError('METRICS_QUERY_INVALID', message);
}
