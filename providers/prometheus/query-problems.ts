import type { MetricsRequest, QueryProblem } from '../../src/domain/metrics-provider.ts';
import { excerpt } from '../../src/domain/values/excerpt.ts';
import type { PrometheusQuery } from './query.ts';

/** What a template begins with that is the whole query. */
export const WHOLE_QUERY = 'PromQL:';

const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;
/** Stands for a variable, which may be anything. */
const ANYTHING = '§';
const VARIABLE = /\$\\?\{[^}]*\}/g;

const PREFIX = /^\s*prom\s?ql\s*:/i;
const MATCHER = /^[\s,]*(?:[\w.§]+|"")\s*(?:=~|!=|!~|=(?!=))\s*/;
const BARE_VALUE = /^[\w.*-]/;

/** Texts as they are, with variables, or expanded. */
type Texts = Pick<MetricsRequest<PrometheusQuery>, 'config' | 'query'>;

/**
 * What is wrong with a query whatever its scope: whole queries where matchers, names or labels belong, and prefixes that
 * mean nothing there. Whatever a variable stands for is taken to be right.
 */
export function queryProblems({ config, query }: Texts): QueryProblem[] {
  const { customInlineTemplate: inline, customFilterTemplate: name, expr, labelBindings, groupByFields } = query;
  const named = inline || !name ? undefined : config.templates?.[name];
  const template = inline || named;
  const problems = [
    problemAt('customInlineTemplate', inline && templateProblem(inline)),
    problemAt('customFilterTemplate', named && templateProblem(named)),
    problemAt('expr', expr && exprProblem(expr)),
  ];
  if (!expr && !template?.startsWith(WHOLE_QUERY)) {
    problems.push(
      problemAt('metricName', nameProblem(query.metricName ?? '')),
      ...labelBindings.map((text) => problemAt('labelBindings', bindingProblem(text))),
      ...groupByFields.map((text) => problemAt('groupByFields', labelProblem(text))),
      problemAt('resourceType', template ? undefined : resourceProblem(query)),
    );
  }
  return problems.filter((problem) => problem !== undefined);
}

/** What is wrong with a template that is expanded. */
export function templateProblem(text: string): string | undefined {
  if (text.startsWith(WHOLE_QUERY)) {
    return text.slice(WHOLE_QUERY.length).trim() === ''
      ? `has nothing after ${WHOLE_QUERY}; write the query.`
      : undefined;
  }
  if (PREFIX.test(text))
    return `begins with ${quotedPrefix(text)}, which is read as matchers: write exactly ${WHOLE_QUERY}`;
  return matcherProblem(text);
}

function matcherProblem(text: string): string | undefined {
  const bare = bareText(text);
  if (/^[\s,]*$/.test(bare) || bare.trimStart().startsWith(ANYTHING)) return undefined;
  const matcher = MATCHER.exec(bare);
  if (matcher !== null) {
    if (!BARE_VALUE.test(bare.slice(matcher[0].length))) return undefined;
    return `${excerpt(text)} has a value without quotes; write label="value".`;
  }
  if (/^\s*\{[^{}]*\}\s*$/.test(bare)) return `${excerpt(text)} has braces, which are added; leave them out.`;
  return (
    `${excerpt(text)} is a whole query where matchers such as version="\${scope}" belong; begin it with ${WHOLE_QUERY}, ` +
    'or write it as expr.'
  );
}

function bareText(text: string): string {
  return text.replace(VARIABLE, ANYTHING).replace(QUOTED, '""');
}

function quotedPrefix(text: string): string {
  return `'${PREFIX.exec(text)?.[0] ?? ''}'`;
}

/** A recording rule may be called `promql:errors`. */
const RULE_NAME = /^\s*[a-z_:][\w:]*\s*(?:[{[]|$|[-+*/%^=<>!]|(?:and|or|unless)\b)/i;

function exprProblem(text: string): string | undefined {
  return PREFIX.test(text) && !RULE_NAME.test(text)
    ? `is the whole query already; leave out ${quotedPrefix(text)}.`
    : undefined;
}

/** Matchers follow the name: after a bracket they cannot. */
function nameProblem(text: string): string | undefined {
  if (!/[)\]}]\s*$/.test(bareText(text))) return undefined;
  return `${excerpt(text)} is a query where the name of a metric belongs; write it as expr.`;
}

/** What is wrong with a matcher of `labelBindings`. */
export function bindingProblem(text: string): string | undefined {
  if (PREFIX.test(text)) return `${excerpt(text)} is a query where a matcher belongs; write it as expr.`;
  return matcherProblem(text);
}

function labelProblem(text: string): string | undefined {
  const bare = bareText(text);
  if (bare.includes(ANYTHING) || /^\s*(?:\w+|"")(?:\s*,\s*(?:\w+|""))*\s*,?\s*$/.test(bare)) return undefined;
  return `${excerpt(text)} is not the name of a label, such as pod; write a whole query as expr.`;
}

const RESOURCE_TYPES = ['gce_instance', 'aws_ec2_instance'];

function resourceProblem({ resourceType }: PrometheusQuery): string | undefined {
  if (!resourceType || RESOURCE_TYPES.includes(resourceType) || resourceType.includes('${')) return undefined;
  return unknownResourceType(resourceType);
}

export function unknownResourceType(resourceType: string): string {
  return (
    `There is no explicit support for resourceType '${resourceType.slice(0, 80)}'. Known: ${RESOURCE_TYPES.join(', ')}; for ` +
    'anything else write the matchers as customInlineTemplate, or the whole query as expr.'
  );
}

function problemAt(field: string, message: string | undefined): QueryProblem | undefined {
  return message ? { field, message } : undefined;
}
