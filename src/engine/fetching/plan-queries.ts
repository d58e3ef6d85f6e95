import type { Account } from '../../domain/account.ts';
import type { BaselineWindow } from '../../domain/baseline.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { type CanaryScope, type CanaryScopePair, SIDES, type Side } from '../../domain/canary-scope.ts';
import {
  type Companion,
  companionMetric,
  companionName,
  otherStore,
  ownQuery,
  type PlannedCompanion,
} from '../../domain/companion-series.ts';
import { type QueriedMetric, queried } from '../../domain/metric-query.ts';
import type { BuiltRequest, MetricsProvider, MetricsRequest } from '../../domain/metrics-provider.ts';
import type { SeriesShape } from '../../domain/series-shape.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { fieldPath, valueAt } from '../../domain/values/field-path.ts';
import { hasInstant, instantMillis, toInstant } from '../../domain/values/instant.ts';
import { readScalars } from '../../domain/values/read-scalars.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';
import { checkScopePattern } from './scope-pattern.ts';

/** One query to send: the N-th metric of one side. */
export interface MetricQuery {
  readonly metricIndex: number;
  readonly side: Side;
  /** absent: the metric's own series */
  readonly companion?: Companion;
  /** of a further window of a baseline that is history: its number, from 1 on */
  readonly earlier?: number;
  readonly provider: MetricsProvider;
  readonly request: BuiltRequest;
}

interface QueryPlan {
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  /** the run's; a metric may name another */
  readonly account: Account;
  readonly accounts: Pick<Accounts, 'metricsStore' | 'metricsStores'>;
  readonly providers: readonly MetricsProvider[];
  /** what the judge needs; absent: the usual series */
  readonly series?: SeriesShape | undefined;
  /** what the judge reads besides the metrics' own series; absent: nothing */
  readonly companions?: readonly PlannedCompanion[] | undefined;
}

/**
 * All queries of a run, built but not sent: every metric, control and experiment; then the companions.
 *
 * @throws CanaryError METRICS_QUERY_INVALID naming the metric and the field
 */
export function planQueries(plan: QueryPlan): MetricQuery[] {
  const metrics = plan.config.metrics ?? [];
  const own = metrics.flatMap((metric, metricIndex) => {
    const asked = { ...metric, query: ownQuery(queried(metric).query) };
    return SIDES.map((side) => planQuery(plan, { metric: asked, metricIndex, side }));
  });
  return [...own, ...(plan.companions ?? []).flatMap((planned) => planCompanion(plan, planned))];
}

/**
 * What a baseline that is history is asked besides, in each of its further windows: the control alone.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function planEarlierWindows(plan: QueryPlan, windows: readonly BaselineWindow[]): MetricQuery[] {
  const companions = plan.companions?.filter(({ companion }) => companion !== 'history');
  return windows.flatMap((window, index) => {
    const request = inWindow(plan.request, window);
    const queries = planQueries({ ...plan, request, companions }).filter(({ side }) => side === 'control');
    return queries.map((query) => ({ ...query, earlier: index + 1 }));
  });
}

/** The request of a run with one of the windows of its baseline as the control. */
export function inWindow(request: CanaryExecutionRequest, window: BaselineWindow): CanaryExecutionRequest {
  const scopes = Object.entries(request.scopes ?? {}).map(([name, pair]): [string, CanaryScopePair] => {
    return [name, { ...pair, controlScope: window.scopes[name] ?? pair.controlScope }];
  });
  return { ...request, scopes: Object.fromEntries(scopes) };
}

function planCompanion(plan: QueryPlan, { metricIndex, companion, historyMillis }: PlannedCompanion): MetricQuery[] {
  const metric = plan.config.metrics?.[metricIndex];
  if (metric === undefined) return [];
  if (companion === 'history') {
    const own = { ...metric, name: companionName(metric, companion), query: ownQuery(queried(metric).query) };
    const scope = before(scopeOf(plan, metric, 'control'), historyMillis ?? 0);
    return scope === undefined
      ? []
      : [{ ...planQuery(plan, { metric: own, metricIndex, side: 'control', scope }), companion }];
  }
  const other = otherStore(metric, companion);
  if (other !== undefined) {
    const field = `metric '${metric.name}': query.${companion}.${other.field}`;
    throw new CanaryError('METRICS_QUERY_INVALID', `${field}: ${other.message}`);
  }
  const asked = companionMetric(metric, companion);
  if (asked === undefined) return [];
  return SIDES.map((side) => ({ ...planQuery(plan, { metric: asked, metricIndex, side, companion }), companion }));
}

