import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { messageOf } from '../../src/errors.ts';
import { invalidQuery, SeriesFields } from '../shared/query/query-fields.ts';
import { remedyFor } from '../shared/query/template.ts';
import type { SqlAccount } from './account.ts';
import { type Bound, bind, textOf, type Variables } from './bind-parameters.ts';
import { readStatement, type Statement } from './statement.ts';

const MAX_LENGTH = 100_000;

export const SqlQuery = z
  .object({
    type: z.literal('sql'),
    query: z
      .string()
      .min(1)
      .max(MAX_LENGTH)
      .describe('one read-only statement; `:scope`, `:start` and other variables are bound, never pasted in'),
    timeColumn: z.string().min(1).default('ts').describe('the column with the moment of a value'),
    valueColumn: z.string().min(1).default('value').describe('the column with the value'),
    tagColumns: z.array(z.string().min(1)).default([]).describe('each combination of values is a series'),
    timeUnit: z
      .enum(['s', 'ms', 'iso'])
      .default('s')
      .describe('unit of numbers in timeColumn, since 1970; timestamps are always accepted'),
    combine: z
      .enum(['mean', 'sum', 'max', 'min', 'last'])
      .default('mean')
      .describe('how several rows of a step are combined'),
    ...SeriesFields,
  })
  .refine(
    ({ timeColumn, valueColumn, tagColumns }) => {
      const names = [timeColumn, valueColumn, ...tagColumns];
      return new Set(names).size === names.length;
    },
    { path: ['tagColumns'], error: 'timeColumn, valueColumn and tagColumns must be different columns' },
  )
  .meta({ id: 'SqlQuery' });
export type SqlQuery = z.infer<typeof SqlQuery>;

export type SqlRequest = MetricsRequest<SqlQuery, SqlAccount>;

/** The statement and its values. @throws CanaryError METRICS_QUERY_INVALID */
export function buildQuery(request: SqlRequest): string {
  return textOf(buildStatement(request), request.account);
}

/**
 * The statement of a metric with its values, in the form of the account's database.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildStatement(request: SqlRequest): Bound {
  const variables = variablesOf(request);
  const statement = read(request);
  for (const piece of statement.pieces) {
    if ('variable' in piece && !variables.has(piece.variable)) throw unbound(request, piece.variable, variables);
  }
  return bind(statement, variables, request.account);
}

function read({ query, account, metric }: SqlRequest): Statement {
  try {
    return readStatement(query.query, account.dialect);
  } catch (error) {
    throw invalidQuery({ metric }, `query.query ${messageOf(error)}`);
  }
}

/** Later wins: common variables, the scope, then `extendedScopeParams`. */
function variablesOf({ metric, scope, side }: SqlRequest): Variables {
  const variables = new Map<string, string | number>();
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') variables.set(name, value);
  };
  const [start, end] = [scope.start, scope.end].map((instant) => instant && instantMillis(instant));
  for (const [name, millis] of Object.entries({ start, end })) {
    if (typeof millis !== 'number') continue;
    set(name, millis / 1000);
    set(`${name}Millis`, millis);
  }
  set('step', scope.step);
  set('stepMillis', scope.step === undefined ? undefined : scope.step * 1000);
  set('role', side);
  set('metricName', metric.name);
  set('scope', scope.scope);
  set('location', scope.location);
  for (const [name, value] of Object.entries(scope.extendedScopeParams ?? {})) variables.set(name, value);
  return variables;
}

function unbound(request: SqlRequest, name: string, variables: Variables) {
  return invalidQuery(
    request,
    `query.query: ':${name}' has no value; known: ${[...variables.keys()].join(', ')}. ${remedyFor(name, [...variables.keys()])}; ` +
      'or put a blank after the colon if it is not a variable.',
  );
}
