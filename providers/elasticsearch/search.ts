import { LUCENE, LUCENE_IN_JSON } from '../shared/query/languages.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import { gridOf, type Part } from '../shared/series/grid.ts';
import type { ElasticsearchRequest, Query } from './query.ts';

export interface Search {
  /** names or patterns, as the user wrote them */
  readonly index: string;
  /** JSON */
  readonly body: string;
}

/**
 * The search in the notation of Kibana's console. Windows fetched in chunks differ from it in their ranges.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: ElasticsearchRequest): string {
  const { index, body } = buildSearch(request, gridOf(request.scope));
  return `POST /${index}/_search\n${body}`;
}

/** Parses the text of {@link buildQuery}. */
export function searchIn(text: string): Search {
  const [, index = '', body = ''] = /^POST \/(.*?)\/_search\n(.*)$/s.exec(text) ?? [];
  return { index, body };
}

/** The request for one chunk of a window. @throws CanaryError METRICS_QUERY_INVALID */
export function buildSearch(request: ElasticsearchRequest, part: Part): Search {
  const index = request.query.index || request.account.index;
  if (!index) {
    throw invalidQuery(request, 'index is missing; write where to look, or give the account an index for all.');
  }
  const template = expandTemplate(request, LUCENE_IN_JSON);
  const fill = (text: string) => expandText(text, request, LUCENE);
  return {
    index: fill(index),
    body: JSON.stringify(template === undefined ? builtBody(request, part, fill) : templateBody(request, template)),
  };
}

/** Whether the body is custom, so that its window's position is unknown. */
export function isWholeBody({ query }: ElasticsearchRequest): boolean {
  return Boolean(query.customInlineTemplate || query.customFilterTemplate);
}

type Fill = (text: string) => string;

function builtBody(request: ElasticsearchRequest, part: Part, fill: Fill): object {
  const { query, account } = request;
  const { timestampField, groupBy } = query;
  const { startMillis, endMillis } = part;
  const range = { [timestampField]: { gte: startMillis, lt: endMillis, format: 'epoch_millis' } };
  const filter = [{ range }, ...(query.query === undefined ? [] : [dslOf(query.query, fill)])];
  const t = { date_histogram: histogramOf(timestampField, part), ...valueAggregations(request, fill) };
  return {
    size: 0,
    track_total_hits: false,
    query: { bool: { filter } },
    aggs: groupBy
      ? // One group more than may be, so that too many are seen.
        { g: { terms: { field: groupBy, size: account.maxSeries + 1 }, aggs: { t } } }
      : { t },
  };
}

/** Buckets start where steps do, one for every step. */
function histogramOf(field: string, { startMillis, endMillis, stepMillis }: Part) {
  return {
    field,
    fixed_interval: `${stepMillis / 1000}s`,
    offset: `+${startMillis % stepMillis}ms`,
    min_doc_count: 0,
    extended_bounds: { min: startMillis, max: endMillis - 1 },
  };
}

function valueAggregations({ query }: ElasticsearchRequest, fill: Fill): Record<string, unknown> {
  const { aggregation, field, percent, numerator } = query;
  switch (aggregation) {
    case 'count':
      return {};
    case 'ratio':
      return { aggs: { n: { filter: dslOf(numerator ?? '', fill) } } };
    case 'percentile':
      return { aggs: { v: { percentiles: { field, percents: [percent] } } } };
    default:
      return { aggs: { v: { [aggregation]: { field } } } };
  }
}

function dslOf(query: Query, fill: Fill): unknown {
  return typeof query === 'string' ? { query_string: { query: fill(query) } } : filled(query, fill);
}

/** Expands the variables in every text of a JSON value. */
function filled(json: unknown, fill: Fill): unknown {
  if (typeof json === 'string') return fill(json);
  if (Array.isArray(json)) return json.map((one) => filled(one, fill));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, filled(value, fill)]));
}

function templateBody(request: ElasticsearchRequest, text: string): object {
  let body: { aggs?: Aggregations; aggregations?: Aggregations } | undefined;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw invalidQuery(
      request,
      `the template is not JSON once its variables are expanded: ${(error as Error).message}.`,
    );
  }
  const around = body?.aggs ?? body?.aggregations;
  const group = around?.g;
  if (around?.t === undefined && (group?.aggs ?? group?.aggregations)?.t === undefined) {
    throw invalidQuery(
      request,
      'the template has no aggregation called t, at the top or within one called g; name the date_histogram t.',
    );
  }
  return body as object;
}

interface Aggregations {
  readonly t?: unknown;
  readonly g?: { readonly aggs?: { readonly t?: unknown }; readonly aggregations?: { readonly t?: unknown } };
}
