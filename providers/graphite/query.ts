import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { NO_ESCAPE } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields } from '../shared/query/query-fields.ts';
import { expandText } from '../shared/query/template.ts';
import type { GraphiteAccount } from './account.ts';

export const GraphiteQuery = z
  .object({
    type: z.literal('graphite'),
    metricName: z
      .string()
      .min(1)
      .describe('the target: a path or expression, with `$scope`, `$location` or `${name}` variables'),
    summarize: z
      .enum(['avg', 'sum', 'max', 'min', 'last', 'none'])
      .default('avg')
      .describe('how several points of a step are combined; `none` rejects them'),
    tagFrom: z
      .enum(['tags', 'target', 'none'])
      .optional()
      .describe(
        'what identifies several series: their tags, their target, or nothing. Default: the tags with ' +
          'seriesByTag, the target with wildcards',
      ),
    ...SeriesFields,
  })
  .meta({ id: 'GraphiteQuery' });
export type GraphiteQuery = z.infer<typeof GraphiteQuery>;

export type GraphiteRequest = MetricsRequest<GraphiteQuery, GraphiteAccount>;

/**
 * The target of a metric.
 *
 * @throws CanaryError METRICS_QUERY_INVALID, also for unmatched brackets and quotes: Graphite treats those like a
 *   missing metric
 */
export function buildQuery(request: GraphiteRequest): string {
  const target = expandText(templateOf(request), request, NO_ESCAPE);
  const complaint = unbalanced(target);
  if (complaint !== undefined) throw invalidQuery(request, `the target has ${complaint}: ${target}`);
  return target;
}

/**
 * A metric's text as a template. Kayenta only knows `$scope` and `$location`, and leaves them unexpanded when the scope
 * has none.
 */
export function templateOf({ query, scope }: GraphiteRequest): string {
  let text = query.metricName;
  if (scope.scope) text = text.replaceAll('$scope', '${scope}');
  if (scope.location) text = text.replaceAll('$location', '${location}');
  return text;
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '{': '}' };

/** The first unmatched bracket or quote. */
function unbalanced(target: string): string | undefined {
  const open: string[] = [];
  let quote: string | undefined;
  for (let index = 0; index < target.length; index++) {
    const character = target.charAt(index);
    if (character === '\\') index++;
    else if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (CLOSES[character] !== undefined) open.push(character);
    else if (character === ')' || character === '}') {
      const opened = open.pop();
      if (opened === undefined || CLOSES[opened] !== character) return `a '${character}' that nothing opened`;
    }
  }
  if (quote !== undefined) return `a ${quote} that is not closed`;
  const [first] = open;
  return first === undefined ? undefined : `a '${first}' that is not closed`;
}

/** The parameters of Kayenta's `POST /fetch/graphite/query`. */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  return { query: queryFieldsIn(parameters, { texts: ['metricName'] }) };
}
