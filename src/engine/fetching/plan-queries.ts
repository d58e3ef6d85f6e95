import type { Account } from '../../domain/account.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { SIDES, type Side } from '../../domain/canary-scope.ts';
import type { BuiltRequest, MetricsProvider, MetricsRequest } from '../../domain/metrics-provider.ts';
import type { SeriesShape } from '../../domain/series-shape.ts';
import { readScalars } from '../../domain/values/read-scalars.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';

/** One query to send: the N-th metric of one side. */
export interface MetricQuery {
  readonly metricIndex: number;
  readonly side: Side;
  readonly provider: MetricsProvider;
  readonly request: BuiltRequest;
}

interface QueryPlan {
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  /** the run's; a metric may name another */
  readonly account: Account;
  readonly accounts: Pick<Accounts, 'metricsStore'>;
  readonly providers: readonly MetricsProvider[];
  /** what the judge needs; absent: the usual series */
  readonly series?: SeriesShape | undefined;
}

/**
 * All queries of a run, built but not sent: every metric, control and experiment.
 *
 * @throws CanaryError METRICS_QUERY_INVALID naming the metric and the field
 */
export function planQueries(plan: QueryPlan): MetricQuery[] {
  const metrics = plan.config.metrics ?? [];
  return metrics.flatMap((metric, metricIndex) => SIDES.map((side) => planQuery(plan, metric, metricIndex, side)));
}

function planQuery(plan: QueryPlan, metric: CanaryMetricConfig, metricIndex: number, side: Side): MetricQuery {
  const account = accountFor(plan, metric);
  const provider = providerFor(plan, metric, account);
  const parsed = readScalars(provider.Query, metric.query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = ['query', ...(issue?.path ?? [])].join('.');
    throw new CanaryError('METRICS_QUERY_INVALID', `metric '${metric.name}': ${field}: ${issue?.message}`);
  }
  const pair = plan.request.scopes?.[metric.scopeName ?? ''];
  const scope = side === 'control' ? pair?.controlScope : pair?.experimentScope;
  const request: MetricsRequest = {
    config: plan.config,
    metric,
    query: parsed.data,
    scope: scope ?? {},
    side,
    account,
    series: plan.series,
  };
  return { metricIndex, side, provider, request: built(provider, request) };
}

/** The account the metric names, its provider's built-in account, or the run's. */
function accountFor({ account, accounts, providers }: QueryPlan, { name, query }: CanaryMetricConfig): Account {
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
  for (const { provider, request, side } of queries) {
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

function built(provider: MetricsProvider, request: MetricsRequest): BuiltRequest {
  return { ...request, text: provider.buildQuery(request) };
}

function providerFor({ providers }: QueryPlan, { name, query }: CanaryMetricConfig, account: Account): MetricsProvider {
  const provider = providers.find(({ type }) => type === query.type);
  if (provider !== undefined && account.type === query.type) return provider;
  throw new CanaryError(
    'METRICS_QUERY_INVALID',
    `metric '${name}': its query is of type '${query.type}', but the metrics account '${account.name}' is of type ` +
      `'${account.type}'; choose another metricsAccountName or another query type, or name an account in query.accountName`,
  );
}
