import { z } from 'zod';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked, type Refusal } from '../shared/http/failures.ts';
import { type RawPoint, readNumber } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import type { DurationPart } from './duration.ts';
import type { SkyWalkingRequest } from './query.ts';

/** Points are checked one by one when they are read, not by a schema each: there may be many. */
export const ExpressionAnswer = z.object({
  data: z.object({
    execExpression: z.object({
      type: z.literal('TIME_SERIES_VALUES'),
      results: z.array(
        z.object({
          metric: z.object({ labels: z.array(z.object({ key: z.string(), value: z.string().nullable() })) }).nullish(),
          values: z.array(z.unknown()),
        }),
      ),
    }),
  }),
});
export type ExpressionAnswer = z.infer<typeof ExpressionAnswer>;

export const AnyAnswer = z.object({ data: z.record(z.string(), z.unknown()) });
export type AnyAnswer = z.infer<typeof AnyAnswer>;

export function readExpression(request: SkyWalkingRequest, { data }: ExpressionAnswer): RawSeries[] {
  return data.execExpression.results.map(({ metric, values }) => ({
    tags: Object.fromEntries((metric?.labels ?? []).map(({ key, value }) => [key, value ?? ''])),
    points: values.map((value) => readPoint(request, value)),
  }));
}

/** `{ "id": "epoch milliseconds", "value": "text of a number, or null" }` */
function readPoint(request: SkyWalkingRequest, point: unknown): RawPoint {
  const { id, value } = (typeof point === 'object' && point !== null ? point : {}) as { id?: unknown; value?: unknown };
  if (typeof id === 'string' && /^\d{1,16}$/.test(id)) return [Number(id), scaled(request, value)];
  throw unreadable(
    request,
    `a point is ${JSON.stringify(point).slice(0, 80)}, not {id, value} with epoch milliseconds`,
  );
}

/** The values of a GraphQL query: numbers, texts of numbers, or objects with a `value`, one for each unit asked. */
export function readValues(request: SkyWalkingRequest, answer: AnyAnswer, part: DurationPart): RawSeries[] {
  const { valuesPath = '' } = request.query;
  const values = valuesPath.split('.').reduce<unknown>(fieldOf, answer.data);
  if (!Array.isArray(values)) {
    throw unreadable(request, `there is no list at valuesPath '${valuesPath}' of data`);
  }
  if (values.length !== part.count) {
    throw unreadable(
      request,
      `${values.length} values for ${part.count} units from ${part.duration.start} to ${part.duration.end}; the window ` +
        'may be older than the server keeps metrics',
    );
  }
  const points = values.map((element: unknown, index): RawPoint => {
    const value = typeof element === 'object' ? fieldOf(element, 'value') : element;
    return [part.startMillis + index * part.unitMillis, scaled(request, value)];
  });
  return [{ tags: {}, points }];
}

function fieldOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as Record<string, unknown>)[name] : undefined;
}

/** What is no number is left for the grid to complain about. */
function scaled({ query: { scale } }: SkyWalkingRequest, value: unknown): unknown {
  const number = readNumber(value);
  return number === undefined ? value : number * scale;
}

function unreadable({ account, metric }: SkyWalkingRequest, reason: string): CanaryError {
  const about = aboutAsked({ account, metricName: metric.name });
  return new CanaryError('METRICS_ANSWER_INVALID', `${about}: the answer cannot be read: ${reason}`);
}

const Errors = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });
const Failure = z.object({
  data: z.object({ execExpression: z.object({ type: z.string(), error: z.string().nullish() }) }),
});

/** GraphQL answers 200 whatever happened; MQE says what is wrong in its result. */
export function readFailure(json: unknown): Refusal | undefined {
  const errors = Errors.safeParse(json);
  if (errors.success) {
    const text = errors.data.errors.map(({ message }) => message).join('; ');
    return /execExpression/.test(text) && /FieldUndefined|undefined/.test(text)
      ? { text, remedy: 'expressions need SkyWalking 9.5 or later; before it, use query and valuesPath' }
      : { text };
  }
  const failure = Failure.safeParse(json);
  if (!failure.success) return undefined;
  const { type, error } = failure.data.data.execExpression;
  if (error) return { text: error };
  if (type === 'TIME_SERIES_VALUES') return undefined;
  return {
    text: `a result of type ${type}`,
    remedy:
      type === 'UNKNOWN'
        ? 'the window may be older than the server keeps metrics'
        : 'write an expression that gives a time series: without avg(), sum(), latest() or top_n() around it',
  };
}
