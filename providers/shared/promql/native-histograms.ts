import { z } from 'zod';
import { unreadableAnswer } from '../http/failures.ts';
import type { RawPoint } from '../series/grid.ts';
import type { RawSeries, SeriesRequest } from '../series/metric-sets.ts';

/** `[seconds, {count, sum, buckets: [[boundary rule, left, right, count], …]}]`, numbers as text. */
const HistogramPoint = z.tuple([
  z.number(),
  z.looseObject({
    buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).nullish(),
  }),
]);

/** The label that names a bucket by its bounds; so do VictoriaMetrics' histograms. */
const BUCKET_LABEL = 'vmrange';

/**
 * The native histograms of a series as a series for each bucket, told apart by the label `vmrange` ("0.5...1"). Counts are
 * those of the bucket alone, not cumulative. A bucket that a point lacks is empty there: Prometheus leaves empty ones out.
 *
 * Source: "Native histograms" in "Expression query result formats" of Prometheus' HTTP API.
 *
 * @throws CanaryError METRICS_ANSWER_INVALID for one of another form
 */
export function bucketSeries(
  request: SeriesRequest,
  tags: Readonly<Record<string, string>>,
  histograms: readonly unknown[],
  shiftMillis: number,
): RawSeries[] {
  const points = histograms.map((given) => {
    const { data } = HistogramPoint.safeParse(given);
    if (data === undefined) {
      const shown = JSON.stringify(given).slice(0, 80);
      throw unreadableAnswer(request, `a histogram is ${shown}, not [seconds, {count, sum, buckets}]`);
    }
    const [seconds, { buckets }] = data;
    const counts = new Map((buckets ?? []).map(([, left, right, count]) => [`${left}...${right}`, count]));
    return { millis: Math.round(seconds * 1000) - shiftMillis, counts };
  });
  const ranges = new Set(points.flatMap(({ counts }) => [...counts.keys()]));
  return [...ranges].map((range) => ({
    tags: { ...tags, [BUCKET_LABEL]: range },
    points: points.map(({ millis, counts }) => [millis, counts.get(range) ?? '0'] as unknown as RawPoint),
  }));
}
