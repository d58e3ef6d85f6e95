import { z } from 'zod';
import type { FetchedQuery, FetchParameters, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { queryFieldsIn } from '../shared/query/fetch-parameters.ts';
import { DATADOG } from '../shared/query/languages.ts';
import { type Built, invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { Combine } from '../shared/series/grid.ts';
import type { DatadogAccount } from './account.ts';

export const DatadogQuery = z
  .object({
    type: z.literal('datadog'),
    metricName: z
      .string()
      .optional()
      .describe(
        'with its space aggregation, e.g. `avg:system.cpu.user`; required unless a template is the whole query',
      ),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('the whole query, with `${name}` variables'),
    apiVersion: z.enum(['v1', 'v2']).default('v1').describe('v2 honours the step and supports formulas'),
    queries: z
      .record(z.string().regex(/^[A-Za-z]\w*$/, 'must be a name such as errors'), z.string().min(1))
      .optional()
      .describe("the formula's queries by name, with `${name}` variables; requires v2"),
    formula: z
      .string()
      .min(1)
      .optional()
      .describe('over the names in `queries`, e.g. `errors / requests`; requires v2'),
    rollup: z
      .enum(['auto', 'none', 'avg', 'sum', 'min', 'max', 'count'])
      .default('none')
      .describe(
        'how the points of a step are combined: adds `.rollup(<this>, <step>)` to each part of the query ' +
          'without one. auto: sum after `.as_count()`, else avg. none: the query is sent unchanged',
      ),
    ...SeriesFields,
  })
  .refine(({ queries, formula }) => (queries === undefined) === (formula === undefined), {
    path: ['formula'],
    error: 'formula and queries belong together; set both or neither',
  })
  .refine(({ queries, apiVersion }) => queries === undefined || apiVersion === 'v2', {
    path: ['apiVersion'],
    error: "must be 'v2' for a formula",
  })
  .refine(
    ({ queries, metricName, customInlineTemplate, customFilterTemplate }) =>
      queries === undefined || !(metricName || customInlineTemplate || customFilterTemplate),
    {
      path: ['queries'],
      error: 'leave out metricName, customInlineTemplate and customFilterTemplate: a formula is the whole query',
    },
  )
  .meta({ id: 'DatadogQuery' });
export type DatadogQuery = z.infer<typeof DatadogQuery>;

export type DatadogRequest = MetricsRequest<DatadogQuery, DatadogAccount>;

/** `queries` and `formulas` of a v2 request. */
interface Formula {
  readonly queries: readonly { readonly data_source: 'metrics'; readonly name: string; readonly query: string }[];
  readonly formulas: readonly { readonly formula: string }[];
}

/**
 * The query of a metric, built as Kayenta builds it: a template is the whole query, without one it is
 * `<metricName>{<scope>}`. A formula is shown as the JSON that is sent.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: DatadogRequest): string {
  const { queries, formula } = request.query;
  if (queries === undefined || formula === undefined) {
    return rolledUp(request, expandTemplate(request, DATADOG) || ofMetricName(request));
  }
  const texts = Object.entries(queries).map(([name, template]) => ({
    data_source: 'metrics' as const,
    name,
    query: rolledUp(request, expandText(template, request, DATADOG)),
  }));
  return JSON.stringify({ queries: texts, formulas: [{ formula }] } satisfies Formula);
}

/** The v2 request: the text is a formula, or becomes one with a single query. */
export function formulaOf({ query, text }: Built<DatadogRequest>): Formula {
  if (query.queries !== undefined) return JSON.parse(text);
  return { queries: [{ data_source: 'metrics', name: 'q0', query: text }], formulas: [{ formula: 'q0' }] };
}

/** The scope is a text of tags, such as `env:prod,version:canary`, and is used unchanged. */
function ofMetricName(request: DatadogRequest): string {
  const { metricName } = request.query;
  if (!metricName)
    throw invalidQuery(
      request,
      'metricName is required unless a template is the whole query. Write one of metricName and customInlineTemplate.',
    );
  if (!request.scope.scope) {
    throw invalidQuery(
      request,
      `scope.scope is required: it becomes the tags in ${metricName}{…}, such as env:prod,version:canary; write * for all.`,
    );
  }
  return `${metricName}{${request.scope.scope}}`;
}

/** `{tags}`, the grouping, and the functions: everything after the name in each part of a query. */
const TERM = /\{[^{}]*\}(?:\s*by\s*\{[^{}]*\})?((?:\.\w+\([^()]*\))*)/g;

function rolledUp(request: DatadogRequest, text: string): string {
  const { rollup } = request.query;
  const { step } = request.scope;
  if (rollup === 'none') return text;
  if (!step) throw invalidQuery(request, `rollup '${rollup}' needs scope.step.`);
  return text.replace(TERM, (term, functions: string) => {
    if (functions.includes('.rollup(')) return term;
    const method = rollup === 'auto' ? (functions.includes('.as_count(') ? 'sum' : 'avg') : rollup;
    return `${term}.rollup(${method}, ${step})`;
  });
}

const METHODS: Readonly<Record<string, Combine>> = { sum: 'sum', count: 'sum', min: 'min', max: 'max' };

/** How points closer than the step are combined: as the query itself does, if that can be recognized. */
export function combineOf(query: string): Combine {
  const [, rollup] = /\.rollup\((\w+)/.exec(query) ?? [];
  if (rollup !== undefined) return METHODS[rollup] ?? 'mean';
  // Counts can be summed, quotients of counts cannot.
  return /^[^{}()]*\{[^{}]*\}(\s*by\s*\{[^{}]*\})?\.as_count\(\)\s*$/.test(query) ? 'sum' : 'mean';
}

/** Whether the query itself states its interval. */
export function namesInterval(query: string): boolean {
  return /\.rollup\((?:\w+\s*,\s*)?\d/.test(query);
}

/** The parameters of Kayenta's `POST /fetch/datadog/query`. */
export function readFetchParameters(parameters: FetchParameters): FetchedQuery {
  return {
    query: queryFieldsIn(parameters, { texts: ['metricName'] }),
    // The route has no step.
    ...(parameters.step === undefined ? { step: 60 } : {}),
  };
}
