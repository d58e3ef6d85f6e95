import { z } from 'zod';
import type { MetricsRequest, QueryProblem } from '../../src/domain/metrics-provider.ts';
import { namedTemplate, prefixProblems } from '../shared/query/language-prefix.ts';
import { PROMQL } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { LokiAccount } from './account.ts';

export const LokiQuery = z
  .object({
    type: z.literal('loki'),
    expr: z.string().min(1).optional().describe('a LogQL metric query, with `${name}` variables'),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('the same as expr'),
    customFilterTemplate: z.string().optional().describe("a key of the config's `templates`, whose text is the query"),
    evaluateAt: z
      .enum(['start', 'end'])
      .default('start')
      .describe(
        'evaluate at the start or end of each step; with `end`, `count_over_time({…}[<step>])` covers ' +
          'exactly that step',
      ),
    ...SeriesFields,
  })
  .refine(
    ({ expr, customInlineTemplate, customFilterTemplate }) => !expr || !(customInlineTemplate || customFilterTemplate),
    {
      path: ['expr'],
      error: 'is the whole query, as customInlineTemplate and customFilterTemplate are; keep one of them',
    },
  )
  .meta({ id: 'LokiQuery' });
export type LokiQuery = z.infer<typeof LokiQuery>;

export type LokiRequest = MetricsRequest<LokiQuery, LokiAccount>;

/** What is wrong with a query whatever its scope. */
export function queryProblems({ config, query }: Pick<LokiRequest, 'config' | 'query'>): QueryProblem[] {
  const { expr, customInlineTemplate } = query;
  const customFilterTemplate = namedTemplate(config, query);
  return prefixProblems({ expr, customInlineTemplate, customFilterTemplate }, () => 'write the LogQL alone');
}

/** The LogQL of a metric. @throws CanaryError METRICS_QUERY_INVALID */
export function buildQuery(request: LokiRequest): string {
  const { expr } = request.query;
  const template = expandTemplate(request, PROMQL);
  const text = expr === undefined ? template : expandText(expr, request, PROMQL);
  if (text) return text;
  throw invalidQuery(request, 'A query for Loki needs expr: a LogQL metric query, such as count_over_time({…}[1m]).');
}
