import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { ODATA } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields } from '../shared/query/query-fields.ts';
import { expandText } from '../shared/query/template.ts';
import type { AzureMonitorAccount } from './account.ts';
import { GRAIN_MILLIS, type Grain } from './grains.ts';

const AGGREGATIONS = ['average', 'total', 'maximum', 'minimum', 'count'] as const;
const GRAINS = Object.keys(GRAIN_MILLIS) as [Grain, ...Grain[]];

export const AzureMonitorQuery = z
  .object({
    type: z.literal('azuremonitor'),
    resourceId: z
      .string()
      .min(1)
      .optional()
      .describe('with `${name}` variables: `/subscriptions/…/providers/Microsoft.Web/sites/${scope}`'),
    resourceIds: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('instead: several resources of one subscription and region; each is a series with the tag `resource`'),
    region: z
      .string()
      .regex(/^[a-z0-9]+$/, 'must be the name of a region, such as westeurope, or global')
      .optional()
      .describe('the region of resourceIds'),
    metricName: z
      .string()
      .regex(/^[^,]+$/, 'must be the name of one metric')
      .describe('such as `HttpResponseTime`'),
    metricNamespace: z.string().min(1).optional().describe("the metric's namespace; required with resourceIds"),
    aggregation: z.enum(AGGREGATIONS).default('average').describe('how the values within a step are combined'),
    filter: z
      .string()
      .min(1)
      .optional()
      .describe("a filter on dimensions, with variables: `VersionLabel eq '${scope}'`; `eq '*'` splits into series"),
    rollUpBy: z.string().min(1).optional().describe("the dimension over which the filter's series are summed"),
    top: z.number().int().min(1).default(100).describe('most series with a filter; Azure drops the others'),
    interval: z
      .enum(GRAINS)
      .optional()
      .describe('the interval of the requested points; default: derived from the step'),
    ...SeriesFields,
  })
  .refine(({ resourceId, resourceIds }) => (resourceId === undefined) !== (resourceIds === undefined), {
    path: ['resourceId'],
    error: 'is required, or resourceIds; not both',
  })
  .refine(({ resourceIds, region, metricNamespace }) => !resourceIds || (region && metricNamespace), {
    path: ['resourceIds'],
    error: 'needs region and metricNamespace',
  })
  .meta({ id: 'AzureMonitorQuery' });
export type AzureMonitorQuery = z.infer<typeof AzureMonitorQuery>;

export type AzureMonitorRequest = MetricsRequest<AzureMonitorQuery, AzureMonitorAccount>;

/**
 * The request for one or several resources: its path and the parameters that do not depend on time, unescaped.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: AzureMonitorRequest): string {
  const parameters = metricParameters(request, '$filter').map(([name, value]) => `${name}=${value}`);
  return resourcesOf(request)
    .map((resource) => `${resource}/providers/Microsoft.Insights/metrics?${parameters.join('&')}`)
    .join('\n');
}

/** The parameters that do not depend on time, for both endpoints. @throws CanaryError METRICS_QUERY_INVALID */
export function metricParameters(request: AzureMonitorRequest, filterName: '$filter' | 'filter'): [string, string][] {
  const { metricName, metricNamespace, aggregation, filter, top, rollUpBy } = request.query;
  const parameters: Readonly<Record<string, string | undefined>> = {
    metricnames: metricName,
    metricnamespace: metricNamespace,
    aggregation,
    [filterName]: filterOf(request),
    // Only valid with a filter.
    top: filter && String(top),
    rollupby: rollUpBy,
  };
  return Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function filterOf(request: AzureMonitorRequest): string | undefined {
  const { filter } = request.query;
  return filter && expandText(filter, request, ODATA);
}

/** Begins where a word begins, so that a long word is looked at once. */
const COMPARISON = /(?<![^\s()])([^\s()]+)\s+eq\s+'((?:[^']|'')*)'/gi;

/**
 * The dimensions the filter pins to one value, in lower case. All series share it, and since it may be the version, it
 * would prevent pairing.
 */
export function pinnedDimensions(request: AzureMonitorRequest): ReadonlySet<string> {
  const named = [...(filterOf(request) ?? '').matchAll(COMPARISON)].map(([, name = '', value]) => ({
    name: name.toLowerCase(),
    value,
  }));
  const isPinned = ({ name, value }: (typeof named)[number]) =>
    value !== '*' && named.every((other) => other.name !== name || other.value === value);
  return new Set(named.filter(isPinned).map(({ name }) => name));
}

/** The queried resources, each a path from `/subscriptions/` on. @throws CanaryError METRICS_QUERY_INVALID */
export function resourcesOf(request: AzureMonitorRequest): string[] {
  const { resourceId, resourceIds } = request.query;
  const ids = resourceId === undefined ? (resourceIds ?? []) : [resourceId];
  return ids.map((id) => {
    const path = `/${expandText(id, request, undefined).replace(/^\/+|\/+$/g, '')}`;
    const [, first, ...segments] = path.split('/');
    if (first?.toLowerCase() === 'subscriptions' && segments.length > 0 && segments.every(isSegment)) return path;
    throw invalidQuery(
      request,
      `'${path}' is not a resource id; set resourceId to the text the portal shows under Properties, such as ` +
        '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Web/sites/<name>.',
    );
  });
}

function isSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[?#\\\p{Cc}]/u.test(text);
}
