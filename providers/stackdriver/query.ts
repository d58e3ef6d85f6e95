import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest, QueryProblem } from '../../src/domain/metrics-provider.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { namedTemplate, prefixProblems } from '../shared/query/language-prefix.ts';
import { CLOUD_MONITORING, PROMQL } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { StackdriverAccount } from './account.ts';
import { resourceFilter, textValue } from './resource-filter.ts';

const SecondaryAggregation = z.object({
  crossSeriesReducer: z.string().optional().describe('how several series are combined, such as REDUCE_MEAN'),
  perSeriesAligner: z.string().optional().describe('what becomes of the values of a step, such as ALIGN_MEAN'),
  groupByFields: z.array(z.string()).default([]).describe('labels that keep series apart'),
});

export const StackdriverQuery = z
  .object({
    type: z.literal('stackdriver'),
    metricType: z
      .string()
      .optional()
      .describe('such as `compute.googleapis.com/instance/cpu/utilization`; required without promql'),
    resourceType: z.string().optional().describe("such as k8s_container; or in the scope's extendedScopeParams"),
    crossSeriesReducer: z.string().optional().describe('how several series are combined; default: REDUCE_MEAN'),
    perSeriesAligner: z
      .string()
      .optional()
      .describe('how the points of a step are combined; default: ALIGN_MEAN; counters need ALIGN_RATE'),
    groupByFields: z
      .array(z.string())
      .default([])
      .describe('such as `resource.labels.zone`; each combination of values is judged separately'),
    secondaryAggregation: SecondaryAggregation.optional().describe('applied to the result of the first'),
    promql: z.string().min(1).optional().describe('a whole query in PromQL instead, with `${name}` variables'),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe("further filter, instead of the resource type's"),
    ...SeriesFields,
  })
  .refine(({ promql, metricType }) => promql !== undefined || Boolean(metricType), {
    path: ['metricType'],
    error: 'is required, unless there is promql',
  })
  .refine(
    ({ promql, metricType, customInlineTemplate, customFilterTemplate }) =>
      !promql || !(metricType || customInlineTemplate || customFilterTemplate),
    { path: ['promql'], error: 'is a whole query; leave out metricType and the templates' },
  )
  .meta({ id: 'StackdriverQuery' });
export type StackdriverQuery = z.infer<typeof StackdriverQuery>;

export type StackdriverRequest = MetricsRequest<StackdriverQuery, StackdriverAccount>;

/** What is wrong with a query whatever its scope. */
export function queryProblems({ config, query }: Pick<StackdriverRequest, 'config' | 'query'>): QueryProblem[] {
  const { promql, customInlineTemplate } = query;
  const customFilterTemplate = namedTemplate(config, query);
  return prefixProblems({ promql, customInlineTemplate, customFilterTemplate }, (field) =>
    field === 'promql' ? 'write the PromQL alone' : 'a template is a filter; write PromQL as promql',
  );
}

/**
 * The filter of a metric, built as Kayenta builds it: metric type, resource type, then the template or the filter of
 * the resource type. With `promql` the PromQL query.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: StackdriverRequest): string {
  const { query } = request;
  const base = baseBindings(request);
  const template = expandTemplate(request, CLOUD_MONITORING, base);
  checkReserved(request);
  if (query.promql !== undefined) return expandText(query.promql, request, PROMQL, base);
  const resourceType = query.resourceType || request.scope.extendedScopeParams?.resourceType;
  if (!resourceType)
    throw invalidQuery(
      request,
      "Resource type is required. Write resourceType, such as k8s_container, or put it into the scope's extendedScopeParams.",
    );
  const filter = `metric.type=${textValue(query.metricType ?? '')} AND resource.type=${textValue(resourceType, 'bare')}`;
  return `${filter}${template ? ` AND ${template}` : resourceFilter(request, resourceType)}`;
}

function baseBindings({ scope, account }: StackdriverRequest) {
  const { project, resourceType } = scope.extendedScopeParams ?? {};
  return { project: project || account.project, resourceType, scope: scope.scope, location: scope.location };
}

/** They choose an aggregation of Google's, and nothing else. */
const AGGREGATIONS = { crossSeriesReducer: 'REDUCE_MEAN', perSeriesAligner: 'ALIGN_MEAN' } as const;

function checkReserved(request: StackdriverRequest): void {
  for (const [name, example] of Object.entries(AGGREGATIONS)) {
    const value = request.scope.extendedScopeParams?.[name] ?? '';
    if (/^([A-Z][A-Z0-9_]*)?$/.test(value)) continue;
    const shown = JSON.stringify(value.slice(0, 80));
    throw invalidQuery(
      request,
      `extendedScopeParams.${name} is ${shown}, which is none of Google's, such as ${example}.`,
    );
  }
}

/** The aggregation: the metric's, else the scope's, else means. */
export function aggregationOf({ query, scope }: StackdriverRequest) {
  const { crossSeriesReducer, perSeriesAligner } = scope.extendedScopeParams ?? {};
  return {
    crossSeriesReducer: query.crossSeriesReducer || crossSeriesReducer || 'REDUCE_MEAN',
    perSeriesAligner: query.perSeriesAligner || perSeriesAligner || 'ALIGN_MEAN',
  };
}

/** The parameters of Kayenta's `POST /fetch/stackdriver/query`. */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  const { project } = parameters;
  return {
    query: queryFieldsIn(parameters, { texts: ['metricType', 'resourceType'], lists: ['groupByFields'] }),
    ...(project === undefined ? {} : { extendedScopeParams: { project } }),
  };
}
