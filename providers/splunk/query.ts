import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { SPL } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { SplunkAccount } from './account.ts';
import { refuseWriting } from './refuse-writing.ts';

const FieldName = z.string().regex(/^[\w.:{}@ -]+$/, 'must be the name of a field');

/** A part of a path. */
const Namespace = z.string().regex(/^(?!\.+$)[\w.@-]+$/, 'must be a name, or - for all');

const AGGREGATIONS = ['count', 'avg', 'sum', 'min', 'max', 'median', 'dc', 'percentile'] as const;

export const SplunkQuery = z
  .object({
    type: z.literal('splunk'),
    search: z
      .string()
      .optional()
      .describe(
        'SPL with `${name}` variables: which events to count, or a whole search that ends with rows that ' +
          'have a `_time`',
      ),
    aggregation: z
      .enum([...AGGREGATIONS, 'none'])
      .default('count')
      .describe('how the events of a step are aggregated; unused with none, or when the search buckets time itself'),
    field: FieldName.optional().describe('the field to aggregate, for all but count'),
    percent: z.number().int().min(0).max(100).default(95).describe('for aggregation percentile'),
    groupBy: FieldName.optional().describe(
      'a field; each of its values is a series. When the search buckets time itself: the tag for its ' +
        'columns, or the column that identifies series',
    ),
    valueField: z.string().min(1).optional().describe('the column with the values; default: the first numeric one'),
    app: Namespace.optional().describe('the app whose knowledge objects the search uses'),
    owner: Namespace.optional().describe('the user whose knowledge objects the search uses; default with app: nobody'),
    ...TemplateFields,
    customInlineTemplate: z
      .string()
      .optional()
      .describe('the same as search; takes precedence over customFilterTemplate'),
    ...SeriesFields,
  })
  .refine(
    ({ search, customInlineTemplate, customFilterTemplate }) =>
      !search || !(customInlineTemplate || customFilterTemplate),
    {
      path: ['search'],
      error: 'is a search, as customInlineTemplate and customFilterTemplate are; keep one of them',
    },
  )
  .meta({ id: 'SplunkQuery' });
export type SplunkQuery = z.infer<typeof SplunkQuery>;

export type SplunkRequest = MetricsRequest<SplunkQuery, SplunkAccount>;

/** The column with a row's time in seconds since 1970: `_time` itself is formatted by the user's preferences. */
export const TIME_COLUMN = 'haldane_time';

/** Commands that bucket by time. */
const CUTS_TIME = /\|\s*(timechart|bin|bucket|mstats|tstats)\b/i;

/**
 * The SPL that is sent.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: SplunkRequest): string {
  const written = writtenSearch(request);
  if (written === '') throw invalidQuery(request, 'search is missing; write SPL, such as index=web version=v2.');
  const whole = isCutByUs(request) ? `${written} | ${timechartOf(request)}` : written;
  const command = /^(\||search\s)/i.test(whole) ? '' : 'search ';
  const text = `${command}${whole} | eval ${TIME_COLUMN}=_time`;
  refuseWriting(request, text);
  return text;
}

/** Whether we bucket the search, so that a step without events has a row too. */
export function isCutByUs(request: SplunkRequest): boolean {
  return request.query.aggregation !== 'none' && !CUTS_TIME.test(writtenSearch(request));
}

function writtenSearch(request: SplunkRequest): string {
  const { search } = request.query;
  const template = expandTemplate(request, SPL);
  return (search ? expandText(search, request, SPL) : (template ?? '')).trim();
}

/** Buckets start where steps do. */
function timechartOf(request: SplunkRequest): string {
  const { groupBy } = request.query;
  const { step } = request.scope;
  if (step === undefined || step <= 0) throw invalidQuery(request, 'scope.step is missing; give seconds, such as 60.');
  const options = groupBy === undefined ? '' : ' limit=0 useother=f usenull=f';
  const groups = groupBy === undefined ? '' : ` BY ${quoted(groupBy)}`;
  return `timechart span=${step}s aligntime=earliest${options} ${aggregated(request)} AS value${groups}`;
}

function aggregated(request: SplunkRequest): string {
  const { aggregation, field, percent } = request.query;
  if (aggregation === 'count') return 'count';
  if (field === undefined)
    throw invalidQuery(
      request,
      `field is missing: aggregation ${aggregation} needs the field it aggregates; without one there is only count.`,
    );
  return `${aggregation === 'percentile' ? `perc${percent}` : aggregation}(${quoted(field)})`;
}

function quoted(field: string): string {
  return /^\w+$/.test(field) ? field : `"${field}"`;
}
