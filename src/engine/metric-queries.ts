import type { Account } from '../domain/account.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { MetricsProvider, MetricsRequest } from '../domain/metrics-provider.ts';
import { CanaryError } from '../errors.ts';

/** One query to send: the N-th metric of one side. */
export interface MetricQuery {
  readonly metricIndex: number;
  readonly side: Side;
  readonly provider: MetricsProvider;
  readonly request: MetricsRequest;
  /** the text that will be sent */
  readonly text: string;
}

interface QueryPlan {
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  readonly account: Account;
  readonly providers: readonly MetricsProvider[];
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
  const provider = providerFor(plan, metric);
  const parsed = provider.Query.safeParse(metric.query);
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
    account: plan.account,
  };
  return { metricIndex, side, provider, request, text: provider.buildQuery(request) };
}

function providerFor({ providers, account }: QueryPlan, { name, query }: CanaryMetricConfig): MetricsProvider {
  const provider = providers.find(({ type }) => type === query.type);
  if (provider !== undefined && account.type === query.type) return provider;
  throw new CanaryError(
    'METRICS_QUERY_INVALID',
    `metric '${name}': its query is of type '${query.type}', but the metrics account '${account.name}' is of type ` +
      `'${account.type}'; choose another metricsAccountName or another query type`,
  );
}