interface Place {
  readonly metric: QueriedMetric;
  readonly metricIndex: number;
  readonly side: Side;
  /** absent: that of the run */
  readonly scope?: CanaryScope;
  /** whose query that is, for messages */
  readonly companion?: Companion;
}

function planQuery(plan: QueryPlan, { metric, metricIndex, side, scope, companion }: Place): MetricQuery {
  const account = accountFor(plan, metric);
  const provider = providerFor(plan, metric, account);
  const parsed = readScalars(provider.Query, metric.query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = companion === undefined ? ['query'] : ['query', companion];
    const field = [...at, ...(issue?.path ?? [])].join('.');
    const value = valueAt(metric.query, fieldPath(issue?.path ?? []));
    const got = value === undefined ? '' : ` (got ${excerpt(value)})`;
    throw new CanaryError('METRICS_QUERY_INVALID', `metric '${metric.name}': ${field}: ${issue?.message}${got}`);
  }
  const request: MetricsRequest = {
    config: plan.config,
    metric,
    query: parsed.data,
    scope: scope ?? scopeOf(plan, metric, side),
    side,
    account,
    series: plan.series,
  };
  checkScopePattern(request);
  return { metricIndex, side, provider, request: built(provider, request, companion) };
}

function scopeOf({ request }: QueryPlan, { scopeName = '' }: CanaryMetricConfig, side: Side): CanaryScope {
  return request.scopes?.[scopeName]?.[`${side}Scope`] ?? {};
}

/** The time up to the start of a window; undefined where it has none. */
function before(scope: CanaryScope, millis: number): CanaryScope | undefined {
  if (scope.start === undefined) return undefined;
  const start = instantMillis(scope.start) - millis;
  return hasInstant(start) ? { ...scope, start: toInstant(start), end: scope.start } : undefined;
}

/** The account the metric names, its provider's built-in account, or the run's. */
function accountFor({ account, accounts, providers }: QueryPlan, { name, query }: QueriedMetric): Account {
  const builtIn = providers.find(({ type }) => type === query.type)?.builtInAccount;
  const accountName = query.accountName ?? (account.type === query.type ? undefined : builtIn);
  if (accountName === undefined) return account;
  try {
    return accounts.metricsStore(accountName);
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    throw new CanaryError(error.code, `metric '${name}': query.accountName: ${error.message}`);
  }
}

/** Refuses a plan that the stores could not be asked. @throws CanaryError METRICS_QUERY_INVALID */
export function checkQueryScopes(queries: readonly MetricQuery[]): void {
  for (const { provider, request, side, companion } of queries) {
    // A time before the window that a store cannot be asked for is a history that is missing, which is told.
    if (companion === 'history') continue;
    try {
      provider.checkScope?.(request);
    } catch (error) {
      if (!(error instanceof CanaryError)) throw error;
      throw new CanaryError(error.code, `metric '${request.metric.name ?? ''}', ${side} scope: ${error.message}`);
    }
  }
}

/** The same query with another step. @throws CanaryError METRICS_QUERY_INVALID */
export function withStep({ request, provider, ...query }: MetricQuery, stepMillis: number): MetricQuery {
  const asked = { ...request, scope: { ...request.scope, step: stepMillis / 1000 } };
  return { ...query, provider, request: built(provider, asked) };
}

function built(provider: MetricsProvider, request: MetricsRequest, companion?: Companion): BuiltRequest {
  const [problem] = provider.queryProblems?.(request) ?? [];
  if (problem !== undefined) {
    const at = ['query', ...(companion === undefined ? [] : [companion]), problem.field].join('.');
    throw new CanaryError('METRICS_QUERY_INVALID', `metric '${request.metric.name}': ${at}: ${problem.message}`);
  }
  return { ...request, text: provider.buildQuery(request) };
}

function providerFor(
  { providers, accounts }: QueryPlan,
  { name, query }: QueriedMetric,
  account: Account,
): MetricsProvider {
  const provider = providers.find(({ type }) => type === query.type);
  if (provider !== undefined && account.type === query.type) return provider;
  const isThere = accounts.metricsStores().some(({ type }) => type === query.type);
  const remedy = isThere
    ? 'choose another metricsAccountName or another query type, or name an account in query.accountName'
    : `there is no account of type '${query.type}'; add one to the configuration file, as haldane.example.yml shows`;
  throw new CanaryError(
    'METRICS_QUERY_INVALID',
    `metric '${name}': its query is of type '${query.type}', but the metrics account '${account.name}' is of type ` +
      `'${account.type}'; ${remedy}`,
  );
}
