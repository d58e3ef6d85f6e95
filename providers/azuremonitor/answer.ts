import { z } from 'zod';
import { type Refusal, unreadableAnswer } from '../shared/http/failures.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { type AzureMonitorRequest, pinnedDimensions } from './query.ts';

const MetadataValue = z.object({ name: z.object({ value: z.string() }), value: z.string() });

/** Points are validated one by one while reading: there may be a million. */
const Metric = z.object({
  errorCode: z.string().nullish(),
  errorMessage: z.string().nullish(),
  timeseries: z.array(
    z.object({ metadatavalues: z.array(MetadataValue).nullish(), data: z.array(z.unknown()).nullish() }),
  ),
});

/** Of one resource. */
export const MetricsAnswer = z.object({
  interval: z.string().nullish(),
  resourceid: z.string().nullish(),
  value: z.array(Metric),
});
export type MetricsAnswer = z.infer<typeof MetricsAnswer>;

/** Of several. */
export const BatchAnswer = z.object({ values: z.array(MetricsAnswer) });

/** @throws CanaryError METRICS_ANSWER_INVALID for a point of another shape */
export function seriesOf(request: AzureMonitorRequest, { value, resourceid }: MetricsAnswer): RawSeries[] {
  const pinned = pinnedDimensions(request);
  const resource = resourceid?.split('/').at(-1);
  return value
    .flatMap(({ timeseries }) => timeseries)
    .map(({ metadatavalues, data }) => ({
      tags: {
        ...Object.fromEntries(
          (metadatavalues ?? [])
            .filter(({ name }) => !pinned.has(name.value.toLowerCase()))
            .map(({ name, value: text }) => [name.value, text]),
        ),
        ...(resource ? { resource } : {}),
      },
      points: (data ?? []).map((point) => readPoint(request, point)),
    }));
}

/** A point without the aggregation has no value. */
function readPoint(request: AzureMonitorRequest, point: unknown): RawPoint {
  const fields = (typeof point === 'object' && point !== null ? point : {}) as Readonly<Record<string, unknown>>;
  const millis = typeof fields.timeStamp === 'string' ? Date.parse(fields.timeStamp) : Number.NaN;
  if (!Number.isNaN(millis)) return [millis, fields[request.query.aggregation]];
  throw unreadableAnswer(request, `a point is ${JSON.stringify(point).slice(0, 80)}, without a timeStamp`);
}

/** What Azure reports as missing from an answer. */
export function problemsOf({ value }: MetricsAnswer): string[] {
  return value
    .filter(isFailed)
    .map(({ errorCode, errorMessage }) => `${errorCode}: ${errorMessage ?? 'no reason given'}`);
}

function isFailed({ errorCode }: z.infer<typeof Metric>): boolean {
  return Boolean(errorCode) && errorCode !== 'Success';
}

const Answers = z.union([BatchAnswer, MetricsAnswer.transform((answer) => ({ values: [answer] }))]);

/** Finds in a successful answer that the metric cannot be aggregated like this. */
export function readFailure(json: unknown): Refusal | undefined {
  const text = (Answers.safeParse(json).data?.values ?? []).flatMap(problemsOf).join('; ');
  if (!text.includes('InvalidSamplingType')) return undefined;
  return {
    code: 'METRICS_QUERY_REJECTED',
    text,
    remedy: 'the metric does not have this aggregation; choose another',
  };
}
