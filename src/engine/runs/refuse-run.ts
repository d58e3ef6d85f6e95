import type { Account } from '../../domain/account.ts';
import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { CanaryScopePair } from '../../domain/canary-scope.ts';
import { settingProblems } from '../../domain/judge-settings.ts';
import { type QueriedMetric, queried } from '../../domain/metric-query.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { companionsForJudge } from '../../domain/series-for-judge.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';
import { checkQueryType } from '../configs/query-types.ts';
import { repeatedNames } from '../configs/repeated-names.ts';
import { checkQueryScopes, type MetricQuery, planQueries } from '../fetching/plan-queries.ts';
import { findJudge } from '../judging/find-judge.ts';

interface RunParts {
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  readonly account: Account;
  readonly accounts: Pick<Accounts, 'metricsStore' | 'metricsStores'>;
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
}

export interface RunCheck extends RunParts {
  /** with those of companions; @throws CanaryError METRICS_QUERY_INVALID */
  readonly queries: () => readonly MetricQuery[];
}

/** Everything that is looked at before a run is started. Its queries are planned once, when they are first asked for. */
export function runCheck<Parts extends RunParts>(parts: Parts): Parts & RunCheck {
  let queries: readonly MetricQuery[] | undefined;
  const plan = () => planQueries({ ...parts, companions: companionsForJudge(parts.judges, parts.config) });
  return {
    ...parts,
    queries: () => {
      queries ??= plan();
      return queries;
    },
  };
}

/**
 * Rejects a run that is certain to fail. First Kayenta's own checks, in its order and words; then what Kayenta finds
 * only minutes later: an unknown judge, a setting it rejects, a query that cannot be built, a window without a start or
 * an end.
 *
 * @throws CanaryError CANARY_CONFIG_INVALID, REQUEST_INVALID, JUDGE_UNKNOWN, METRICS_QUERY_INVALID
 */
export function refuseRun({ config, request, providers, judges, queries }: RunCheck): void {
  const metrics = checkMetrics(config);
  const providerTypes = providers.map(({ type }) => type);
  for (const metric of metrics) checkQueryType(metric, providerTypes);
  checkScopes(metrics, request);
  for (const metric of metrics) checkMetric(metric, request, providerTypes);
  checkThresholds(request);
  checkNames(metrics, findJudge(judges, config.judge?.name));
  checkSettings(config, judges);
  const planned = queries();
  for (const metric of metrics) checkWindows(metric, request);
  checkQueryScopes(planned);
}

function checkMetrics({ metrics = [] }: CanaryConfig): readonly QueriedMetric[] {
  if (metrics.length > 0) return metrics.map(queried);
  throw new CanaryError(
    'CANARY_CONFIG_INVALID',
    'The canary config must specify at least one metric. Perhaps the name of the metric was not specified.',
  );
}

function checkScopes(metrics: readonly CanaryMetricConfig[], { scopes }: CanaryExecutionRequest): void {
  const used = [...new Set(metrics.flatMap(({ scopeName }) => (scopeName ? [scopeName] : [])))];
  if (used.length === 0) return;
  if (scopes === undefined) {
    invalid('Canary metrics require scopes, but no scopes were provided in the execution request.');
  }
  const missing = used.filter((name) => !Object.hasOwn(scopes, name));
  if (missing.length > 0) {
    invalid(`Canary metrics require scopes which were not provided in the execution request: [${missing.join(', ')}]`);
  }
}

function checkMetric(
  { name = '', query, scopeName }: QueriedMetric,
  { scopes = {} }: CanaryExecutionRequest,
  providerTypes: readonly string[],
): void {
  if (!providerTypes.includes(query.type)) {
    invalid(`Unable to resolve canary scope factory for '${query.type}'.`);
  }
  if (!scopeName) invalid(`Canary scope for metric named '${name}' is null.`);
  const pair: CanaryScopePair = scopes[scopeName] ?? {};
  if (pair.controlScope === undefined || pair.experimentScope === undefined) {
    invalid(`Canary scope for named scope ${scopeName} is missing experimentScope or controlScope keys`);
  }
}

function checkThresholds({ thresholds }: CanaryExecutionRequest): void {
  if (thresholds === undefined) invalid('Execution request must contain thresholds');
  for (const name of ['pass', 'marginal'] as const) {
    if (thresholds[name] === undefined) {
      invalid(`Execution request must contain thresholds.${name}: a score, such as ${name === 'pass' ? 95 : 75}`);
    }
  }
}

/** A judge finds the metric of a series by its name. */
function checkNames(metrics: readonly CanaryMetricConfig[], { pairsLikeKayenta }: CanaryJudge): void {
  const index = metrics.findIndex(({ name }) => name === undefined);
  if (index >= 0) {
    throw new CanaryError('CANARY_CONFIG_INVALID', `metrics[${index}].name is missing; give the metric a name.`);
  }
  // Kayenta runs them, so that they are only told of where its judge is wanted.
  const [repeated] = pairsLikeKayenta ? [] : repeatedNames(metrics);
  if (repeated !== undefined) {
    throw new CanaryError('CANARY_CONFIG_INVALID', `${repeated.path} ${repeated.message}`);
  }
}

const MOST_TOLD = 5;

function checkSettings(config: CanaryConfig, judges: readonly CanaryJudge[]): void {
  const problems = settingProblems(findJudge(judges, config.judge?.name), config);
  if (problems.length === 0) return;
  const told = problems.slice(0, MOST_TOLD).map(({ field, message }) => `${field} ${message}`);
  const details = problems.map(({ path, message }) => `${path} ${message}`);
  throw new CanaryError('CANARY_CONFIG_INVALID', told.join(' '), { details });
}

/** What a step may be, or whether there must be one, is up to the provider: some stores choose it themselves. */
function checkWindows({ scopeName = '' }: CanaryMetricConfig, { scopes = {} }: CanaryExecutionRequest): void {
  for (const [side, scope] of Object.entries(scopes[scopeName] ?? {})) {
    const where = `Give scope '${scope?.scope ?? ''}' of '${scopeName}' one: scopes.${scopeName}.${side}`;
    const such = 'such as 2026-01-01T00:00:00Z.';
    if (scope?.start === undefined) invalid(`Start time is required. ${where}.start, ${such}`);
    if (scope.end === undefined) invalid(`End time is required. ${where}.end, ${such}`);
    const [startMillis, endMillis] = [instantMillis(scope.start), instantMillis(scope.end)];
    const field = `scopes.${scopeName}.${side}`;
    if (endMillis === startMillis) invalid(`${field}: start and end are both ${scope.end}; give the window a length.`);
    if (endMillis < startMillis) invalid(`${field}: end ${scope.end} is before start ${scope.start}; swap them.`);
    if (scope.step !== undefined && scope.step <= 0) {
      invalid(`${field}: step is ${scope.step}; give a whole number of seconds above 0, such as 60.`);
    }
  }
}

function invalid(message: string): never {
  throw new CanaryError('REQUEST_INVALID', message);
}
