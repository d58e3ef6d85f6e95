import { z } from 'zod';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked, type Refusal } from '../shared/http/failures.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import type { LokiRequest } from './query.ts';

/** Points are checked one by one when they are read, not by a schema each: there may be a million. */
export const RangeAnswer = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).nullish(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z
      .array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.unknown()).nullish() }))
      .nullish(),
  }),
});
export type RangeAnswer = z.infer<typeof RangeAnswer>;

/** @param shiftMillis how much later than its slot's start each point was asked for */
export function readSeries(request: LokiRequest, { data }: RangeAnswer, shiftMillis: number): RawSeries[] {
  return (data.result ?? []).map(({ metric, values }) => ({
    tags: metric,
    points: (values ?? []).map((point) => readPoint(request, point, shiftMillis)),
  }));
}

/** `[seconds, "text of the value"]` */
function readPoint({ account, metric }: LokiRequest, point: unknown, shiftMillis: number): RawPoint {
  if (Array.isArray(point) && typeof point[0] === 'number' && point.length > 1) {
    return [Math.round(point[0] * 1000) - shiftMillis, point[1]];
  }
  throw new CanaryError(
    'METRICS_ANSWER_INVALID',
    `${aboutAsked({ account, metricName: metric.name })}: the answer cannot be read: a point is ` +
      `${JSON.stringify(point).slice(0, 80)}, not [seconds, value]`,
  );
}

const StreamsAnswer = z.object({ data: z.object({ resultType: z.literal('streams') }) });

/** A query for log lines succeeds, but there is nothing to judge in it. */
export function readFailure(json: unknown): Refusal | undefined {
  if (!StreamsAnswer.safeParse(json).success) return undefined;
  return {
    text: 'log lines (resultType streams)',
    remedy: 'make numbers of them: wrap the query in rate() or count_over_time(), or unwrap a label in it',
  };
}

/** Limits of the store or the tenant, as Loki words them: a smaller question would be answered. */
const LIMIT = new RegExp(
  [
    'maximum number of series',
    'cardinality limit exceeded',
    'read too many bytes',
    'max number of chunks',
    'matchers per query exceeded',
    'too large to execute',
    'limit reached while evaluating',
    '\\[interval\\] value exceeds limit',
    'time range exceeds the limit',
    'exceeded maximum resolution',
  ].join('|'),
  'i',
);
const TIMED_OUT = /request timed out|deadline exceeded|timeout/i;
/** Whoever asks Loki, perhaps a proxy, gave up: nobody here canceled, else there would be nobody to read this. */
const CLIENT_CLOSED_REQUEST = 499;

/** Reads a refusal: mostly plain text, before which a gateway may put JSON. */
export function readRefusal(status: number, body: string): Refusal {
  const text = textOf(body);
  if (/no org id/i.test(text)) {
    return { code: 'METRICS_ACCESS_DENIED', text, remedy: "the store has tenants: set the account's tenantId" };
  }
  if ((status === 400 || status === 500) && LIMIT.test(text)) {
    return { code: 'METRICS_LIMIT_EXCEEDED', text, remedy: 'use a longer step, a shorter window or fewer streams' };
  }
  if (status === CLIENT_CLOSED_REQUEST) return { code: 'METRICS_STORE_UNAVAILABLE', text };
  if (status >= 500 && TIMED_OUT.test(text)) return { code: 'METRICS_STORE_TIMEOUT', text };
  return { text };
}

const JsonError = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

function textOf(body: string): string {
  try {
    return JsonError.parse(JSON.parse(body));
  } catch {
    return body;
  }
}
