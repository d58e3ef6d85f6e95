import { CsvError, parse } from 'csv-parse/sync';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { InlineRequest } from './query.ts';

/** Column positions within a row. */
export interface CsvColumns {
  readonly time: number | undefined;
  /** of the requested side */
  readonly value: number;
  readonly tags: readonly number[];
  /** how many of the columns `control` and `experiment` exist */
  readonly sides: number;
}

export interface CsvTable {
  readonly header: readonly string[];
  readonly columns: CsvColumns;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

const SIDES = ['control', 'experiment'];
const USUAL_TIME_COLUMN = 'time';
const MAX_COLUMNS = 100;
/** The longest row, in characters. */
const MAX_ROW_LENGTH = 100_000;

/**
 * Parses the CSV of a query, RFC 4180: a header row, then the data. Empty lines are ignored.
 *
 * @throws CanaryError METRICS_QUERY_INVALID naming the line
 */
export function readCsv(request: InlineRequest): CsvTable {
  const [first, ...rows] = parseRows(request);
  if (first === undefined) throw invalidQuery(request, 'query.csv is empty; write a header row and the data.');
  const header = first.cells;
  return { header, columns: columnsOf(request, header), rows };
}

function parseRows(request: InlineRequest): { line: number; cells: string[] }[] {
  const { csv = '', delimiter } = request.query;
  try {
    const records: unknown = parse(csv, {
      bom: true,
      delimiter,
      info: true,
      // A tab is white space, unless it is the delimiter.
      trim: delimiter !== '\t',
      skip_empty_lines: true,
      max_record_size: MAX_ROW_LENGTH,
    });
    return (records as { info: { lines: number }; record: string[] }[]).map(({ info, record }) => ({
      line: info.lines,
      cells: record,
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalidQuery(request, `query.csv cannot be read: ${error.message}`);
  }
}

function columnsOf(request: InlineRequest, header: readonly string[]): CsvColumns {
  const { query, side } = request;
  const known = `it has ${header.slice(0, MAX_COLUMNS).join(', ')}`;
  const twice = header.find((name, index) => name === '' || header.indexOf(name) !== index);
  if (twice !== undefined) {
    throw invalidQuery(
      request,
      `query.csv has ${twice ? `two columns '${twice}'` : 'a column without a name'}; ${known}.`,
    );
  }
  if (header.length > MAX_COLUMNS) {
    throw invalidQuery(request, `query.csv has ${header.length} columns, more than ${MAX_COLUMNS}.`);
  }
  const time = header.indexOf(query.timeColumn ?? USUAL_TIME_COLUMN);
  if (time === -1 && query.timeColumn !== undefined) {
    throw invalidQuery(request, `query.csv has no column '${query.timeColumn}', which timeColumn names; ${known}.`);
  }
  const value = header.indexOf(side);
  if (value === -1) throw invalidQuery(request, `query.csv has no column '${side}'; ${known}.`);
  const tags = header.flatMap((name, index) => (SIDES.includes(name) || index === time ? [] : [index]));
  const sides = header.length - tags.length - (time === -1 ? 0 : 1);
  return { time: time === -1 ? undefined : time, value, tags, sides };
}
