import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';
import { planQueries } from '../fetching/plan-queries.ts';
import { sameQuerys } from '../fetching/same-query.ts';

export interface ScopeAdviceParts {
  readonly accounts: Pick<Accounts, 'metricsStore' | 'metricsStores'>;
  readonly providers: readonly MetricsProvider[];
}

/** Metrics whose query does not depend on the scope, so that both sides ask the same unless their windows differ. */
export function scopeAdvice(config: CanaryConfig, parts: ScopeAdviceParts): ConfigProblem[] {
  return (config.metrics ?? []).flatMap((metric, index) => {
    if (!ignoresScope(config, metric, parts)) return [];
    const message =
      'Nothing in it depends on the scope, so baseline and canary ask the same question unless their windows differ; ' +
      'use ${scope} in the query.';
    return [{ path: `metrics[${index}].query`, message, prevents: 'nothing' as const }];
  });
}

/** Whether the texts for two scopes that differ in everything but the window are one. */
function ignoresScope(
  config: CanaryConfig,
  metric: CanaryMetricConfig,
  { accounts, providers }: ScopeAdviceParts,
): boolean {
  const account = accounts.metricsStores().find(({ type }) => type === metric.query?.type);
  if (account === undefined) return false;
  const names = variablesOf(config, metric);
  const scopes = {
    any: {
      controlScope: anyScope(names, 'baseline', 'us-east-1'),
      experimentScope: anyScope(names, 'canary', 'us-west-2'),
    },
  };
  const single = { ...config, metrics: [{ ...metric, scopeName: 'any' }] };
  try {
    return sameQuerys(planQueries({ config: single, request: { scopes }, account, accounts, providers })).length > 0;
  } catch (error) {
    // Why it cannot be built is a problem of its own.
    if (error instanceof CanaryError) return false;
    throw error;
  }
}

function anyScope(names: readonly string[], scope: string, location: string): CanaryScope {
  const extendedScopeParams = Object.fromEntries(names.map((name) => [name, `${name}-${scope}`]));
  return {
    scope,
    location,
    start: '2026-01-01T00:00:00Z',
    end: '2026-01-01T01:00:00Z',
    step: 60,
    extendedScopeParams,
  };
}

/** What a query may take from `extendedScopeParams`: `${name}`, `$name` or `:name`. */
function variablesOf({ templates = {} }: CanaryConfig, { query }: CanaryMetricConfig): string[] {
  const text = JSON.stringify([query, templates]);
  const names = [...text.matchAll(/(?:\$\{?|:)([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => name !== 'scope' && name !== 'location');
}
