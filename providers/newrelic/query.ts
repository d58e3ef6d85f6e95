import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { NRQL } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { scopeConditions } from '../shared/query/scope-keys.ts';
import { expandTemplate } from '../shared/query/template.ts';
import { APIS, type Api, apiOf, keyFor, type NewRelicAccount } from './account.ts';

export const NewRelicQuery = z
  .object({
    type: z.literal('newrelic'),
    select: z
      .string()
      .optional()
      .describe('`SELECT … FROM …`, the word SELECT optional; required unless a template is the whole query'),
    q: z.string().optional().describe('further conditions, as after WHERE'),
    facets: z
      .array(z.string().min(1))
      .default([])
      .describe('attributes; each combination of values is judged separately'),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('the whole NRQL, with `${name}` variables'),
    valueKey: z.string().min(1).optional().describe('which of several selected values to use, e.g. `average.duration`'),
    api: z.enum(APIS).optional().describe("instead of the account's"),
    ...SeriesFields,
  })
  .refine(
    ({ facets, customInlineTemplate, customFilterTemplate }) =>
      facets.length === 0 || !(customInlineTemplate || customFilterTemplate),
    { path: ['facets'], error: 'go with select; a whole query says FACET itself' },
  )
  .meta({ id: 'NewRelicQuery' });
export type NewRelicQuery = z.infer<typeof NewRelicQuery>;

export type NewRelicRequest = MetricsRequest<NewRelicQuery, NewRelicAccount>;

/** The API for a metric. @throws CanaryError METRICS_QUERY_INVALID when the account has no key for it */
export function apiFor(request: NewRelicRequest): Api {
  const { query, account } = request;
  const api = query.api ?? apiOf(account);
  if (keyFor(account, api) !== undefined) return api;
  const field = api === 'nerdgraph' ? 'userKey' : 'apiKey';
  throw invalidQuery(
    request,
    `api '${api}' needs a key (${field}) that the account '${account.name}' does not have; add it there, or leave out api.`,
  );
}

/**
 * The NRQL of a metric, built as Kayenta builds it: a template is the whole query, without one the conditions follow
 * from the scope.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: NewRelicRequest): string {
  const template = expandTemplate(request, NRQL, baseBindings(request));
  if (!template) return builtQuery(request);
  if (/\btimeseries\b/i.test(template)) return template;
  throw invalidQuery(
    request,
    'the query has no TIMESERIES, so New Relic would answer one value for the whole window; add `TIMESERIES ${step} ' +
      'seconds SINCE ${startEpochSeconds} UNTIL ${endEpochSeconds}` to it.',
  );
}

function baseBindings({ scope }: NewRelicRequest) {
  return { scope: scope.scope, location: scope.location, step: scope.step?.toString() };
}

function builtQuery(request: NewRelicRequest): string {
  const { select, facets } = request.query;
  if (!select)
    throw invalidQuery(
      request,
      'select is required unless a template is the whole query. Write select, such as count(*) FROM Transaction.',
    );
  const selected = select.startsWith('SELECT') ? select : `SELECT ${select.trim()}`;
  const grouped = facets.length === 0 ? '' : ` FACET ${facets.join(', ')} LIMIT MAX`;
  return `${selected} ${windowOf(request)} WHERE ${conditionsOf(request).join(' AND ')}${grouped}`;
}

/** A step of 0 leaves the number of points to the store. A window shorter than its step would be rejected. */
function windowOf(request: NewRelicRequest): string {
  const { start, end, step = 0 } = request.scope;
  if (start === undefined) throw invalidQuery(request, 'Start time is required.');
  if (end === undefined) throw invalidQuery(request, 'End time is required.');
  const since = Math.floor(instantMillis(start) / 1000);
  const until = Math.max(Math.floor(instantMillis(end) / 1000), since + step);
  return `TIMESERIES ${step === 0 ? 'MAX' : `${step} seconds`} SINCE ${since} UNTIL ${until}`;
}

function conditionsOf(request: NewRelicRequest): string[] {
  const { q } = request.query;
  const { scope, location, others } = scopeConditions(request, 'NewRelic');
  return [...(q ? [q] : []), ...[...others, scope, ...location].map(([key, value]) => isLike(key, value))];
}

/** `%` in a value is a wildcard, as in Kayenta. */
function isLike(key: string, value: string): string {
  return `${key} LIKE '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * The query from `POST /fetch/newrelic/query`. In Kayenta the metric is in the body; here the fields are also
 * parameters, as for other stores.
 */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  return { query: queryFieldsIn(parameters, { texts: ['select', 'q'], lists: ['facets'] }) };
}
