import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import type { ElasticsearchAccount } from './account.ts';

/** Query-string text, or the `query` of a search. */
const Query = z.union([z.string(), z.record(z.string(), z.unknown())]);
export type Query = z.infer<typeof Query>;

export const ElasticsearchQuery = z
  .object({
    type: z.literal('elasticsearch'),
    index: z
      .string()
      .optional()
      .describe("names, patterns or aliases, with `${name}` variables; default: the account's"),
    timestampField: z.string().min(1).default('@timestamp').describe('the time of a document'),
    query: Query.optional().describe(
      'which documents to count, with `${name}` variables: text such as `app:shop AND version:${scope}`, or query DSL',
    ),
    aggregation: z
      .enum(['count', 'avg', 'sum', 'min', 'max', 'cardinality', 'percentile', 'ratio'])
      .default('count')
      .describe('how the documents of a step are aggregated; all but count and ratio need `field`'),
    field: z.string().optional().describe('the field to aggregate'),
    percent: z.number().min(0).max(100).default(95).describe('for aggregation percentile'),
    numerator: Query.optional().describe('for aggregation ratio: the documents matching this, among all'),
    groupBy: z.string().optional().describe('a field; each of its values is judged separately'),
    ...TemplateFields,
    customInlineTemplate: z
      .string()
      .optional()
      .describe(
        'the whole body as JSON, with `${name}` variables; aggregation `t` holds the time buckets, `v` in it ' +
          'the value (default: the count), `g` around it the groups',
      ),
    ...SeriesFields,
  })
  .superRefine((query, context) => {
    const { aggregation, field, numerator, customInlineTemplate, customFilterTemplate } = query;
    if (customInlineTemplate || customFilterTemplate) return;
    if (aggregation === 'ratio' && !numerator) {
      context.addIssue({ code: 'custom', path: ['numerator'], message: 'is required for aggregation ratio' });
    }
    if (aggregation !== 'count' && aggregation !== 'ratio' && !field) {
      context.addIssue({ code: 'custom', path: ['field'], message: `is required for aggregation ${aggregation}` });
    }
  })
  .meta({ id: 'ElasticsearchQuery' });
export type ElasticsearchQuery = z.infer<typeof ElasticsearchQuery>;

export type ElasticsearchRequest = MetricsRequest<ElasticsearchQuery, ElasticsearchAccount>;

/** One of the comma-separated names: it goes into a path. */
const NO_INDEX = /^$|^\.{1,2}$|^_(?!all$)/;

/**
 * The indices in the path of a search.
 *
 * @throws CanaryError METRICS_QUERY_INVALID without indices, or for an invalid name
 */
export function indexPath(request: ElasticsearchRequest, index: string): string {
  const names = index.split(',').map((name) => name.trim());
  const wrong = names.find((name) => NO_INDEX.test(name));
  if (wrong === undefined) return names.map(encodeURIComponent).join(',');
  throw invalidQuery(
    request,
    `'${index}' is no index: '${wrong}' cannot be the name of one; write names, patterns or aliases with commas between them.`,
  );
}
