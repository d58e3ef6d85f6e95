import type { TextAnswer } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';
import { type RawPoint, readNumber } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { type SplunkQuery, TIME_COLUMN } from './query.ts';
import { readMessages, type SearchMessages } from './refusal.ts';

type Row = Readonly<Record<string, unknown>>;

export interface ExportAnswer {
  readonly rows: Row[];
  readonly warnings: readonly string[];
  /** what says that a part of the data is missing */
  readonly partial: readonly string[];
}

/**
 * The rows of an export, one JSON line each. Preview rows are dropped.
 *
 * @throws CanaryError METRICS_… for a failure reported among the lines, or when the last row is missing
 */
export function readExport(answer: TextAnswer): ExportAnswer {
  const rows: Row[] = [];
  const told: SearchMessages[] = [];
  let complete = false;
  for (const line of answer.text.split('\n').filter((text) => text.trim() !== '')) {
    const { preview, result, lastrow, messages } = readLine(answer, line);
    if (messages !== undefined) told.push(readMessages(answer, messages));
    if (preview === true) continue;
    if (isRow(result)) rows.push(result);
    else if (result !== undefined) throw answer.unreadable('a result is not a row');
    complete ||= lastrow === true;
  }
  if (!complete) throw answer.unreadable('the last row is missing: the search may have failed in Splunk; try it there');
  return {
    rows,
    warnings: told.flatMap(({ warnings }) => warnings),
    partial: told.flatMap(({ partial }) => partial),
  };
}

function readLine(answer: TextAnswer, text: string): Row {
  const line = jsonOf(text);
  if (line === undefined) throw answer.unreadable('a line is not JSON');
  if (!isRow(line)) throw answer.unreadable('a line is not an object');
  return line;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The series of rows: one, or those of `groupBy`, which is a column or has a column for each of its values.
 *
 * @returns undefined when a row has no time
 */
export function seriesOf(rows: readonly Row[], query: SplunkQuery): RawSeries[] | undefined {
  const timed: TimedRow[] = rows.map((row) => ({ millis: millisOf(row), row }));
  if (timed.some(({ millis }) => millis === undefined)) return undefined;
  const { groupBy } = query;
  if (groupBy === undefined) return singleSeries(timed, query.valueField);
  return rows.some((row) => Object.hasOwn(row, groupBy))
    ? seriesOfGroups(timed, groupBy, query.valueField)
    : seriesOfColumns(timed, groupBy);
}

interface TimedRow {
  readonly millis: number | undefined;
  readonly row: Row;
}

function millisOf(row: Row): number | undefined {
  const seconds = readNumber(row[TIME_COLUMN]);
  return Number.isFinite(seconds) ? Math.round(Number(seconds) * 1000) : undefined;
}

function singleSeries(rows: readonly TimedRow[], valueField: string | undefined): RawSeries[] {
  const column = valueField ?? firstNumbers(rows);
  const points = column === undefined ? [] : pointsOf(rows, column);
  return points.length === 0 ? [] : [{ tags: {}, points }];
}

/** `timechart … BY zone`: a column per zone. */
function seriesOfColumns(rows: readonly TimedRow[], groupBy: string): RawSeries[] {
  const columns = new Set(rows.flatMap(({ row }) => Object.keys(row).filter(isValueColumn)));
  return [...columns].map((column) => ({ tags: { [groupBy]: column }, points: pointsOf(rows, column) }));
}

/** `stats … BY _time zone`: a row per zone. */
function seriesOfGroups(rows: readonly TimedRow[], groupBy: string, valueField: string | undefined): RawSeries[] {
  const groups = Map.groupBy(rows, ({ row }) => String(row[groupBy] ?? ''));
  const column = valueField ?? firstNumbers(rows, groupBy);
  if (column === undefined) return [];
  return [...groups].map(([group, own]) => ({ tags: { [groupBy]: group }, points: pointsOf(own, column) }));
}

function pointsOf(rows: readonly TimedRow[], column: string): RawPoint[] {
  return rows.flatMap(({ millis, row }): RawPoint[] => {
    const value = row[column];
    return value === undefined || value === '' ? [] : [[millis ?? Number.NaN, value]];
  });
}

/** Columns in the order of their first row. */
function firstNumbers(rows: readonly TimedRow[], besides?: string): string | undefined {
  for (const { row } of rows) {
    const column = Object.entries(row).find(
      ([name, value]) => isValueColumn(name) && name !== besides && Number.isFinite(readNumber(value)),
    );
    if (column !== undefined) return column[0];
  }
  return undefined;
}

/** Names that start with `_` are Splunk's own. */
function isValueColumn(name: string): boolean {
  return !name.startsWith('_') && name !== TIME_COLUMN;
}
