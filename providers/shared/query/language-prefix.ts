import type { QueryProblem } from '../../../src/domain/metrics-provider.ts';

/** What `PromQL:` is for the metrics store of Prometheus alone. */
const PREFIX = /^\s*(promql|logql)\s*:/i;

/**
 * Fields whose text begins with a prefix that nothing but Prometheus' templates have.
 *
 * @param remedyOf what to do instead, by field
 */
export function prefixProblems(
  texts: Readonly<Record<string, string | undefined>>,
  remedyOf: (field: string) => string,
): QueryProblem[] {
  return Object.entries(texts).flatMap(([field, text]) => {
    const prefix = text === undefined ? null : PREFIX.exec(text);
    if (prefix === null) return [];
    return [{ field, message: `begins with '${prefix[0]}', which means nothing here; ${remedyOf(field)}.` }];
  });
}

/** The text of the template a query names. */
export function namedTemplate(
  { templates = {} }: { readonly templates?: Readonly<Record<string, string>> | undefined },
  { customInlineTemplate, customFilterTemplate: name }: Readonly<Record<string, unknown>>,
): string | undefined {
  return customInlineTemplate || typeof name !== 'string' || !Object.hasOwn(templates, name)
    ? undefined
    : templates[name];
}
