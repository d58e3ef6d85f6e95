import { z } from 'zod';
import type { BuiltRequest, MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../../src/errors.ts';

/** What to do with several series of one answer. */
export const SERIES_MODES = ['each', 'mean', 'sum', 'max', 'min', 'single'] as const;
export type SeriesMode = (typeof SERIES_MODES)[number];

/** Fields of a query that may be a template. Spread them into the provider's `Query`. */
export const TemplateFields = {
  customInlineTemplate: z.string().optional().describe('query text, with `${name}` variables; wins over the named one'),
  customFilterTemplate: z.string().optional().describe("a key of the config's `templates`"),
  customFilter: z.unknown().optional().describe('rejected; use customInlineTemplate'),
};

/** Fields of every query. Spread them into the provider's `Query`. */
export const SeriesFields = {
  seriesMode: z
    .enum(SERIES_MODES)
    .default('each')
    .describe(
      'several series: judge `each`; merge them step by step into their mean, sum, max or min; or require a ' +
        '`single` one. All but `each` drop the tags, so both sides pair whatever their labels',
    ),
  emptyAs: z
    .enum(['nodata', 'zero'])
    .default('nodata')
    .describe(
      'an answer without series means no data, or zeros, for counters that do not exist before their first event',
    ),
  unit: z.string().optional().describe('unit of the values, shown in reports'),
};

export type TemplateQuery = Readonly<
  Partial<Record<'customInlineTemplate' | 'customFilterTemplate', string | undefined>>
> & { readonly customFilter?: unknown };

export type SeriesQuery = { readonly seriesMode: SeriesMode; readonly emptyAs: 'nodata' | 'zero' };

/** A request with its text, as passed to `queryMetrics`. */
export type Built<Request extends MetricsRequest> = Request & Pick<BuiltRequest, 'text'>;

/**
 * The error for a query that cannot be sent. The message comes first and unchanged: some are Kayenta's, which users
 * search for.
 */
export function invalidQuery({ metric }: Pick<MetricsRequest, 'metric'>, message: string): CanaryError {
  const name = `metric '${metric.name ?? ''}'`;
  return new CanaryError('METRICS_QUERY_INVALID', message.includes(name) ? message : `${message} (${name})`);
}
