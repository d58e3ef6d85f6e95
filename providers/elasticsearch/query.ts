import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import type { ElasticsearchAccount } from './account.ts';

/** Query-string text, or what stands under `query` of a search. */
const Query = z.union([z.string(), z.record(z.string(), z.unknown())]);
export type Query = z.infer<typeof Query>;

export const ElasticsearchQuery = z
  .object({
    type: z.literal('elasticsearch'),
    index: z
      .string()
      .optional()
      .describe("names, patterns or aliases, with `${name}` variables; the account's when absent"),
    timestampField: z.string().min(1).default('@timestamp').describe('when a document happened'),
    query: Query.optional().describe(
      'which documents count, with `${name}` variables: text such as `app:shop AND version:${scope}`, or query DSL',
    ),
    aggregation: z
      .enum(['count', 'avg', 'sum', 'min', 'max', 'cardinality', 'percentile', 'ratio'])
      .default('count')
      .describe('what each step says of its documents; all but count and ratio are of `field`'),
    field: z.string().optional().describe('the field that is aggregated'),
    percent: z.number().min(0).max(100).default(95).describe('for aggregation percentile'),
    numerator: Query.optional().describe('for aggregation ratio: documents that match this, of all'),
    groupBy: z.string().optional().describe('a field; each of its values is judged by itself'),
    ...TemplateFields,
    customInlineTemplate: z
      .string()
      .optional()
      .describe(
        'the whole body as JSON, with `${name}` variables; its aggregation `t` has the buckets of time, with the value ' +
          'in `v`, else their count; `g` around it has the groups',
      ),
    ...SeriesFields,
  })
  .superRefine((query, context) => {
    const { aggregation, field, numerator, customInlineTemplate, customFilterTemplate } = query;
    if (customInlineTemplate || customFilterTemplate) return;
    if (aggregation === 'ratio' && !numerator) {
      context.addIssue({ code: 'custom', path: ['numerator'], message: 'is needed for aggregation ratio' });
    }
    if (aggregation !== 'count' && aggregation !== 'ratio' && !field) {
      context.addIssue({ code: 'custom', path: ['field'], message: `is needed for aggregation ${aggregation}` });
    }
  })
  .meta({ id: 'ElasticsearchQuery' });
export type ElasticsearchQuery = z.infer<typeof ElasticsearchQuery>;

export type ElasticsearchRequest = MetricsRequest<ElasticsearchQuery, ElasticsearchAccount>;

/** Of one name between commas: it goes into a path. */
const NO_INDEX = /^$|^\.{1,2}$|^_(?!all$)/;

/**
 * The indices as they stand in the path of a search.
 *
 * @throws CanaryError METRICS_QUERY_INVALID when there are none, or a name is none of an index
 */
export function indexPath(request: ElasticsearchRequest, index: string): string {
  const names = index.split(',').map((name) => name.trim());
  const wrong = names.find((name) => NO_INDEX.test(name));
  if (wrong === undefined) return names.map(encodeURIComponent).join(',');
  throw invalidQuery(request, `'${index}' is no index: '${wrong}' cannot be the name of one.`);
}
