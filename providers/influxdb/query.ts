import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis, toInstant } from '../../src/domain/values/instant.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { type Built, invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { gridOf, type Part } from '../shared/series/grid.ts';
import { type InfluxdbAccount, LANGUAGES, type Language } from './account.ts';

/** Every field of a measurement, in InfluxQL. */
export const ALL_FIELDS = '*::field';

export const InfluxdbQuery = z
  .object({
    type: z.literal('influxdb'),
    metricName: z.string().optional().describe('the measurement; required unless a template is the whole query'),
    fields: z.array(z.string().min(1)).default([]).describe('fields of the measurement, each a series; default: all'),
    ...TemplateFields,
    customInlineTemplate: z
      .string()
      .optional()
      .describe('the whole query; InfluxQL must contain `${timeFilter}` and `${scope}`'),
    language: z.enum(LANGUAGES).optional().describe("the query's language; default: by the account's version"),
    scopeTag: z
      .string()
      .min(1)
      .optional()
      .describe('the tag that holds the scope; without it the scope is `tag:value`'),
    aggregation: z
      .string()
      .regex(/^(none|mean|sum|max|min|last|count|percentile\((100|\d{1,2}(\.\d+)?)\))$/, {
        error: "must be 'none', 'mean', 'sum', 'max', 'min', 'last', 'count' or, for example, 'percentile(95)'",
      })
      .default('none')
      .describe('how the store combines the points of a step; none: raw points are returned and averaged'),
    groupBy: z.array(z.string().min(1)).default([]).describe('tags; each combination of values is judged separately'),
    database: z.string().min(1).optional().describe("instead of the account's"),
    retentionPolicy: z.string().min(1).optional().describe("instead of the account's"),
    bucket: z.string().min(1).optional().describe("instead of the account's"),
    ...SeriesFields,
  })
  .meta({ id: 'InfluxdbQuery' });
export type InfluxdbQuery = z.infer<typeof InfluxdbQuery>;

export type InfluxdbRequest = MetricsRequest<InfluxdbQuery, InfluxdbAccount>;

export function languageOf({ query, account }: InfluxdbRequest): Language {
  return query.language ?? (account.version === 2 ? 'flux' : 'influxql');
}

/** Start and end of the window, in the format both languages and Kayenta use. */
export function windowOf({ scope }: InfluxdbRequest) {
  // Only validates the window: a query without buckets needs no step.
  gridOf({ ...scope, step: 86_400 });
  const [start, end] = [scope.start ?? '', scope.end ?? ''].map((instant) => toInstant(instantMillis(instant)));
  return { start, end };
}

/**
 * The text for a chunk of the window; the request's text if the chunk is the whole window.
 *
 * @param build builds the text in one of the languages
 */
export function textOfPart(
  request: Built<InfluxdbRequest>,
  { startMillis, endMillis }: Part,
  build: (request: InfluxdbRequest) => string,
): string {
  const [start, end] = [toInstant(startMillis), toInstant(endMillis)];
  const whole = windowOf(request);
  if (whole.start === start && whole.end === end) return request.text;
  return build({ ...request, scope: { ...request.scope, start, end } });
}

/** A step in both languages' notation, and its offset from multiples since 1970. */
export function stepOf({ scope }: InfluxdbRequest) {
  const { startMillis, stepMillis } = gridOf(scope);
  const offsetMillis = startMillis % stepMillis;
  return {
    step: `${stepMillis / 1000}s`,
    offset: offsetMillis % 1000 === 0 ? `${offsetMillis / 1000}s` : `${offsetMillis}ms`,
  };
}

/**
 * The tag and value of a scope; undefined without a scope.
 *
 * @throws CanaryError METRICS_QUERY_INVALID, in Kayenta's words, unless it is `tag:value` or the metric names the tag
 */
export function scopePair(request: InfluxdbRequest): { readonly tag: string; readonly value: string } | undefined {
  const { scope } = request.scope;
  if (scope === undefined) return undefined;
  const { scopeTag } = request.query;
  if (scopeTag !== undefined && scope !== '') return { tag: scopeTag, value: scope };
  const [tag, value, ...more] = scope.split(':');
  if (tag && value && more.length === 0) return { tag, value };
  throw invalidQuery(
    request,
    `Scope expected in the format of 'name:value'. e.g. autoscaling_group:myapp-prod-v002, received: ${scope}. ` +
      "Or name the tag in the query's scopeTag, and leave the scope to be the value.",
  );
}

/** The measurement. @throws CanaryError METRICS_QUERY_INVALID */
export function measurementOf(request: InfluxdbRequest): string {
  if (request.query.metricName) return request.query.metricName;
  throw invalidQuery(
    request,
    'Measurement is required to query metrics. Write metricName, or a whole query as customInlineTemplate.',
  );
}

/** Whether series get the tag `field`: unless the query names just one field. */
export function tellsFieldsApart({ query }: InfluxdbRequest): boolean {
  const { fields, customInlineTemplate, customFilterTemplate } = query;
  return (
    Boolean(customInlineTemplate || customFilterTemplate) || fields.length !== 1 || fields[0]?.includes('*') === true
  );
}

/** The parameters of Kayenta's `POST /fetch/influxdb/query`. */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  return { query: queryFieldsIn(parameters, { texts: ['metricName'], lists: ['fields'] }) };
}
