import { z } from 'zod';
import { type Refusal, unreadableAnswer } from '../../shared/http/failures.ts';
import type { RawPoint } from '../../shared/series/grid.ts';
import { Labels } from '../../shared/series/labels.ts';
import type { RawSeries } from '../../shared/series/metric-sets.ts';
import { type InfluxdbRequest, tellsFieldsApart } from '../query.ts';
import { refusalIn } from '../refusal.ts';

/** Rows are validated one by one while reading, not by a schema each: there may be a million. */
const Series = z.object({
  tags: Labels.nullish(),
  columns: z.array(z.string()),
  values: z.array(z.unknown()).nullish(),
  partial: z.boolean().nullish(),
});
const Result = z.object({
  series: z.array(Series).nullish(),
  partial: z.boolean().nullish(),
  messages: z.array(z.object({ level: z.string().nullish(), text: z.string() })).nullish(),
});
export const InfluxqlAnswer = z.object({ results: z.array(Result).min(1) });
export type InfluxqlAnswer = z.infer<typeof InfluxqlAnswer>;

const Failure = z.object({
  error: z.string().optional(),
  results: z.array(z.object({ error: z.string().optional() })).optional(),
});

/** A failed statement is a 200 with an error inside. */
export function readFailure(json: unknown): Refusal | undefined {
  const parsed = Failure.safeParse(json);
  if (!parsed.success) return undefined;
  const error = parsed.data.error ?? parsed.data.results?.find((result) => result.error !== undefined)?.error;
  return error === undefined ? undefined : refusalIn(error);
}

/** What the store says of a statement, such as that a part of it is deprecated. */
export function messagesOf({ results }: InfluxqlAnswer): string[] {
  return results.flatMap(({ messages }) =>
    (messages ?? []).map(({ level, text }) => [level, text].filter(Boolean).join(': ')),
  );
}

/** Whether the store cut rows off. */
export function isPartial({ results }: InfluxqlAnswer): boolean {
  return results.some(({ partial, series }) => partial || series?.some((one) => one.partial));
}

/**
 * One series per column except the time, with its tags.
 *
 * @param textColumns receives the text columns that were dropped because the query does not name them
 */
export function readSeries(
  request: InfluxdbRequest,
  { results }: InfluxqlAnswer,
  textColumns: Set<string>,
): RawSeries[] {
  const fieldTag = tellsFieldsApart(request);
  return results.flatMap(({ series }) =>
    (series ?? []).flatMap(({ tags, columns, values }) => {
      const time = columns.indexOf('time');
      if (time < 0) throw unreadableAnswer(request, 'a series has no column time');
      return columns.flatMap((column, index): RawSeries[] => {
        if (index === time) return [];
        const points = (values ?? []).map((row) => readPoint(request, row, { time, index }));
        if (fieldTag && isText(points)) {
          textColumns.add(column);
          return [];
        }
        return [{ tags: { ...tags, ...(fieldTag ? { field: column } : {}) }, points }];
      });
    }),
  );
}

function readPoint(request: InfluxdbRequest, row: unknown, { time, index }: { time: number; index: number }): RawPoint {
  if (Array.isArray(row) && typeof row[time] === 'number' && index < row.length) return [row[time], row[index]];
  throw unreadableAnswer(
    request,
    `a row is ${JSON.stringify(row).slice(0, 80)}, not a list with the time in milliseconds`,
  );
}

function isText(points: readonly RawPoint[]): boolean {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => typeof value === 'string' || typeof value === 'boolean');
}
