import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import { readEvents } from '../shared/http/events.ts';
import type { Refusal } from '../shared/http/failures.ts';
import type { TextAnswer } from '../shared/http/http.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';

const DAY_MILLIS = 86_400_000;

/** Values are checked one by one when they are read, not by a schema each: there may be a million. */
const Chunk = z.object({
  id: z.string(),
  tags: z.record(z.string(), z.string()).nullish(),
  groupByKeys: z.array(z.string()).nullish(),
  start: z.number(),
  step: z
    .number()
    .int()
    .min(1)
    .max(366 * DAY_MILLIS),
  data: z.object({ values: z.array(z.unknown()) }),
});
type Chunk = z.infer<typeof Chunk>;

export interface FetchAnswer {
  readonly series: RawSeries[];
  /** of the points; undefined when there are none */
  readonly stepMillis: number | undefined;
}

/**
 * The series of a stream. Series come in pieces, one after the other in time, each with the `id` of its series; a piece
 * without a value is left out.
 *
 * @throws CanaryError METRICS_… for an error in the stream, or one that ends before its end
 */
export function readStream(answer: TextAnswer): FetchAnswer {
  const chunks: Chunk[] = [];
  let closed = false;
  for (const { data } of readEvents(answer.text)) {
    const message = readMessage(answer, data);
    if (message.type === 'error') throw answer.refused(refusalOf(message.message));
    if (message.type === 'timeseries') chunks.push(readChunk(answer, message));
    closed = message.type === 'close';
  }
  if (!closed) throw answer.unreadable("the stream does not end with 'close'");
  return {
    series: joined(chunks),
    stepMillis: chunks.length === 0 ? undefined : Math.max(...chunks.map(({ step }) => step)),
  };
}

type Message = Readonly<Record<string, unknown>>;

function readMessage(answer: TextAnswer, data: string): Message {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    throw answer.unreadable('an event is not JSON');
  }
  if (typeof message !== 'object' || message === null) throw answer.unreadable('an event is no message');
  return message as Message;
}

function readChunk(answer: TextAnswer, message: Message): Chunk {
  const parsed = Chunk.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw answer.unreadable(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** Only what the expression groups by tells series of both sides apart; the other tags are those that were asked for. */
function joined(chunks: readonly Chunk[]): RawSeries[] {
  const series = new Map<string, { tags: Record<string, string>; points: RawPoint[] }>();
  for (const { id, tags, groupByKeys, start, step, data } of chunks) {
    const keys = groupByKeys ?? [];
    const kept = Object.entries(tags ?? {}).filter(([name]) => keys.includes(name));
    const one = series.get(id) ?? { tags: Object.fromEntries(kept), points: [] };
    for (const [index, value] of data.values.entries()) one.points.push([start + index * step, value]);
    series.set(id, one);
  }
  return [...series.values()];
}

/** `{"type": "error", "message": "<class>: <text>"}`, in the stream and instead of one. */
const ErrorMessage = z.object({ type: z.literal('error'), message: z.string() });

/** Reads a refusal before the stream. */
export function readRefusal(_: number, body: string): Refusal {
  try {
    return { text: ErrorMessage.parse(JSON.parse(body)).message };
  } catch {
    return {};
  }
}

/** In the stream: its status was sent before anything went wrong. */
function refusalOf(message: unknown): Refusal {
  const text = String(message);
  return { code: codeOf(text), text };
}

function codeOf(text: string): ErrorCode {
  if (/\b(IllegalState|IllegalArgument|Interpreter)Exception\b/.test(text)) return 'METRICS_QUERY_REJECTED';
  if (/TimeoutException\b/.test(text)) return 'METRICS_STORE_TIMEOUT';
  return 'METRICS_STORE_UNAVAILABLE';
}
