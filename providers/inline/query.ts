import { z } from 'zod';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { hasInstant, instantMillis, isoInstant } from '../../src/domain/values/instant.ts';
import { Text } from '../../src/domain/values/text.ts';
import { invalidQuery, SeriesFields } from '../shared/query/query-fields.ts';
import { type RawPoint, readNumber } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import type { InlineAccount } from './account.ts';
import { type CsvColumns, readCsv } from './csv.ts';
import { bucketsOf, OtlpHistograms } from './otlp-histograms.ts';

/** Limit per query, for both sides together. */
const MAX_VALUES = 100_000;
/** As milliseconds this is in 1973, as seconds in the year 5138: numbers from here on are milliseconds. */
const FIRST_MILLIS = 1e11;
const MAX_CSV_LENGTH = 5 * 1024 * 1024;

// Validated one by one while reading, not by a schema each.
const Values = z
  .array(z.unknown())
  .meta({ items: { type: ['number', 'string', 'null'] }, examples: [[0.12, 'NaN', null, 0.13]] });
const Points = z.array(z.unknown()).meta({
  items: { type: 'array', items: { type: ['number', 'string', 'null'] }, minItems: 2, maxItems: 2 },
  examples: [
    [
      ['2026-01-01T00:00:00Z', 0.12],
      [1767225660, 0.13],
    ],
  ],
});

const TaggedSeries = z.array(
  z.object({
    tags: z.record(z.string(), Text).default({}).describe('labels by name; both sides are paired by them'),
    points: Points.describe('[time, value] each'),
  }),
);

const FORMS = "'control' and 'experiment', 'series', 'histograms', or 'csv'";

export const InlineQuery = z
  .object({
    type: z.literal('inline'),
    control: Values.optional().describe('one value per step; `null` and "NaN" are gaps'),
    experiment: Values.optional().describe('the same for the other side; may differ in length'),
    series: z
      .object({
        control: TaggedSeries.default([]).describe('of the baseline'),
        experiment: TaggedSeries.default([]).describe('of the canary'),
      })
      .optional()
      .describe(
        'series with tags; a point is [time, value], the time in ISO-8601, or in seconds or milliseconds since 1970',
      ),
    histograms: z
      .object({
        control: OtlpHistograms.default([]).describe('of the baseline'),
        experiment: OtlpHistograms.default([]).describe('of the canary'),
      })
      .optional()
      .describe(
        "OpenTelemetry's data points of histograms, exponential or with explicit bounds, one a step, counting that step; " +
          'for a judge that compares distributions',
      ),
    csv: z
      .string()
      .max(MAX_CSV_LENGTH)
      .optional()
      .describe(
        'a header row, then rows with columns `control`, `experiment` and optionally a time; other columns are tags',
      ),
    timeColumn: z.string().min(1).optional().describe('the CSV column with times; default: `time`, if there is one'),
    delimiter: z
      .enum([',', ';', '\t'])
      .default(',')
      // A list of values with a tab among them stops generators of Go.
      .meta({
        enum: undefined,
        pattern: '^[,;\\t]$',
        description: "the CSV's delimiter: a comma, a semicolon or a tab",
      }),
    combine: z
      .enum(['mean', 'sum', 'max', 'min', 'last'])
      .default('mean')
      .describe('how several points of a step are combined'),
    ...SeriesFields,
  })
  .refine((query) => formsOf(query).length === 1, { error: `give the data in one way: ${FORMS}` })
  .meta({ id: 'InlineQuery' });
export type InlineQuery = z.infer<typeof InlineQuery>;

export type InlineRequest = MetricsRequest<InlineQuery, InlineAccount>;

/** The data of one side. */
export interface InlineSide {
  readonly form: 'arrays' | 'series' | 'histograms' | 'csv';
  /** whether points have a time; otherwise an index from 0 */
  readonly timed: boolean;
  readonly series: readonly RawSeries[];
}

/** Nothing is sent: the text says which side's data it is, and how much. */
export function buildQuery(request: InlineRequest): string {
  const { form, series } = readSide(request);
  const values = series.reduce((sum, { points }) => sum + points.length, 0);
  return `${form}: ${values} values in ${series.length} series of the ${request.side}`;
}

/**
 * Parses the data of the requested side.
 *
 * @throws CanaryError METRICS_QUERY_INVALID with the position of an invalid number or time
 */
export function readSide(request: InlineRequest): InlineSide {
  const [form] = formsOf(request.query);
  if (form === 'csv') return csvSide(request);
  if (form === 'histograms') return histogramSide(request);
  return form === 'series' ? seriesSide(request) : arraySide(request);
}

type InlineData = Readonly<Partial<Record<'control' | 'experiment' | 'series' | 'histograms' | 'csv', unknown>>>;

