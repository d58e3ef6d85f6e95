import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import type { Part, RawPoint } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { shortestDistance } from '../shared/series/shortest-distance.ts';

/** The series of one answer, and how far apart the store made their points. */
export interface DatadogAnswer {
  readonly series: readonly RawSeries[];
  readonly stepMillis: number;
}

/** Longer than any: a date must come of it. */
const MAX_INTERVAL = 1e9;

/** Points are checked one by one when they are read, not by a schema each: there may be a million. */
const Series = z
  .object({
    tag_set: z.array(z.string()).nullish(),
    interval: z.number().positive().max(MAX_INTERVAL).nullish(),
    pointlist: z.array(z.unknown()).refine((points) => points.every(isPoint), {
      error: 'is not a list of [ms, value]',
      abort: true,
    }),
  })
  .refine(({ pointlist, interval }) => intervalMillis(pointlist as RawPoint[], interval) !== undefined, {
    path: ['interval'],
    error: 'is longer than the time between two points',
  });

export const SeriesAnswer = z.object({ status: z.literal('ok'), series: z.array(Series).nullish() });

export const FormulaAnswer = z.object({
  data: z.object({
    attributes: z
      .object({
        times: z.array(z.unknown()).nullish(),
        values: z.array(z.array(z.unknown())).nullish(),
        series: z.array(z.object({ group_tags: z.array(z.string()).nullish() })).nullish(),
      })
      .refine(({ times }) => (times ?? []).every((time) => typeof time === 'number'), 'times are not all numbers')
      .refine(
        ({ times, values, series }) =>
          (values ?? []).length === (series ?? []).length &&
          (values ?? []).every((one) => one.length === (times ?? []).length),
        'has not one value for each series and time',
      ),
  }),
});

/** An answer of v1: each series with its own points. */
export function readSeries({ series }: z.infer<typeof SeriesAnswer>, part: Part): DatadogAnswer {
  const read = (series ?? []).map(({ tag_set, pointlist, interval }) => ({
    tags: tagsOf(tag_set),
    points: within(part, pointlist as RawPoint[]),
    stepMillis: intervalMillis(pointlist as RawPoint[], interval) ?? 0,
  }));
  return { series: read, stepMillis: Math.max(0, ...read.map(({ stepMillis }) => stepMillis)) };
}

/** Fewer points say nothing about how far apart the store made them: some may just be missing. */
const TELLING_POINTS = 10;

/** An answer of v2: one list of times for all series. It does not say how far apart the store made the points. */
export function readFormula({ data }: z.infer<typeof FormulaAnswer>, part: Part): DatadogAnswer {
  const { times, values, series } = data.attributes;
  const millis = (times ?? []) as number[];
  const inside = millis.filter((time) => time >= part.startMillis && time < part.endMillis);
  return {
    series: (series ?? []).map(({ group_tags }, index) => ({
      tags: tagsOf(group_tags),
      points: within(
        part,
        millis.map((time, slot) => [time, values?.[index]?.[slot]]),
      ),
    })),
    stepMillis: new Set(inside).size < TELLING_POINTS ? 0 : shortestDistance(inside),
  };
}

const Refused = z.object({
  error: z.string().nullish().catch(undefined),
  errors: z
    .union([
      z.string(),
      z.array(z.union([z.string(), z.looseObject({ title: z.string(), detail: z.string().nullish() })])),
    ])
    .nullish()
    .catch(undefined),
});

/** The store's own words in a refusal; undefined when there are none. */
export function wordsOf(json: unknown): string | undefined {
  const { error, errors } = Refused.safeParse(json).data ?? {};
  const all = [error, errors].flat().map((one) => {
    return typeof one === 'object' ? [one?.title, one?.detail].filter(Boolean).join(': ') : one;
  });
  return all.filter(Boolean).join('; ') || undefined;
}

/** An answer of 200 may be an error all the same. */
export function readFailure(json: unknown): Refusal | undefined {
  const text = wordsOf(json);
  return text === undefined ? undefined : { text };
}

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length > 1 && typeof point[0] === 'number';
}

/** A window may include its end; the next part begins there. */
function within({ startMillis, endMillis }: Part, points: readonly RawPoint[]): RawPoint[] {
  return points.filter(([millis]) => millis >= startMillis && millis < endMillis);
}

/** `host:a`; a tag without a colon is a name without a value. */
function tagsOf(tags: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (tags ?? []).map((tag) => {
      const [, name = tag, value = ''] = /^([^:]*):\s*(.*)$/s.exec(tag) ?? [];
      return [name, value];
    }),
  );
}

/**
 * `interval` is documented in seconds; points that are closer show that it is meant in milliseconds. Undefined when
 * that cannot be either.
 */
function intervalMillis(points: readonly RawPoint[], interval: number | null | undefined): number | undefined {
  if (typeof interval !== 'number') return 0;
  const shortest = shortestDistance(points.map(([millis]) => millis));
  return [interval * 1000, interval].find((millis) => millis <= shortest);
}
