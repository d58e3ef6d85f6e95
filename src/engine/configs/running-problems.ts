import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import { ownQuery } from '../../domain/companion-series.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { settingsAdvice, settingsPreventRunning } from '../../domain/judge-settings.ts';
import { type LintRule, problemOf } from '../../domain/lint-rules.ts';
import { NO_QUERY, type QueriedMetric } from '../../domain/metric-query.ts';
import { scopeProblem } from '../../domain/metric-scope.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { schemaFields } from '../../domain/schema-fields.ts';
import { readerOf } from '../../domain/series-for-judge.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { valueAt } from '../../domain/values/field-path.ts';
import { messageOf } from '../../errors.ts';
import { findJudge } from '../judging/find-judge.ts';
import { companionProblems, queryProblems } from './companion-problems.ts';

export interface RunningParts {
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
  /** what a run would be started with; absent: not known */
  readonly request?: CanaryExecutionRequest | undefined;
}

type Add = (rule: LintRule, path: string, message: string) => void;

/** Why a stored config cannot be run, or would be judged differently than it looks. */
export function runningProblems(config: CanaryConfig, { providers, judges, request }: RunningParts): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add: Add = (...problem) => problems.push(problemOf(...problem));
  const metrics = config.metrics ?? [];
  if (metrics.length === 0) add('metrics-missing', 'metrics', 'A run needs at least one metric.');
  const judge = judgeOf(config, judges, add);
  if (judge !== undefined) problems.push(...settingsPreventRunning(judge, config), ...settingsAdvice(judge, config));
  for (const [index, metric] of metrics.entries()) {
    const at = `metrics[${index}]`;
    if (metric.query === undefined) add('query-missing', `${at}.query`, `metric '${metric.name ?? ''}' ${NO_QUERY}`);
    else {
      const asked = { ...metric, query: ownQuery(metric.query) };
      checkQuery(config, asked, providers, (rule, path, message) => add(rule, `${at}.query.${path}`, message));
    }
    const reader = { providers, judge: readerOf(judges, config) };
    problems.push(...companionProblems(config, index, reader));
    const scope = scopeProblem(metric, request?.scopes);
    if (scope !== undefined) add('scope-missing', `${at}.scopeName`, scope);
    if ((metric.groups ?? []).length === 0) {
      add('metric-without-group', `${at}.groups`, 'It is in no group, so it does not count in the score.');
    }
    if (judge !== undefined) adviseOnWords(judge, metric, (rule, path, message) => add(rule, `${at}.${path}`, message));
  }
  checkWeights(config, add);
  return problems;
}

/** What is odd about a config that can be run. */
export function configAdvice(config: CanaryConfig, parts: RunningParts): ConfigProblem[] {
  return runningProblems(config, parts).filter(({ prevents }) => prevents === 'nothing');
}

function judgeOf({ judge }: CanaryConfig, judges: readonly CanaryJudge[], add: Add): CanaryJudge | undefined {
  try {
    return findJudge(judges, judge?.name);
  } catch (error) {
    add('judge-unknown', 'judge.name', messageOf(error));
    return undefined;
  }
}

function checkQuery(config: CanaryConfig, metric: QueriedMetric, providers: RunningParts['providers'], add: Add): void {
  const { type } = metric.query;
  if (providers.some((provider) => provider.type === type)) {
    for (const { path, message } of queryProblems(config, metric, providers)) add('query-invalid', path, message);
    return;
  }
  const known = providers.map((provider) => provider.type).join(', ');
  add('provider-unknown', 'type', `There is no provider '${type}' here; there are: ${known}.`);
}

/** A word the judge does not know but reads as another is advice: the metric is not judged as it looks. */
function adviseOnWords({ MetricSettings }: CanaryJudge, metric: CanaryMetricConfig, add: Add): void {
  const settings = metric.analysisConfigurations?.canary;
  const { success } = MetricSettings.safeParse(settings ?? {});
  if (!success) return;
  for (const { name, choices = [], default: usual } of schemaFields(MetricSettings)) {
    const value = valueAt(settings, name);
    if (choices.length === 0 || value === undefined || choices.some((choice) => choice.value === value)) continue;
    const known = choices.map((choice) => choice.value).join(', ');
    add(
      'word-unknown',
      `analysisConfigurations.canary.${name}`,
      `${excerpt(value)} is not known${usual === undefined ? '' : `, so it counts as '${usual}'`}; known: ${known}.`,
    );
  }
}

const FULL_WEIGHT = 100;

function checkWeights({ classifier, metrics = [] }: CanaryConfig, add: Add): void {
  const weights = Object.entries(classifier?.groupWeights ?? {});
  const groups = new Set(metrics.flatMap((metric) => metric.groups ?? []));
  for (const [name] of weights) {
    if (groups.has(name) || metrics.length === 0) continue;
    add(
      'group-without-metric',
      `classifier.groupWeights.${name}`,
      'No metric is in this group: its weight is missing from every score.',
    );
  }
  checkUnweighted(weights, groups, add);
  const sum = weights.reduce((total, [, weight]) => total + (weight ?? 0), 0);
  const covered = [...groups].every((group) => weights.some(([name]) => name === group));
  const wrong = covered ? Math.abs(sum - FULL_WEIGHT) > 0.01 : sum > FULL_WEIGHT;
  if (weights.length > 0 && wrong) {
    add(
      'weights-not-100',
      'classifier.groupWeights',
      `The weights are ${sum} together; scores reach 100 when they are 100.`,
    );
  }
}

/** Groups without a weight share what the others leave of 100: perhaps nothing. */
function checkUnweighted(weights: readonly [string, number | null][], groups: ReadonlySet<string>, add: Add): void {
  const unweighted = [...groups].filter((group) => !weights.some(([name]) => name === group));
  if (weights.length === 0 || unweighted.length === 0) return;
  const left = FULL_WEIGHT - weights.reduce((total, [, weight]) => total + (weight ?? 0), 0);
  const share = Number((left / unweighted.length).toPrecision(4));
  for (const group of unweighted) {
    const counts =
      share > 0 ? `so it counts ${share} of 100, what the others leave` : 'and the others leave it nothing';
    add(
      'group-without-weight',
      `classifier.groupWeights.${group}`,
      `The group '${group}' has no weight, ${counts}; give it one.`,
    );
  }
}
