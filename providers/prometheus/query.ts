import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { PROMQL } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { PrometheusAccount } from './account.ts';
import { bindingProblem, templateProblem, unknownResourceType, WHOLE_QUERY } from './query-problems.ts';

export const PrometheusQuery = z
  .object({
    type: z.literal('prometheus'),
    metricName: z.string().optional().describe('required unless a template is the whole query'),
    labelBindings: z
      .array(z.string())
      .default([])
      .describe('matchers, e.g. `mode=~"user|system"`, with `${name}` variables'),
    groupByFields: z.array(z.string()).default([]).describe('labels; each combination of values is judged separately'),
    resourceType: z
      .string()
      .optional()
      .describe('gce_instance or aws_ec2_instance: adds matchers for scope and location'),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('matchers, or with the prefix `PromQL:` the whole query'),
    expr: z.string().min(1).optional().describe('the whole query, with `${name}` variables'),
    aggregation: z
      .enum(['avg', 'sum', 'max', 'min', 'count', 'none'])
      .default('avg')
      .describe('aggregation of a query built from metricName'),
    evaluateAt: z
      .enum(['start', 'end'])
      .default('start')
      .describe('evaluate at the start or end of each step; with `end`, `rate(x[<step>])` covers exactly that step'),
    nativeHistograms: z
      .enum(['buckets'])
      .optional()
      .describe(
        'native histograms become a series for each bucket, with its bounds in the label `vmrange`, for a judge that ' +
          'compares distributions; absent: they are refused, since they have no single value',
      ),
    ...SeriesFields,
  })
  .refine(
    ({ expr, customInlineTemplate, customFilterTemplate }) => !expr || !(customInlineTemplate || customFilterTemplate),
    {
      path: ['expr'],
      error: 'is a whole query, as customInlineTemplate and customFilterTemplate may be; keep one of them',
    },
  )
  .refine(({ aggregation, groupByFields }) => aggregation !== 'none' || groupByFields.length === 0, {
    path: ['groupByFields'],
    error: "needs an aggregation; choose one other than 'none'",
  })
  .meta({ id: 'PrometheusQuery' });
export type PrometheusQuery = z.infer<typeof PrometheusQuery>;

export type PrometheusRequest = MetricsRequest<PrometheusQuery, PrometheusAccount>;

/**
 * The PromQL of a metric, built as Kayenta builds it: a template is the whole query or a list of matchers; without
 * one the resource type gives the matchers.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: PrometheusRequest): string {
  const { query } = request;
  const base = baseBindings(request);
  const template = expandTemplate(request, PROMQL, base);
  const wrong = template && templateProblem(template);
  if (wrong) throw invalidQuery(request, `the template, with its variables: ${wrong}`);
  if (query.expr !== undefined) return expandText(query.expr, request, PROMQL, base);
  if (template?.startsWith(WHOLE_QUERY)) return template.slice(WHOLE_QUERY.length);
  const bindings = query.labelBindings.map((text) => expandText(text, request, PROMQL, base));
  const wrongBinding = bindings.map(bindingProblem).find((problem) => problem !== undefined);
  if (wrongBinding) throw invalidQuery(request, `labelBindings, with their variables: ${wrongBinding}`);
  const matchers = template
    ? [...withoutLastCommas(template), ...bindings]
    : [...bindings, ...resourceMatchers(request)];
  if (!query.metricName) throw invalidQuery(request, METRIC_NAME_REQUIRED);
  return aggregated(query, `${query.metricName}${matchers.length > 0 ? `{${matchers.join(',')}}` : ''}`);
}

/** Kayenta's words, then what to do. */
const METRIC_NAME_REQUIRED =
  'Metric Name is required when query type is Default. Write metricName, or the whole query as expr.';
const FILTER_REQUIRED =
  'Either a resource type or a custom filter is required. Write the matchers as customInlineTemplate, or the whole query ' +
  'as expr; resourceType gce_instance and aws_ec2_instance give the matchers of instances.';

/** `project` and `resourceType` of a scope are among its extended parameters. */
function baseBindings({ scope }: PrometheusRequest) {
  const { project, resourceType } = scope.extendedScopeParams ?? {};
  return { project, resourceType, scope: scope.scope, location: scope.location };
}

function withoutLastCommas(matchers: string): string[] {
  const text = matchers.replace(/(?<!,),+$/, '');
  return text === '' ? [] : [text];
}

function resourceMatchers(request: PrometheusRequest): string[] {
  const resourceType = request.query.resourceType || request.scope.extendedScopeParams?.resourceType;
  if (resourceType === 'gce_instance') return gceMatchers(request, locationFor(request, resourceType));
  if (resourceType === 'aws_ec2_instance') return ec2Matchers(request, locationFor(request, resourceType));
  if (!resourceType) throw invalidQuery(request, FILTER_REQUIRED);
  throw invalidQuery(request, unknownResourceType(resourceType));
}

function locationFor(request: PrometheusRequest, resourceType: string): string {
  const { location } = request.scope;
  if (location) return location;
  throw invalidQuery(request, `Location is required for resourceType '${resourceType}'; give scope.location a region.`);
}

/** Instances of a managed group are named `<group>-<4 characters>`, zones `<region>-<letter>`. */
function gceMatchers({ scope, account }: PrometheusRequest, location: string): string[] {
  const project = scope.extendedScopeParams?.project;
  const zones = `${project ? `/projects/${inPattern(project)}` : ''}/zones/${inPattern(location)}`;
  return [
    ...(scope.scope ? [`${account.scopeLabel}=~"${inPattern(scope.scope)}-.{4}"`] : []),
    `zone=~".+${zones}-.{1}"`,
  ];
}

/** Zones are named `<region><letter>`. */
function ec2Matchers({ scope }: PrometheusRequest, location: string): string[] {
  return [...(scope.scope ? [`asg_groupName="${inText(scope.scope)}"`] : []), `zone=~"${inPattern(location)}.{1}"`];
}

function aggregated({ aggregation, groupByFields }: PrometheusQuery, selector: string): string {
  if (aggregation === 'none') return selector;
  return `${aggregation}(${selector})${groupByFields.length > 0 ? ` by (${groupByFields.join(',')})` : ''}`;
}

/** Escaped as a regular expression, then as a PromQL string. */
function inPattern(text: string): string {
  return inText(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
}

function inText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** The parameters of Kayenta's `POST /fetch/prometheus/query`. */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  const { project } = parameters;
  const lists = ['groupByFields', 'labelBindings'];
  return {
    query: queryFieldsIn(parameters, { texts: ['metricName', 'resourceType'], lists }),
    ...(project === undefined ? {} : { extendedScopeParams: { project } }),
  };
}
