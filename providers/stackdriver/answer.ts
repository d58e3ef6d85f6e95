import { z } from 'zod';
import { unreadableAnswer } from '../shared/http/failures.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import { Labels } from '../shared/series/labels.ts';
import type { StoreAnswer } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import type { StackdriverRequest } from './query.ts';

const SomeLabels = Labels.nullish();

/** One page. Points are validated one by one while reading: there may be 100,000. */
export const TimeSeriesAnswer = z.object({
  timeSeries: z
    .array(
      z.object({
        metric: z.object({ labels: SomeLabels }).nullish(),
        resource: z.object({ labels: SomeLabels }).nullish(),
        metadata: z
          .object({ userLabels: SomeLabels, systemLabels: z.record(z.string(), z.unknown()).nullish() })
          .nullish(),
        points: z.array(z.unknown()).nullish(),
      }),
    )
    .nullish(),
  executionErrors: z.array(z.unknown()).nullish(),
  nextPageToken: z.string().nullish(),
});
export type TimeSeriesAnswer = z.infer<typeof TimeSeriesAnswer>;
type TimeSeries = NonNullable<TimeSeriesAnswer['timeSeries']>[number];

/**
 * @throws CanaryError METRICS_ANSWER_INVALID for a point of another shape, METRICS_QUERY_INVALID for values that are
 *   not numbers
 */
export function readPage(request: StackdriverRequest, page: TimeSeriesAnswer): StoreAnswer {
  const series = (page.timeSeries ?? []).map((one) => ({
    tags: tagsOf(one),
    points: (one.points ?? []).map((point) => readPoint(request, point)),
    // Newest first: the last one is the earliest.
    startMillis: startOf(one.points?.at(-1)),
  }));
  return { series, warnings: partialWarnings(request, executionErrorsOf(page)) };
}

/** The project is the same for all, so it is not a tag. Metadata labels are returned only when grouped by. */
function tagsOf({ metric, resource, metadata }: TimeSeries): Record<string, string> {
  const system = Object.entries(metadata?.systemLabels ?? {}).filter(([, value]) => typeof value === 'string');
  const { project_id: _, ...ofResource } = resource?.labels ?? {};
  return {
    ...(Object.fromEntries(system) as Record<string, string>),
    ...metadata?.userLabels,
    ...ofResource,
    ...metric?.labels,
  };
}

interface Point {
  readonly interval?: { readonly startTime?: unknown; readonly endTime?: unknown } | null;
  readonly value?: Readonly<Record<string, unknown>> | null;
}

/** Where the interval of a point starts: of a gauge at its end. */
function startOf(point: unknown): number | undefined {
  const { interval } = (typeof point === 'object' && point !== null ? point : {}) as Point;
  const millis = typeof interval?.startTime === 'string' ? Date.parse(interval.startTime) : Number.NaN;
  return Number.isNaN(millis) ? undefined : millis;
}

/** An aligned point is labelled with the end of its period; 64-bit integers are text. */
function readPoint(request: StackdriverRequest, point: unknown): RawPoint {
  const { interval, value } = (typeof point === 'object' && point !== null ? point : {}) as Point;
  const millis = typeof interval?.endTime === 'string' ? Date.parse(interval.endTime) : Number.NaN;
  if (Number.isNaN(millis) || typeof value !== 'object') {
    throw unreadableAnswer(
      request,
      `a point is ${JSON.stringify(point).slice(0, 80)}, without an interval.endTime and a value`,
    );
  }
  return [millis, numberOf(request, value ?? {})];
}

function numberOf(request: StackdriverRequest, value: Readonly<Record<string, unknown>>): unknown {
  const { doubleValue, int64Value, boolValue, distributionValue, stringValue } = value;
  if (distributionValue !== undefined) {
    throw invalidQuery(
      request,
      'the values are distributions; choose a perSeriesAligner that turns them into a number, such as ' +
        'ALIGN_PERCENTILE_99, ALIGN_PERCENTILE_50 or ALIGN_COUNT.',
    );
  }
  if (stringValue !== undefined) throw invalidQuery(request, 'the values are texts; choose a metric of numbers.');
  return doubleValue ?? int64Value ?? (boolValue === undefined ? undefined : Number(boolValue));
}

const ExecutionError = z.object({ message: z.string().min(1) });

/** Google's notes on data that may be missing. */
function executionErrorsOf({ executionErrors }: Pick<TimeSeriesAnswer, 'executionErrors'>): string[] {
  return (executionErrors ?? []).map((error) => ExecutionError.safeParse(error).data?.message ?? JSON.stringify(error));
}
