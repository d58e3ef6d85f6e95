import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { GRAPHQL, NO_ESCAPE } from '../shared/query/languages.ts';
import { type Built, invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import type { Language } from '../shared/query/quoting.ts';
import { expandTemplate, expandText } from '../shared/query/template.ts';
import type { SkyWalkingAccount } from './account.ts';

export const SkyWalkingQuery = z
  .object({
    type: z.literal('skywalking'),
    expression: z.string().min(1).optional().describe('MQE that returns a time series, such as `service_sla / 100`'),
    serviceName: z
      .string()
      .min(1)
      .default('${scope}')
      .describe('the service whose metrics are read; may have variables'),
    serviceInstanceName: z.string().min(1).optional().describe('for metrics of an instance; may have variables'),
    endpointName: z.string().min(1).optional().describe('for metrics of an endpoint; may have variables'),
    normal: z.boolean().default(true).describe('false: a service without an agent, known only from calls to it'),
    query: z.string().min(1).optional().describe('instead of expression: GraphQL with `$duration: Duration!`'),
    valuesPath: z
      .string()
      .regex(/^\w+(\.\w+)*$/, 'write field names separated by dots, such as readMetricsValues.values.values')
      .optional()
      .describe('for query: the path in `data` to the list of values, one per unit of the duration'),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('the same as expression'),
    customFilterTemplate: z.string().optional().describe("a key of the config's `templates`, whose text is MQE"),
    scale: z.number().default(1).describe('factor for every value: 0.01 turns `service_sla` into percent'),
    combine: z
      .enum(['mean', 'sum', 'max', 'min', 'last'])
      .default('mean')
      .describe('how the minutes of a longer step are combined; use sum for counts'),
    ...SeriesFields,
  })
  .refine(({ query, valuesPath }) => (query === undefined) === (valuesPath === undefined), {
    path: ['valuesPath'],
    error: 'query and valuesPath belong together; set both or neither',
  })
  .refine(
    ({ expression, query, customInlineTemplate, customFilterTemplate }) =>
      [expression, query, customInlineTemplate || customFilterTemplate].filter(Boolean).length <= 1,
    { path: ['expression'], error: 'means the same as query, customInlineTemplate and customFilterTemplate; keep one' },
  )
  .meta({ id: 'SkyWalkingQuery' });
export type SkyWalkingQuery = z.infer<typeof SkyWalkingQuery>;

export type SkyWalkingRequest = MetricsRequest<SkyWalkingQuery, SkyWalkingAccount>;

/** A request without its duration, which is in the server's time zone. */
interface GraphQlQuestion {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const EXPRESSION = `query ($expression: String!, $entity: Entity!, $duration: Duration!) {
  execExpression(expression: $expression, entity: $entity, duration: $duration) {
    type error results { metric { labels { key value } } values { id value } }
  }
}`;

/**
 * The expression and its entity, or the GraphQL; the duration follows from the window.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: SkyWalkingRequest): string {
  const { query } = request;
  const expand = (text: string, language?: Language) => expandText(text, request, language);
  const template = expandTemplate(request, NO_ESCAPE);
  if (query.query !== undefined) return expand(query.query, GRAPHQL);
  const expression = query.expression === undefined ? template : expand(query.expression, NO_ESCAPE);
  if (!expression) throw invalidQuery(request, 'A query for SkyWalking needs expression, such as service_resp_time.');
  const entity = {
    serviceName: expand(query.serviceName),
    normal: query.normal,
    ...(query.serviceInstanceName === undefined ? {} : { serviceInstanceName: expand(query.serviceInstanceName) }),
    ...(query.endpointName === undefined ? {} : { endpointName: expand(query.endpointName) }),
  };
  return JSON.stringify({ expression, entity });
}

/** The request without the duration. */
export function questionOf({ query, text }: Built<SkyWalkingRequest>): GraphQlQuestion {
  return query.query === undefined
    ? { query: EXPRESSION, variables: JSON.parse(text) }
    : { query: text, variables: {} };
}
