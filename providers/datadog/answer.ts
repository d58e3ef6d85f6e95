import { z } from 'zod';
import type { Part, RawPoint } from '../shared/series/grid.ts';
import type { StoreAnswer } from '../shared/series/metric-sets.ts';
import { shortestDistance } from '../shared/series/shortest-distance.ts';

/** An upper bound that still gives a valid date. */
const MAX_INTERVAL = 1e9;

/** Points are validated one by one while reading, not by a schema each: there may be a million. */
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

/** A v1 answer: each series with its own points. @param part absent: every point counts */
export function readSeries({ series }: z.infer<typeof SeriesAnswer>, part: Part | undefined): StoreAnswer {
  const read = (series ?? []).map(({ tag_set, pointlist, interval }) => ({
    tags: tagsOf(tag_set),
    points: part === undefined ? (pointlist as RawPoint[]) : within(part, pointlist as RawPoint[]),
    givenMillis: intervalMillis(pointlist as RawPoint[], interval) ?? 0,
  }));
  return { series: read, givenMillis: Math.max(0, ...read.map(({ givenMillis }) => givenMillis)) };
}

/** Fewer points do not reveal the interval: some may just be missing. */
const TELLING_POINTS = 10;

/** A v2 answer: one list of times for all series. It does not state the interval. */
export function readFormula({ data }: z.infer<typeof FormulaAnswer>, part: Part): StoreAnswer {
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
    givenMillis: new Set(inside).size < TELLING_POINTS ? 0 : shortestDistance(inside),
  };
}

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length > 1 && typeof point[0] === 'number';
}

/** A window may include its end, where the next chunk starts. */
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

/** `interval` is documented in seconds; closer points show that it is in milliseconds. Undefined when neither fits. */
function intervalMillis(points: readonly RawPoint[], interval: number | null | undefined): number | undefined {
  if (typeof interval !== 'number') return 0;
  const shortest = shortestDistance(points.map(([millis]) => millis));
  return [interval * 1000, interval].find((millis) => millis <= shortest);
}
