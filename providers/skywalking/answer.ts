import { z } from 'zod';
import { unreadableAnswer } from '../shared/http/failures.ts';
import { type RawPoint, readNumber } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import type { DurationPart } from './duration.ts';
import type { SkyWalkingRequest } from './query.ts';

/** Points are validated one by one while reading, not by a schema each: there may be many. */
const Missing = { errors: z.unknown().optional() };

export const ExpressionAnswer = z.object({
  ...Missing,
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

export const AnyAnswer = z.object({ ...Missing, data: z.record(z.string(), z.unknown()) });
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
  throw unreadableAnswer(
    request,
    `a point is ${JSON.stringify(point).slice(0, 80)}, not {id, value} with epoch milliseconds`,
  );
}

/** The values of a GraphQL query: numbers, numeric texts, or objects with a `value`, one per requested unit. */
export function readValues(request: SkyWalkingRequest, answer: AnyAnswer, part: DurationPart): RawSeries[] {
  const { valuesPath = '' } = request.query;
  const values = valuesPath.split('.').reduce<unknown>(fieldOf, answer.data);
  if (!Array.isArray(values)) {
    throw unreadableAnswer(request, `there is no list at valuesPath '${valuesPath}' of data`);
  }
  if (values.length !== part.count) {
    throw unreadableAnswer(
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

/** Anything but a number is left for the grid to reject. */
function scaled({ query: { scale } }: SkyWalkingRequest, value: unknown): unknown {
  const number = readNumber(value);
  return number === undefined ? value : number * scale;
}