function formsOf({ control, experiment, series, histograms, csv }: InlineData): InlineSide['form'][] {
  return [
    ...(control === undefined && experiment === undefined ? [] : (['arrays'] as const)),
    ...(series === undefined ? [] : (['series'] as const)),
    ...(histograms === undefined ? [] : (['histograms'] as const)),
    ...(csv === undefined ? [] : (['csv'] as const)),
  ];
}

function arraySide(request: InlineRequest): InlineSide {
  const { query, side } = request;
  refuseTooMany(request, (query.control?.length ?? 0) + (query.experiment?.length ?? 0));
  const values = query[side];
  if (values === undefined) throw invalidQuery(request, `query.${side} is missing; write its values, or [] for none.`);
  const points = values.map(
    (raw, index): RawPoint => [index, valueAt(request, raw, () => `query.${side}, value ${index + 1}`)],
  );
  return { form: 'arrays', timed: false, series: points.length === 0 ? [] : [{ tags: {}, points }] };
}

function histogramSide(request: InlineRequest): InlineSide {
  const { control = [], experiment = [] } = request.query.histograms ?? {};
  const series = bucketsOf(request, request.side === 'control' ? control : experiment);
  refuseTooMany(
    request,
    series.reduce((sum, { points }) => sum + points.length, 0),
  );
  return { form: 'histograms', timed: false, series };
}

function seriesSide(request: InlineRequest): InlineSide {
  const { series: both = { control: [], experiment: [] } } = request.query;
  refuseTooMany(
    request,
    [...both.control, ...both.experiment].reduce((sum, { points }) => sum + points.length, 0),
  );
  const series = both[request.side].map(({ tags, points }, index) => ({
    tags,
    points: points.map((point, row) =>
      readPoint(request, point, () => `query.series.${request.side}[${index}], point ${row + 1}`),
    ),
  }));
  return { form: 'series', timed: true, series };
}

function readPoint(request: InlineRequest, point: unknown, place: () => string): RawPoint {
  if (!Array.isArray(point) || point.length !== 2) {
    throw invalidQuery(request, `${place()} is ${shown(point)}; write [time, value].`);
  }
  return [timeAt(request, point[0], place), valueAt(request, point[1], place)];
}

function csvSide(request: InlineRequest): InlineSide {
  const table = readCsv(request);
  const { time, value, tags } = table.columns;
  refuseTooMany(request, table.rows.length * table.columns.sides);
  const series = new Map<string, { tags: Record<string, string>; points: RawPoint[] }>();
  for (const { line, cells } of table.rows) {
    const place = (column: number) => () => `query.csv, line ${line}, column '${table.header[column]}'`;
    const one = seriesOfRow(series, table.header, tags, cells);
    const at = time === undefined ? one.points.length : timeAt(request, secondsOrText(cells[time] ?? ''), place(time));
    one.points.push([at, valueAt(request, cells[value] || null, place(value))]);
  }
  return { form: 'csv', timed: time !== undefined, series: [...series.values()] };
}

function seriesOfRow(
  series: Map<string, { tags: Record<string, string>; points: RawPoint[] }>,
  header: readonly string[],
  columns: CsvColumns['tags'],
  cells: readonly string[],
) {
  const key = JSON.stringify(columns.map((column) => cells[column]));
  const known = series.get(key);
  if (known !== undefined) return known;
  const tags = Object.fromEntries(columns.map((column) => [header[column] ?? '', cells[column] ?? '']));
  const made = { tags, points: [] };
  series.set(key, made);
  return made;
}

function secondsOrText(text: string): string | number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** @returns milliseconds since 1970 */
function timeAt(request: InlineRequest, raw: unknown, place: () => string): number {
  if (typeof raw === 'number') {
    const millis = Math.abs(raw) < FIRST_MILLIS ? raw * 1000 : raw;
    if (hasInstant(millis)) return Math.trunc(millis);
  }
  const instant = typeof raw === 'string' ? isoInstant(raw) : undefined;
  if (instant !== undefined) return instantMillis(instant);
  throw invalidQuery(
    request,
    `${place()}: ${shown(raw)} is not a time; write ISO-8601 with a zone, such as 2026-01-01T00:00:00Z, or seconds or milliseconds since 1970.`,
  );
}

function valueAt(request: InlineRequest, raw: unknown, place: () => string): number {
  const value = readNumber(raw);
  if (value !== undefined) return value;
  throw invalidQuery(
    request,
    `${place()}: ${shown(raw)} is not a number; write one with a decimal point, or null, nothing or "NaN" for a gap.`,
  );
}

function shown(raw: unknown): string {
  return (JSON.stringify(raw) ?? 'nothing').slice(0, 80);
}

function refuseTooMany(request: InlineRequest, count: number): void {
  if (count <= MAX_VALUES) return;
  throw invalidQuery(
    request,
    `the query holds ${count} values, more than ${MAX_VALUES}; aggregate them before sending, or use a metrics store.`,
  );
}
