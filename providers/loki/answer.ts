import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { readRangePoint } from '../shared/promql/range-answer.ts';
import { readFailure as readPromqlFailure } from '../shared/promql/refusal.ts';
import type { Built } from '../shared/query/query-fields.ts';
import { Labels } from '../shared/series/labels.ts';
import type { StoreAnswer } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import type { LokiRequest } from './query.ts';

/** Points are validated one by one while reading, not by a schema each: there may be a million. */
export const RangeAnswer = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).nullish(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: Labels, values: z.array(z.unknown()).nullish() })).nullish(),
  }),
});
export type RangeAnswer = z.infer<typeof RangeAnswer>;

/**
 * Loki warns of nothing but data that it left out.
 *
 * @param shiftMillis how much later than its slot's start each point was evaluated
 * @throws CanaryError METRICS_ANSWER_INVALID for a partial answer, unless the account allows it
 */
export function readRange(
  request: Built<LokiRequest>,
  { data, warnings }: RangeAnswer,
  shiftMillis: number,
): StoreAnswer {
  const series = (data.result ?? []).map(({ metric, values }) => ({
    tags: metric,
    points: (values ?? []).map((point) => readRangePoint(request, point, shiftMillis)),
  }));
  return { series, warnings: partialWarnings(request, warnings ?? [], { remedy: 'raise the limit it names' }) };
}

const StreamsAnswer = z.object({ data: z.object({ resultType: z.literal('streams') }) });

/** A query for log lines succeeds, but contains nothing to judge. */
export function readFailure(json: unknown): Refusal | undefined {
  if (!StreamsAnswer.safeParse(json).success) return readPromqlFailure(json);
  return {
    text: 'log lines (resultType streams)',
    remedy: 'turn them into numbers: wrap the query in rate() or count_over_time(), or unwrap a label in it',
  };
}
