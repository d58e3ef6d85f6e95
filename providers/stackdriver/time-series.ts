import { z } from 'zod';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked, type Refusal } from '../shared/http/failures.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import type { StackdriverAccount } from './account.ts';
import type { StackdriverRequest } from './query.ts';

const Labels = z.record(z.string(), z.string()).nullish();

/** One page. Points are checked one by one when they are read: there may be 100,000. */
export const TimeSeriesAnswer = z.object({
  timeSeries: z
    .array(
      z.object({
        metric: z.object({ labels: Labels }).nullish(),
        resource: z.object({ labels: Labels }).nullish(),
        metadata: z.object({ userLabels: Labels, systemLabels: z.record(z.string(), z.unknown()).nullish() }).nullish(),
        points: z.array(z.unknown()).nullish(),
      }),
    )
    .nullish(),
  executionErrors: z.array(z.unknown()).nullish(),
  nextPageToken: z.string().nullish(),
});
export type TimeSeriesAnswer = z.infer<typeof TimeSeriesAnswer>;
type TimeSeries = NonNullable<TimeSeriesAnswer['timeSeries']>[number];

/** @throws CanaryError METRICS_ANSWER_INVALID for a point of another shape, METRICS_QUERY_INVALID for no numbers */
export function seriesOf(request: StackdriverRequest, { timeSeries }: TimeSeriesAnswer): RawSeries[] {
  return (timeSeries ?? []).map((series) => ({
    tags: tagsOf(series),
    points: (series.points ?? []).map((point) => readPoint(request, point)),
  }));
}

/** The project is the same for all, so it is no tag. Labels of the metadata come only when they are grouped by. */
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
  readonly interval?: { readonly endTime?: unknown } | null;
  readonly value?: Readonly<Record<string, unknown>> | null;
}

/** An aligned point carries the end of its period, and a 64-bit integer is text. */
function readPoint(request: StackdriverRequest, point: unknown): RawPoint {
  const { interval, value } = (typeof point === 'object' && point !== null ? point : {}) as Point;
  const millis = typeof interval?.endTime === 'string' ? Date.parse(interval.endTime) : Number.NaN;
  if (Number.isNaN(millis) || typeof value !== 'object') {
    const { account, metric } = request;
    throw new CanaryError(
      'METRICS_ANSWER_INVALID',
      `${aboutAsked({ account, metricName: metric.name })}: the answer cannot be read: a point is ` +
        `${JSON.stringify(point).slice(0, 80)}, without an interval.endTime and a value`,
    );
  }
  return [millis, numberOf(request, value ?? {})];
}

function numberOf(request: StackdriverRequest, value: Readonly<Record<string, unknown>>): unknown {
  const { doubleValue, int64Value, boolValue, distributionValue, stringValue } = value;
  if (distributionValue !== undefined) {
    throw invalidQuery(
      request,
      'the values are distributions; choose a perSeriesAligner that makes a number of them, such as ' +
        'ALIGN_PERCENTILE_99, ALIGN_PERCENTILE_50 or ALIGN_COUNT.',
    );
  }
  if (stringValue !== undefined) throw invalidQuery(request, 'the values are texts; choose a metric of numbers.');
  return doubleValue ?? int64Value ?? (boolValue === undefined ? undefined : Number(boolValue));
}

const Problem = z.object({
  error: z.object({
    message: z.string(),
    status: z.string().optional(),
    details: z.array(z.unknown()).optional(),
  }),
});
const RetryDelay = z.object({ retryDelay: z.string().regex(/^\d+(\.\d+)?s$/) });
const PartialAnswer = z.object({ executionErrors: z.array(z.unknown()).min(1) });

/** Reads a refusal of Cloud Monitoring. */
export function refusalReader({ project }: StackdriverAccount): (status: number, body: string) => Refusal {
  return (status, body) => {
    const problem = Problem.safeParse(jsonOf(body)).data?.error;
    if (problem === undefined) return { text: body };
    const text = problem.status === undefined ? problem.message : `${problem.status}: ${problem.message}`;
    const delay = problem.details?.map((detail) => RetryDelay.safeParse(detail).data?.retryDelay).find(Boolean);
    const retryAfterMillis = delay === undefined ? undefined : Number.parseFloat(delay) * 1000;
    return { text, remedy: remedyFor(status, problem.message, project), retryAfterMillis };
  };
}

function remedyFor(status: number, message: string, project: string): string | undefined {
  if (status === 403) return `the account needs roles/monitoring.viewer in the project ${project}`;
  if (status === 404 && message.includes('Cannot find metric')) {
    return `nothing of this metricType was ever written to ${project}, or not yet: the first point takes minutes`;
  }
  return status === 404 ? "check the account's project" : undefined;
}

/** Finds an error in an answer of success: one as a whole, or data that may be missing. */
export function failureReader(account: StackdriverAccount): (json: unknown) => Refusal | undefined {
  return (json) => {
    const problem = Problem.safeParse(json).data?.error;
    if (problem !== undefined) return { text: problem.message };
    const missing = PartialAnswer.safeParse(json).data;
    if (missing === undefined || account.allowPartial) return undefined;
    return {
      code: 'METRICS_ANSWER_INVALID',
      text: executionErrorsOf(missing).join('; '),
      remedy: 'some data may be missing; allowPartial of the account takes what there is',
    };
  };
}

const ExecutionError = z.object({ message: z.string().min(1) });

/** What Google says of data that may be missing. */
export function executionErrorsOf({ executionErrors }: Pick<TimeSeriesAnswer, 'executionErrors'>): string[] {
  return (executionErrors ?? []).map((error) => ExecutionError.safeParse(error).data?.message ?? JSON.stringify(error));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
