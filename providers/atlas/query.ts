import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate } from '../shared/query/template.ts';
import type { AtlasAccount } from './account.ts';

export const AtlasQuery = z
  .object({
    type: z.literal('atlas'),
    q: z
      .string()
      .optional()
      .describe("a stack expression, e.g. `name,requests,:eq,:sum`; the scope's selection is appended"),
    ...TemplateFields,
    customInlineTemplate: z
      .string()
      .optional()
      .describe(
        'a complete stack expression with `${name}` variables; nothing is appended; takes precedence over ' +
          'customFilterTemplate',
      ),
    ...SeriesFields,
  })
  .meta({ id: 'AtlasQuery' });
export type AtlasQuery = z.infer<typeof AtlasQuery>;

export type AtlasRequest = MetricsRequest<AtlasQuery, AtlasAccount>;

/** A scope's parameters for Atlas, with their defaults. */
export function atlasScope({ scope }: Pick<AtlasRequest, 'scope'>) {
  const { type, deployment, dataset, environment, accountId } = scope.extendedScopeParams ?? {};
  return {
    type: type || 'cluster',
    deployment: deployment || 'main',
    dataset: dataset || 'regional',
    environment: environment || 'test',
    accountId: accountId || undefined,
    scope: scope.scope,
    location: scope.location,
  };
}

/**
 * The stack expression as Kayenta builds it: a template is the whole expression; otherwise `q` with a common query that
 * selects the scope.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: AtlasRequest): string {
  // The variable `type` is what the scope is, not the type of the query.
  const { type: _, ...query } = request.query;
  const { q } = query;
  const template = expandTemplate({ ...request, query }, undefined, atlasScope(request));
  if (template) return template;
  if (!q) throw invalidQuery(request, 'q is missing; write a stack expression, such as name,requests,:eq,:sum.');
  return `${q},:list,(,${commonQuery(request)},:cq,),:each`;
}

function commonQuery(request: AtlasRequest): string {
  const { type, scope } = atlasScope(request);
  if (!scope) throw invalidQuery(request, 'Atlas needs scope.scope: the name of a cluster or group, or a query.');
  switch (type) {
    case 'asg':
      return `nf.asg,${literal(scope)},:eq`;
    case 'cluster':
      return `nf.cluster,${literal(scope)},:eq`;
    case 'query':
      return scope;
    default:
      throw invalidQuery(request, `Scope type '${type}' is unknown: scope=${scope}. Known: asg, cluster, query.`);
  }
}

/** Escapes a literal: characters that would end it, or turn it into a word or a list, become `\u002c`. */
function literal(text: string): string {
  return text.replace(/[,:\\]|^\s+|\s+$|^[()]$|\/(?=\*)/g, (signs) =>
    [...signs].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** The parameters of Kayenta's `POST /fetch/atlas/query`. */
export function readFetchParameters({ q, type }: FetchParameters): FetchedQuery {
  return {
    query: q === undefined ? {} : { q },
    ...(type === undefined ? {} : { extendedScopeParams: { type } }),
  };
}
