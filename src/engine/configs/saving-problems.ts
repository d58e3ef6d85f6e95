import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { type LintRule, problemOf } from '../../domain/lint-rules.ts';
import { messageOf } from '../../errors.ts';
import { patternProblem } from '../fetching/scope-pattern.ts';
import { checkQueryType } from './query-types.ts';

/** The query types of the registered providers. */
export interface QueryTypes {
  readonly queryTypes: readonly string[];
  /** types whose queries contain data, which is not stored */
  readonly typesNotStorable: readonly string[];
}

/** Why a config cannot be stored, in Kayenta's order and words. */
export function savingProblems(config: CanaryConfig, { queryTypes, typesNotStorable }: QueryTypes): ConfigProblem[] {
  const { name, applications = [], metrics = [] } = config;
  const problems: ConfigProblem[] = [];
  const add = (rule: LintRule, path: string, message: string) => problems.push(problemOf(rule, path, message));
  if (!name) add('name-missing', 'name', 'Canary config must specify a name.');
  if (applications.length === 0)
    add('application-missing', 'applications', 'Canary config must specify at least one application.');
  if (name && !/^[A-Za-z0-9_,-]*$/.test(name)) {
    add(
      'name-unusable',
      'name',
      `Canary config cannot be named '${name}'. Names must contain only letters, numbers, dashes (-) and underscores (_).`,
    );
  }
  const pattern = config.scopePattern === undefined ? undefined : patternProblem(config.scopePattern);
  if (pattern !== undefined) add('scope-pattern-invalid', 'scopePattern', `scopePattern ${pattern}`);
  const seen = new Set<string>();
  for (const [index, metric] of metrics.entries()) {
    const where = `metrics[${index}]`;
    try {
      checkQueryType(metric, queryTypes);
    } catch (error) {
      add('query-type-unknown', `${where}.query.type`, messageOf(error));
    }
    if (metric.query !== undefined && typesNotStorable.includes(metric.query.type)) {
      add(
        'query-holds-data',
        `${where}.query.type`,
        `metric '${metric.name ?? ''}': a query of type '${metric.query.type}' holds the data itself; send it with the ` +
          'run, or set metrics.allowInlineInConfigs in the configuration.',
      );
    }
    if (!metric.name) add('metric-name-missing', `${where}.name`, 'Metric config must specify a name.');
    else if (seen.has(metric.name)) {
      add(
        'metric-name-repeated',
        `${where}.name`,
        `Metric config name must be unique. '${metric.name}' is duplicated.`,
      );
    }
    seen.add(metric.name ?? '');
  }
  return problems;
}
