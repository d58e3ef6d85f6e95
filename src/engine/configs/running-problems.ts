import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { messageOf } from '../../errors.ts';
import { findJudge } from '../judging/find-judge.ts';

export interface RunningParts {
  readonly providers: readonly MetricsProvider[];
  readonly judges: readonly CanaryJudge[];
}

type Add = (path: string, message: string, prevents?: ConfigProblem['prevents']) => void;

/** Why a config that is stored could not be run, or would be judged otherwise than it looks. */
export function runningProblems(config: CanaryConfig, { providers, judges }: RunningParts): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add: Add = (path, message, prevents = 'running') => problems.push({ path, message, prevents });
  const metrics = config.metrics ?? [];
  if (metrics.length === 0) add('metrics', 'A run needs at least one metric.');
  try {
    findJudge(judges, config.judge?.name);
  } catch (error) {
    add('judge.name', messageOf(error));
  }
  for (const [index, metric] of metrics.entries()) {
    const at = `metrics[${index}]`;
    checkQuery(metric, providers, (path, message) => add(`${at}.${path}`, message));
    if (!metric.scopeName) add(`${at}.scopeName`, "Name the scope of a run that it is measured in, such as 'default'.");
    if ((metric.groups ?? []).length === 0) {
      add(`${at}.groups`, 'It is in no group, so it does not count in the score.', 'nothing');
    }
    checkSettings(metric, (path, message, prevents) => add(`${at}.analysisConfigurations.${path}`, message, prevents));
  }
  checkWeights(config, add);
  return problems;
}

function checkQuery({ query }: CanaryMetricConfig, providers: readonly MetricsProvider[], add: Add): void {
  const provider = providers.find(({ type }) => type === query.type);
  if (provider === undefined) {
    const known = providers.map(({ type }) => type).join(', ');
    add('query.type', `There is no provider '${query.type}' here; there are: ${known}.`);
    return;
  }
  for (const { path, message } of provider.Query.safeParse(query).error?.issues ?? []) {
    add(`query${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`, message);
  }
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  direction: ['either', 'increase', 'decrease'],
  nanStrategy: ['remove', 'replace'],
};
const FLAGS = ['critical', 'mustHaveData', 'muted'];

/** Judges take a word they do not know for the first one, as Kayenta does, and fail on a value of another kind. */
function checkSettings({ analysisConfigurations }: CanaryMetricConfig, add: Add): void {
  const settings = fieldsOf(analysisConfigurations?.canary);
  for (const [name, words] of Object.entries(WORDS)) {
    const value = settings[name];
    if (value === undefined || words.some((word) => word === value)) continue;
    add(`canary.${name}`, `Not known, so it counts as '${words[0]}'; known: ${words.join(', ')}.`, 'nothing');
  }
  for (const name of FLAGS) {
    const value = settings[name] ?? false;
    if (typeof value !== 'boolean') add(`canary.${name}`, 'Write true or false, without quotes.');
  }
  for (const [name, limit] of Object.entries(fieldsOf(settings.effectSize))) {
    if (name !== 'measure' && limit !== null && typeof limit !== 'number') {
      add(`canary.effectSize.${name}`, 'Write a number without quotes: 1.1 allows 10 % more.');
    }
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const FULL_WEIGHT = 100;

function checkWeights({ classifier, metrics = [] }: CanaryConfig, add: Add): void {
  if (classifier === undefined) add('classifier.groupWeights', 'Give the groups weights, together 100.');
  const weights = Object.entries(classifier?.groupWeights ?? {});
  const groups = new Set(metrics.flatMap((metric) => metric.groups ?? []));
  for (const [name] of weights) {
    if (groups.has(name) || metrics.length === 0) continue;
    add(
      `classifier.groupWeights.${name}`,
      'No metric is in this group: its weight is missing from every score.',
      'nothing',
    );
  }
  const sum = weights.reduce((total, [, weight]) => total + (weight ?? 0), 0);
  const covered = [...groups].every((group) => weights.some(([name]) => name === group));
  const wrong = covered ? Math.abs(sum - FULL_WEIGHT) > 0.01 : sum > FULL_WEIGHT;
  if (weights.length > 0 && wrong) {
    add('classifier.groupWeights', `The weights are ${sum} together; scores reach 100 when they are 100.`, 'nothing');
  }
}
