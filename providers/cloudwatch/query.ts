import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { AwsRegion } from '../shared/credentials/aws-account.ts';
import { NO_ESCAPE } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import { gridOf } from '../shared/series/grid.ts';
import type { CloudwatchAccount } from './account.ts';
import { DataQuery, inCapitals, returned } from './data-query.ts';
import { isPeriod, periodFrom } from './period.ts';

const SCALES = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'] as const;
const BITS = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'] as const;
const RATES = [...SCALES, ...BITS, 'Count' as const].map((unit) => `${unit}/Second` as const);
const UNITS = [
  ...(['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'None'] as const),
  ...SCALES,
  ...BITS,
  ...RATES,
] as const;

/** The most entries per request. */
const MAX_DATA_QUERIES = 500;

const RawDataQuery = z.record(z.string(), z.unknown()).superRefine((raw, context) => {
  const { error } = DataQuery.safeParse(inCapitals(raw));
  for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path: [...path], message });
});

const Dimension = z.object({
  name: z.string().describe('of the dimension'),
  value: z.string().describe('may have `${name}` variables'),
});

const Fields = z.object({
  type: z.literal('cloudwatch'),
  namespace: z.string().optional().describe("the metric's namespace, e.g. AWS/ApplicationELB"),
  metricName: z.string().optional().describe('required with namespace, unless the query is an expression'),
  dimensions: z
    .union([z.record(z.string(), z.string()), z.array(Dimension)])
    .default({})
    .describe('all dimensions the metric is published with; values may have `${name}` variables'),
  stat: z.string().min(1).default('Average').describe('also Sum, Minimum, Maximum, SampleCount, p95, tm90 …'),
  period: z
    .number()
    .int()
    .refine(isPeriod, 'must be 1, 5, 10, 20, 30 or a multiple of 60 seconds')
    .optional()
    .describe("seconds; default: the scope's step"),
  region: AwsRegion.optional().describe(
    "the metric's region; default: the scope's location, then the account's region",
  ),
  accountId: z.string().optional().describe("the metric's AWS account, when querying a monitoring account"),
  expression: z
    .string()
    .min(1)
    .optional()
    .describe('metric math over `m0`, the metric; or a complete SELECT or SEARCH; with `${name}` variables'),
  metricDataQueries: z
    .array(RawDataQuery)
    .min(1)
    .max(MAX_DATA_QUERIES)
    .optional()
    .describe("CloudWatch's own MetricDataQueries; texts may have `${name}` variables"),
  ...TemplateFields,
  customInlineTemplate: z.string().optional().describe('the same as expression'),
  ...SeriesFields,
  unit: z.enum(UNITS).optional().describe('only values published with this CloudWatch unit'),
});

export const CloudwatchQuery = Fields.refine(({ namespace, metricName }) => !namespace === !metricName, {
  path: ['metricName'],
  error: 'namespace and metricName belong together; set both or neither',
})
  .refine((query) => !query.expression || !hasTemplate(query), {
    path: ['expression'],
    error: 'means the same as customInlineTemplate and customFilterTemplate; keep one of them',
  })
  .refine((query) => query.metricDataQueries === undefined || !(query.metricName || isExpression(query)), {
    path: ['metricDataQueries'],
    error: 'is a whole request; remove namespace, metricName, expression and templates',
  })
  .refine((query) => query.metricDataQueries || query.metricName || isExpression(query) || query.customFilter, {
    error: 'give namespace and metricName, an expression, or metricDataQueries',
  })
  .refine(({ metricDataQueries, seriesMode }) => isMerging(seriesMode) || countReturned(metricDataQueries) === 1, {
    path: ['metricDataQueries'],
    error: "must return one of its entries: set ReturnData to false in the others, or merge them with seriesMode 'sum'",
  })
  .meta({ id: 'CloudwatchQuery' });
export type CloudwatchQuery = z.infer<typeof CloudwatchQuery>;

export type CloudwatchRequest = MetricsRequest<CloudwatchQuery, CloudwatchAccount>;

/** The entries with the step as period; for old windows longer periods are sent. */
export function buildQuery(request: CloudwatchRequest): string {
  return JSON.stringify(dataQueries(request));
}

/** @throws CanaryError METRICS_QUERY_INVALID */
function dataQueries(request: CloudwatchRequest): DataQuery[] {
  const { query } = request;
  const fill = (text: string) => expandText(text, request, NO_ESCAPE);
  const expression = expandTemplate(request, NO_ESCAPE) ?? (query.expression && fill(query.expression));
  const Period = query.period ?? periodFrom(gridOf(request.scope).stepMillis / 1000);
  if (query.metricDataQueries !== undefined) {
    return query.metricDataQueries.map((raw) => withPeriod(DataQuery.parse(filled(inCapitals(raw), fill)), Period));
  }
  if (!expression) return [metricQuery(query, Period, fill)];
  // An expression over a metric has the metric's period; a standalone expression has none yet.
  return query.metricName
    ? [
        { ...metricQuery(query, Period, fill), ReturnData: false },
        { Id: 'e0', Expression: expression },
      ]
    : [{ Id: 'e0', Expression: expression, Period }];
}

/** @throws CanaryError METRICS_QUERY_INVALID for a location that is no region */
export function regionOf(request: CloudwatchRequest): string {
  const { query, scope, account } = request;
  const region = query.region ?? (scope.location || account.region);
  if (AwsRegion.safeParse(region).success) return region;
  throw invalidQuery(
    request,
    `scope.location '${region}' is not an AWS region; set the query's region, or a location such as ${account.region}`,
  );
}

type Fill = (text: string) => string;

function metricQuery({ dimensions, ...query }: CloudwatchQuery, Period: number, fill: Fill): DataQuery {
  const { namespace: Namespace = '', metricName: MetricName = '', stat: Stat, unit, accountId } = query;
  const pairs = Array.isArray(dimensions)
    ? dimensions.map(({ name, value }) => [name, value] as const)
    : Object.entries(dimensions);
  const Dimensions = pairs.map(([Name, value]) => ({ Name, Value: fill(value) }));
  return {
    Id: 'm0',
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat, ...(unit ? { Unit: unit } : {}) },
    ...(accountId ? { AccountId: accountId } : {}),
  };
}

/** A metric must have a period; an expression may have one. */
function withPeriod(query: DataQuery, Period: number): DataQuery {
  const { MetricStat } = query;
  if (MetricStat === undefined || MetricStat.Period !== undefined) return query;
  return { ...query, MetricStat: { ...MetricStat, Period } };
}

function filled(value: unknown, fill: Fill): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((one) => filled(one, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, filled(field, fill)]));
}

type QueryFields = z.infer<typeof Fields>;

function hasTemplate({ customInlineTemplate, customFilterTemplate }: QueryFields): boolean {
  return Boolean(customInlineTemplate || customFilterTemplate);
}

function isExpression(query: QueryFields): boolean {
  return Boolean(query.expression) || hasTemplate(query);
}

function isMerging(seriesMode: QueryFields['seriesMode']): boolean {
  return seriesMode !== 'each' && seriesMode !== 'single';
}

function countReturned(raw: readonly unknown[] | undefined): number {
  if (raw === undefined) return 1;
  return returned(raw.map((one) => inCapitals(one) as DataQuery)).length;
}
