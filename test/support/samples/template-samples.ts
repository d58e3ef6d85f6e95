import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { createSeededRandom, type SeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';

/**
 * What the template packs ask for, measured of three versions of a service, the same on every machine: `shopv1` is what
 * runs today, `shopv2` has the regression that is built into the fixtures, `shopv3` behaves like `shopv1`.
 */
export const TEMPLATE_SAMPLES = {
  location: 'prod',
  control: 'shopv1',
  worse: 'shopv2',
  sound: 'shopv3',
  start: '2026-01-01T12:00:00Z',
  /** the rates of the first minutes see nothing before the start */
  runFrom: '2026-01-01T12:10:00Z',
  end: '2026-01-01T13:10:00Z',
} as const;

const EVERY_SECONDS = 30;
const REQUESTS_A_SECOND = 4;
/** Standard deviation of what is measured, as a share of its level. */
const NOISE = 0.1;
/** Standard deviation of the logarithm of a latency. */
const SPREAD = 0.5;

const Series = z.strictObject({
  counter: z.string().optional().describe('level: increase a second'),
  gauge: z.string().optional(),
  histogram: z.string().optional().describe('level: median of what is observed, a few times a second'),
  level: z.number(),
  worse: z.number().optional().describe('the level of the version with the regression'),
  noise: z.number().default(NOISE),
  bounds: z.array(z.number()).optional().describe('of a histogram; absent: around its level'),
  labels: z.record(z.string(), z.string()).default({}),
});
type Series = z.infer<typeof Series>;

const Fixture = z.strictObject({
  labels: z.record(z.string(), z.string()).describe('of all series; `${scope}` and `${location}` are filled in'),
  series: z.array(Series),
});

const FOLDER = new URL('../../fixtures/templates/', import.meta.url);

/** The packs with samples. */
export function packsWithSamples(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace('.json', ''));
}

/** The samples of all packs in the text format, times in seconds. */
export function templateSamplesText(): string {
  const lines = packsWithSamples().flatMap((pack) => {
    const { labels, series } = Fixture.parse(JSON.parse(readFileSync(new URL(`${pack}.json`, FOLDER), 'utf8')));
    return series.flatMap((one) => versionsOf({ ...one, labels: { ...labels, ...one.labels } }));
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

/** A series of one version. */
interface Measured {
  readonly series: Series;
  readonly level: number;
  /** `name="value"` */
  readonly labels: readonly string[];
  readonly random: SeededRandom;
}

function versionsOf(series: Series): string[] {
  const { location, control, worse, sound } = TEMPLATE_SAMPLES;
  return [control, worse, sound].flatMap((scope) => {
    const level = scope === worse ? (series.worse ?? series.level) : series.level;
    const labels = Object.entries(series.labels).map(
      ([name, value]) => `${name}="${value.replaceAll('${scope}', scope).replaceAll('${location}', location)}"`,
    );
    const seed = `${scope} ${series.counter ?? series.gauge ?? series.histogram} ${labels}`;
    const random = createSeededRandom(Float64Array.from(seed, (character) => character.charCodeAt(0)));
    const measured = { series, level, labels, random };
    return series.histogram === undefined ? singleLines(measured) : histogramLines(measured, series.histogram);
  });
}

function singleLines({ series, level, labels, random }: Measured): string[] {
  let total = 0;
  return momentsOf((epochSeconds) => {
    const value = level * (1 + series.noise * random.normal());
    total += value * EVERY_SECONDS;
    const name = series.counter ?? series.gauge;
    return `${name}{${labels}} ${written(series.counter === undefined ? value : total)} ${epochSeconds}`;
  });
}

function histogramLines({ series, level, labels, random }: Measured, name: string): string[] {
  const bounds = series.bounds ?? Array.from({ length: 13 }, (_, index) => level * 2 ** (index / 2 - 2));
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  const moments = momentsOf((epochSeconds) => {
    for (let request = 0; request < REQUESTS_A_SECOND * EVERY_SECONDS; request++) {
      const value = level * Math.exp(SPREAD * random.normal());
      sum += value;
      for (const [index, bound] of [...bounds, Number.POSITIVE_INFINITY].entries()) {
        if (value <= bound) counts[index] = (counts[index] ?? 0) + 1;
      }
    }
    return { epochSeconds, sum, counts: [...counts] };
  });
  const lines = (suffix: string, further: readonly string[], value: (moment: (typeof moments)[number]) => number) =>
    moments.map((moment) => {
      const all = [...labels, ...further];
      return `${name}_${suffix}{${all}} ${written(value(moment))} ${moment.epochSeconds}`;
    });
  return [
    ...counts.flatMap((_, index) =>
      lines(
        'bucket',
        [`le="${bounds[index] === undefined ? '+Inf' : written(bounds[index])}"`],
        (moment) => moment.counts[index] ?? 0,
      ),
    ),
    ...lines('sum', [], (moment) => moment.sum),
    ...lines('count', [], (moment) => moment.counts.at(-1) ?? 0),
  ];
}

function momentsOf<Moment>(measure: (epochSeconds: number) => Moment): Moment[] {
  const [start, end] = [Date.parse(TEMPLATE_SAMPLES.start) / 1000, Date.parse(TEMPLATE_SAMPLES.end) / 1000];
  return Array.from({ length: (end - start) / EVERY_SECONDS + 1 }, (_, index) =>
    measure(start + index * EVERY_SECONDS),
  );
}

function written(value: number): number {
  return Number(value.toPrecision(9));
}
