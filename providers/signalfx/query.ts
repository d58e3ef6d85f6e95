import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { Text } from '../../src/domain/values/text.ts';
import { SIGNALFLOW } from '../shared/query/languages.ts';
import { invalidQuery, SeriesFields, TemplateFields } from '../shared/query/query-fields.ts';
import { scopeConditions, scopeKeysOf } from '../shared/query/scope-keys.ts';
import { expandTemplate } from '../shared/query/template.ts';
import type { SignalFxAccount } from './account.ts';

const QueryPair = z.object({
  key: z.string().min(1).describe('a dimension or property, or `tag`; `!` in front negates'),
  value: Text.describe('`*` is a wildcard; separate several values with commas'),
});

export const SignalFxQuery = z
  .object({
    type: z.literal('signalfx'),
    metricName: z.string().optional().describe('required unless a template is the whole program'),
    queryPairs: z.array(QueryPair).default([]).describe('further conditions'),
    aggregationMethod: z
      .string()
      .regex(/^[a-z_]\w*$/i, 'must be the name of a method, such as mean')
      .default('mean')
      .describe('a stream method, e.g. sum, max, count'),
    rollup: z.string().optional().describe('how points of a step are combined, e.g. rate, sum, latest'),
    extrapolation: z.string().optional().describe('what replaces missing points, e.g. zero, last_value'),
    ...TemplateFields,
    customInlineTemplate: z.string().optional().describe('the whole SignalFlow program, with `${name}` variables'),
    ...SeriesFields,
  })
  .meta({ id: 'SignalFxQuery' });
export type SignalFxQuery = z.infer<typeof SignalFxQuery>;

export type SignalFxRequest = MetricsRequest<SignalFxQuery, SignalFxAccount>;

/**
 * The SignalFlow program of a metric, built as Kayenta builds it: a template is the whole program, without one the
 * filters follow from the scope.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildQuery(request: SignalFxRequest): string {
  return expandTemplate(request, SIGNALFLOW) || builtProgram(request);
}

function builtProgram(request: SignalFxRequest): string {
  const { metricName, queryPairs, aggregationMethod, rollup, extrapolation } = request.query;
  if (!metricName)
    throw invalidQuery(
      request,
      'metricName is required unless a template is the whole program. Write one of metricName and customInlineTemplate.',
    );
  const { scope, location, others } = scopeConditions(request, 'SignalFx');
  const filters = [...queryPairs.map(pairFilter), ...[scope, ...location, ...others].map(filterOf)];
  const options = [
    quoted(metricName),
    `filter=${filters.join(' and ')}`,
    ...(rollup ? [`rollup=${quoted(rollup)}`] : []),
    ...(extrapolation ? [`extrapolation=${quoted(extrapolation)}`] : []),
  ];
  const by = [...others, ...location, scope].map(([key]) => quoted(key)).join(', ');
  return `data(${options.join(', ')}).${aggregationMethod}(by=[${by}]).publish()`;
}

/**
 * Dimensions the scope pins to one value: they do not identify series, and since the value differs between the sides,
 * they would prevent pairing.
 */
export function scopeDimensions(request: SignalFxRequest): ReadonlySet<string> {
  const { scopeKey, locationKey } = scopeKeysOf(request);
  const { location = '', extendedScopeParams = {} } = request.scope;
  const fixed = [...Object.entries(extendedScopeParams), [locationKey ?? '', location] as const].filter(
    ([, value]) => !value.includes('*'),
  );
  return new Set([...fixed.map(([key]) => key), ...(scopeKey ? [scopeKey] : [])]);
}

function pairFilter({ key, value }: z.infer<typeof QueryPair>): string {
  const values = value.includes(',') ? value.split(',').map((one) => one.trim()) : [value];
  const negated = key.startsWith('!');
  const texts = values.filter((one, index) => one !== '' || index === 0).map(quoted);
  const filter = `filter(${quoted(negated ? key.slice(1) : key)}, ${texts.join(',')})`;
  return negated ? `(not ${filter})` : filter;
}

function filterOf([key, value]: readonly [key: string, value: string]): string {
  return `filter(${quoted(key)}, ${quoted(value)})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
