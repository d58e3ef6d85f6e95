import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { DYNATRACE } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { DynatraceAccount } from './account.ts';

const UNIT_MILLIS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** An interval in Dynatrace's notation. */
export const Resolution = z.string().regex(/^[1-9]\d{0,4}[mhdw]$/, 'must be a time such as 1m, 5m, 1h or 1d');

export const DynatraceQuery = z
  .object({
    type: z.literal('dynatrace'),
    metricSelector: z
      .string()
      .optional()
      .describe(
        'one metric and its transformations, with `${name}` variables, e.g. ' +
          '`builtin:service.requestCount.total:splitBy()`',
      ),
    entitySelector: z
      .string()
      .optional()
      .describe('which entities count, with `${name}` variables, e.g. `type(SERVICE),tag("version:${scope}")`'),
    mzSelector: z.string().optional().describe('management zones, with `${name}` variables, e.g. `mzName("prod")`'),
    resolution: Resolution.optional().describe(
      'the resolution of the requested points; default: the step in whole minutes',
    ),
    ...TemplateFields,
    customInlineTemplate: z
      .string()
      .optional()
      .describe('the same as metricSelector; takes precedence over customFilterTemplate'),
    ...SeriesFields,
  })
  .refine(
    ({ metricSelector, customInlineTemplate, customFilterTemplate }) =>
      !metricSelector || !(customInlineTemplate || customFilterTemplate),
    {
      path: ['metricSelector'],
      error: 'is a whole selector, as customInlineTemplate and customFilterTemplate are; keep one of them',
    },
  )
  .meta({ id: 'DynatraceQuery' });
export type DynatraceQuery = z.infer<typeof DynatraceQuery>;

export type DynatraceRequest = MetricsRequest<DynatraceQuery, DynatraceAccount>;

/**
 * The query as unencoded parameters.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: DynatraceRequest): string {
  return Object.entries(selectorsOf(request))
    .map(([name, text]) => `${name}=${text}`)
    .join('&');
}

/** The parameters that select the data. @throws CanaryError METRICS_QUERY_INVALID */
export function selectorsOf(request: DynatraceRequest): Record<string, string> {
  const { query } = request;
  const template = expandTemplate(request, DYNATRACE);
  const metricSelector = query.metricSelector ? expandText(query.metricSelector, request, DYNATRACE) : template;
  if (!metricSelector) {
    throw invalidQuery(request, 'metricSelector is missing; write which metric to read, e.g. builtin:host.cpu.usage.');
  }
  return {
    metricSelector,
    ...(query.entitySelector ? { entitySelector: expandText(query.entitySelector, request, DYNATRACE) } : {}),
    ...(query.mzSelector ? { mzSelector: expandText(query.mzSelector, request, DYNATRACE) } : {}),
  };
}

/** The length of a resolution in milliseconds. */
export function millisOf(resolution: string): number {
  return Number(resolution.slice(0, -1)) * UNIT_MILLIS[resolution.slice(-1) as keyof typeof UNIT_MILLIS];
}

/** The resolution for a step: whole minutes, since Dynatrace has no shorter slots. */
export function resolutionFor(stepMillis: number): string {
  const minutes = Math.ceil(stepMillis / UNIT_MILLIS.m);
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
