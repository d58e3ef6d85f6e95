import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import { QUERY_COMPANIONS } from '../../domain/companion-series.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { companionsForJudge } from '../../domain/series-for-judge.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';
import { type MetricQuery, planQueries } from '../fetching/plan-queries.ts';
import { sameQueries } from '../fetching/same-query.ts';
import { unreplacedVariables } from '../fetching/unreplaced-variables.ts';
import { overlapAdvice } from './overlap-advice.ts';

export interface ScopeAdviceParts {
  readonly accounts: Pick<Accounts, 'metricsStore' | 'metricsStores'>;
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
}

/**
 * What the texts of the queries say before any is sent: metrics whose query does not depend on the scope, so that both
 * sides ask the same unless their windows differ; variables that are sent as they are; and points that are made from
 * more than a step.
 *
 * @param request of which the steps are taken, where there is one
 */
export function scopeAdvice(
  config: CanaryConfig,
  parts: ScopeAdviceParts,
  request: CanaryExecutionRequest = {},
): ConfigProblem[] {
  return (config.metrics ?? []).flatMap((metric, index) => {
    const step = request.scopes?.[metric.scopeName ?? '']?.experimentScope?.step;
    const queries = anyQueries({ config, metric, parts, step });
    const message =
      'Nothing in it depends on the scope, so baseline and canary ask the same question unless their windows differ; ' +
      'use ${scope} in the query.';
    const same = [undefined, ...QUERY_COMPANIONS]
      .filter((companion) => sameQueries(queries, companion).length > 0)
      .map((companion) => {
        const at = companion === undefined ? `metrics[${index}].query` : `metrics[${index}].query.${companion}`;
        return problemOf('same-question', at, message);
      });
    const unreplaced = unreplacedVariables(queries).map(({ field, message: text }) =>
      problemOf('variable-unreplaced', `metrics[${index}].query.${field}`, text),
    );
    return [...same, ...unreplaced, ...overlapAdvice(index, queries)];
  });
}

interface AnyQueries {
  readonly config: CanaryConfig;
  readonly metric: CanaryMetricConfig;
  readonly parts: ScopeAdviceParts;
  readonly step: number | undefined;
}

/** The queries for two scopes that differ in everything but the window; none where they cannot be built. */
function anyQueries({ config, metric, parts, step }: AnyQueries): MetricQuery[] {
  const { accounts, providers, judges } = parts;
  const account = accounts.metricsStores().find(({ type }) => type === metric.query?.type);
  if (account === undefined) return [];
  const names = variablesOf(config, metric);
  const asked = (scope: string, location: string) => {
    const place = anyScope(names, scope, location);
    return step === undefined ? place : { ...place, step };
  };
  const scopes = {
    any: { controlScope: asked('baseline', 'us-east-1'), experimentScope: asked('canary', 'us-west-2') },
  };
  const single = { ...config, metrics: [{ ...metric, scopeName: 'any' }] };
  try {
    const companions = companionsForJudge(judges, single).filter(({ companion }) => companion !== 'history');
    return planQueries({ config: single, request: { scopes }, account, accounts, providers, companions });
  } catch (error) {
    // Why it cannot be built is a problem of its own.
    if (error instanceof CanaryError) return [];
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
