import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { WAVEFRONT } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate } from '../shared/query/template.ts';
import type { Combine } from '../shared/series/grid.ts';
import type { WavefrontAccount } from './account.ts';

/** How the store combines points, and how we combine them further into longer steps. */
const SUMMARIZATIONS = {
  MEAN: 'mean',
  MEDIAN: 'mean',
  MIN: 'min',
  MAX: 'max',
  SUM: 'sum',
  COUNT: 'sum',
  FIRST: 'first',
  LAST: 'last',
} as const satisfies Record<string, Combine>;

type Summarization = keyof typeof SUMMARIZATIONS;

const OptionalSummarization = z.enum(Object.keys(SUMMARIZATIONS) as [Summarization, ...Summarization[]]).optional();

export const WavefrontQuery = z
  .object({
    type: z.literal('wavefront'),
    metricName: z.string().optional().describe('required unless a template is the whole query'),
    aggregate: z.string().optional().describe('the function around it, e.g. `avg`'),
    summarization: OptionalSummarization.describe('how points of a step are combined; default: MEAN'),
    summerization: OptionalSummarization.describe("the same, as some of Kayenta's samples spell it"),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('the whole query, with `${name}` variables'),
    ...SeriesFields,
  })
  .meta({ id: 'WavefrontQuery' });
export type WavefrontQuery = z.infer<typeof WavefrontQuery>;

export type WavefrontRequest = MetricsRequest<WavefrontQuery, WavefrontAccount>;

/**
 * The query of a metric, built as Kayenta builds it: `<aggregate>(ts(<metricName>, <scope>))`; the scope is text of
 * filters, such as `env=prod`, and stays as it is. A template is the whole query.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: WavefrontRequest): string {
  const { query, scope } = request;
  const template = expandTemplate(request, WAVEFRONT);
  if (template) return template;
  if (!query.metricName)
    throw invalidQuery(
      request,
      'metricName is required unless a template is the whole query. Write one of metricName and customInlineTemplate.',
    );
  const series = `ts(${[query.metricName, ...(scope.scope ? [scope.scope] : [])].join(', ')})`;
  return query.aggregate ? `${query.aggregate}(${series})` : series;
}

export function summarizationOf({ summarization, summerization }: WavefrontQuery): Summarization {
  return summarization ?? summerization ?? 'MEAN';
}

export function combineOf(query: WavefrontQuery): Combine {
  return SUMMARIZATIONS[summarizationOf(query)];
}

/** The store's granularities are day, hour, minute and second: the longest that fits the step. */
export function granularityOf(stepMillis: number): 'd' | 'h' | 'm' | 's' {
  if (stepMillis % 86_400_000 === 0) return 'd';
  if (stepMillis % 3_600_000 === 0) return 'h';
  return stepMillis % 60_000 === 0 ? 'm' : 's';
}

/** The parameter's misspelt name in Kayenta's route, which clients use. */
const KAYENTA_SUMMARIZATION = '[MEAN, MEDIAN, MIN, MAX, SUM, COUNT, FIRST, LAST]';

/** The route gives the step as a letter. */
const STEP_SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** The parameters of Kayenta's `POST /fetch/wavefront/query`. */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  const { step, summarization = parameters[KAYENTA_SUMMARIZATION] } = parameters;
  const seconds = STEP_SECONDS.get(step ?? '');
  const texts = ['metricName', 'aggregate', 'summarization'];
  return {
    ...(seconds === undefined ? {} : { step: seconds }),
    query: queryFieldsIn({ ...parameters, summarization }, { texts }),
  };
}
