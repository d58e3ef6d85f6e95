import { z } from 'zod';
import type { RawPoint } from '../shared/series/grid.ts';
import { Labels } from '../shared/series/labels.ts';
import type { StoreAnswer } from '../shared/series/metric-sets.ts';
import { noticeWarnings } from '../shared/series/partial.ts';
import { shortestDistance } from '../shared/series/shortest-distance.ts';
import type { WavefrontRequest } from './query.ts';

/** An upper bound that still gives a valid date. */
const MAX_GRANULARITY = 1e9;

/** Points are validated one by one while reading, not by a schema each: there may be a million. */
const Series = z.object({
  tags: Labels.nullish(),
  data: z.array(z.unknown()).refine((points) => points.every(isPoint), {
    error: 'is not a list of [seconds, value]',
    abort: true,
  }),
});

export const ChartAnswer = z
  .object({
    /** the query; without data there may be nothing else */
    query: z.string(),
    granularity: z.number().positive().max(MAX_GRANULARITY).nullish(),
    warnings: z.string().nullish(),
    timeseries: z.array(Series).nullish(),
  })
  .refine(
    ({ timeseries, granularity }) =>
      (timeseries ?? []).every(({ data }) => (granularity ?? 0) <= shortestDistance(secondsOf(data))),
    { path: ['granularity'], error: 'is longer than the time between two points' },
  );

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length > 1 && typeof point[0] === 'number';
}

function secondsOf(data: readonly unknown[]): number[] {
  return data.map((point) => (point as RawPoint)[0]);
}

/** The series of one answer. @throws CanaryError METRICS_ANSWER_INVALID for a partial one, unless it is allowed */
export function readChart(request: WavefrontRequest, answer: z.infer<typeof ChartAnswer>): StoreAnswer {
  const { timeseries, granularity, warnings } = answer;
  return {
    series: (timeseries ?? []).filter(({ data }) => data.length > 0).map(readSeries),
    warnings: noticeWarnings(request, warnings ? warnings.split('\n') : [], { remedy: 'make the query cheaper' }),
    givenMillis: (granularity ?? 0) * 1000,
  };
}

function readSeries({ tags, data }: z.infer<typeof Series>) {
  const points = (data as RawPoint[]).map(([seconds, value]): RawPoint => [Math.round(seconds * 1000), value]);
  return { tags: tags ?? {}, points };
}
