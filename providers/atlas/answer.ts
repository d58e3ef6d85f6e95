import { z } from 'zod';
import { readEvents } from '../shared/http/events.ts';
import type { TextAnswer } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import { Labels } from '../shared/series/labels.ts';
import type { RawSeries, StoreAnswer } from '../shared/series/metric-sets.ts';
import { noticeWarnings } from '../shared/series/partial.ts';
import type { AtlasRequest } from './query.ts';
import { refusalOf } from './refusal.ts';

const DAY_MILLIS = 86_400_000;

/** Values are validated one by one while reading, not by a schema each: there may be a million. */
const Chunk = z.object({
  id: z.string(),
  tags: Labels.nullish(),
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

/**
 * The series of a stream. Series arrive in pieces, ordered by time, each with its series' `id`; pieces without a value
 * are dropped.
 *
 * @throws CanaryError METRICS_… for an error in the stream, or one that ends before its end
 */
export function readStream(request: AtlasRequest, answer: TextAnswer): StoreAnswer {
  const chunks: Chunk[] = [];
  const warnings: string[] = [];
  let closed = false;
  for (const { data } of readEvents(answer.text)) {
    const message = readMessage(answer, data);
    if (message.type === 'error') throw answer.refused(refusalOf(message.message));
    if (message.type === 'warning' || message.type === 'warn') warnings.push(String(message.message));
    if (message.type === 'timeseries') chunks.push(readChunk(answer, message));
    closed = message.type === 'close';
  }
  if (!closed) throw answer.unreadable("the stream does not end with 'close'");
  return {
    series: joined(chunks),
    warnings: noticeWarnings(request, warnings),
    givenMillis: chunks.reduce((longest, { step }) => Math.max(longest, step), 0),
  };
}

type Message = Readonly<Record<string, unknown>>;

function readMessage(answer: TextAnswer, data: string): Message {
  const message = jsonOf(data);
  if (message === undefined) throw answer.unreadable('an event is not JSON');
  if (typeof message !== 'object' || message === null) throw answer.unreadable('an event is not a message');
  return message as Message;
}

function readChunk(answer: TextAnswer, message: Message): Chunk {
  const parsed = Chunk.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw answer.unreadable(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** Only the grouping tags identify series on both sides; the other tags are those of the request. */
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
