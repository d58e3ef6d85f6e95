import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import type { TextAnswer } from '../shared/http/http.ts';
import { type RawPoint, readNumber } from '../shared/series/grid.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { type SplunkQuery, TIME_COLUMN } from './query.ts';

type Row = Readonly<Record<string, unknown>>;

const Messages = z.array(z.object({ type: z.string(), text: z.string() }));
type Message = z.infer<typeof Messages>[number];

export interface ExportAnswer {
  readonly rows: Row[];
  readonly warnings: string[];
}

/**
 * The rows of an export: a line of JSON for each. Rows of previews are left out.
 *
 * @throws CanaryError METRICS_… for a failure that is told among the lines, or when the last row is not there
 */
export function readExport(answer: TextAnswer, allowPartial: boolean): ExportAnswer {
  const rows: Row[] = [];
  const warnings: string[] = [];
  let complete = false;
  for (const line of answer.text.split('\n').filter((text) => text.trim() !== '')) {
    const { preview, result, lastrow, messages } = readLine(answer, line);
    if (messages !== undefined) warnings.push(...readMessages(answer, messages, allowPartial));
    if (preview === true) continue;
    if (isRow(result)) rows.push(result);
    else if (result !== undefined) throw answer.unreadable('a result is no row');
    complete ||= lastrow === true;
  }
  if (!complete) throw answer.unreadable('the last row is missing: the search may have failed in Splunk; try it there');
  return { rows, warnings };
}

function readLine(answer: TextAnswer, text: string): Row {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    throw answer.unreadable('a line is not JSON');
  }
  if (!isRow(line)) throw answer.unreadable('a line is no object');
  return line;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns those that are no failure, but should be known */
function readMessages(answer: TextAnswer, raw: unknown, allowPartial: boolean): string[] {
  const messages = Messages.safeParse(raw).data ?? [];
  const failure = messages.find(({ type, text }) => isFailure(type, text) && !(allowPartial && PARTIAL.test(text)));
  if (failure !== undefined) throw answer.refused({ code: codeOf(failure.text), text: failure.text });
  return messages.filter(isWarning).map(({ text }) => text);
}

const FAILURES = ['FATAL', 'ERROR'];
const WARNINGS = [...FAILURES, 'WARN'];
/** Some data did not answer. */
const PARTIAL = /search peer|peer named|on the peer|(might|may) be incomplete/i;
/** There are too many searches already. */
const BUSY = /search not executed|concurren(cy|t)|quota/i;
/** Of one table. */
const LIMIT = /too many \(>\d+\) rows/i;

function isFailure(type: string, text: string): boolean {
  return FAILURES.includes(type) || (type === 'WARN' && /search not executed/i.test(text));
}

/** A search that says when it looks, itself, is told by the way. */
function isWarning({ type, text }: Message): boolean {
  return WARNINGS.includes(type) || /timerange was substituted/i.test(text);
}

function codeOf(text: string): ErrorCode {
  if (BUSY.test(text)) return 'METRICS_STORE_THROTTLED';
  if (LIMIT.test(text)) return 'METRICS_LIMIT_EXCEEDED';
  return PARTIAL.test(text) ? 'METRICS_ANSWER_INVALID' : 'METRICS_QUERY_REJECTED';
}

const Refused = z.object({ messages: Messages.min(1) });

/** Reads a refusal: `{"messages": [{"type", "text"}]}`. */
export function readRefusal(status: number, body: string): Refusal {
  const text = wordsOf(body);
  if ((status === 503 || status === 429) && BUSY.test(text ?? body)) return { code: 'METRICS_STORE_THROTTLED', text };
  if (status === 400 && text !== undefined && LIMIT.test(text)) return { code: 'METRICS_LIMIT_EXCEEDED', text };
  if (status === 404) {
    return {
      text,
      remedy: "check the account's endpoint.baseUrl; Splunk before 9.0.1 needs the account's apiVersion v1",
    };
  }
  return text === undefined ? {} : { text };
}

function wordsOf(body: string): string | undefined {
  try {
    const { messages } = Refused.parse(JSON.parse(body));
    return messages.map(({ text }) => text).join(' ');
  } catch {
    return undefined;
  }
}

/**
 * The series of rows: one, or those of `groupBy`, which is a column of its own or has a column for each of its values.
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

/** `timechart … BY zone`: a column for each zone. */
function seriesOfColumns(rows: readonly TimedRow[], groupBy: string): RawSeries[] {
  const columns = new Set(rows.flatMap(({ row }) => Object.keys(row).filter(isValueColumn)));
  return [...columns].map((column) => ({ tags: { [groupBy]: column }, points: pointsOf(rows, column) }));
}

/** `stats … BY _time zone`: a row for each zone. */
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

/** Names that begin with `_` are Splunk's own. */
function isValueColumn(name: string): boolean {
  return !name.startsWith('_') && name !== TIME_COLUMN;
}
