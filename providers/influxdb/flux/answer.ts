import type { TextAnswer } from '../../shared/http/http.ts';
import type { RawPoint } from '../../shared/series/grid.ts';
import type { RawSeries } from '../../shared/series/metric-sets.ts';
import { SeriesByTags } from '../../shared/series/series-by-tags.ts';
import { type InfluxdbRequest, tellsFieldsApart } from '../query.ts';
import { refusalIn } from '../refusal.ts';
import { type CsvTable, readAnnotatedCsv } from './annotated-csv.ts';

/**
 * The series of an annotated CSV answer: rows with equal group columns form one series.
 *
 * @throws CanaryError METRICS_…
 */
export function readSeries(request: InfluxdbRequest, answer: TextAnswer): RawSeries[] {
  const grouped = new SeriesByTags();
  for (const table of readTables(answer)) {
    const read = readerOf(request, answer, table);
    for (const row of table.rows) grouped.add(read.tags(row), read.point(row));
  }
  return grouped.series;
}

/**
 * The tables of an answer. An error after the first rows comes as the last table, with status 200.
 *
 * @throws CanaryError METRICS_…
 */
export function readTables(answer: TextAnswer): CsvTable[] {
  const tables = parsed(answer);
  const failed = tables.find(({ columns }) => columns.includes('error') && !columns.includes('_value'));
  if (failed === undefined) return tables;
  throw answer.refused(refusalIn(failed.rows[0]?.[failed.columns.indexOf('error')] ?? 'an error without a message'));
}

function parsed(answer: TextAnswer): CsvTable[] {
  try {
    return readAnnotatedCsv(answer.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw answer.unreadable(error.message);
  }
}

/** Group columns of the query or window, not of the series. */
const NO_TAGS = ['', 'result', 'table', '_start', '_stop', '_time', '_value', '_measurement'];

function readerOf(request: InfluxdbRequest, answer: TextAnswer, { columns, group, defaults }: CsvTable) {
  const [time, value] = [columns.indexOf('_time'), columns.indexOf('_value')];
  if (time < 0 || value < 0) {
    throw answer.unreadable(`a table has the columns ${columns.join(', ').slice(0, 200)}, not _time and _value`);
  }
  const fieldTag = tellsFieldsApart(request);
  const tagColumns = columns.flatMap((column, index) => {
    if (group?.[index] !== 'true' || NO_TAGS.includes(column) || (column === '_field' && !fieldTag)) return [];
    return [[column === '_field' ? 'field' : column, index] as const];
  });
  const cell = (row: readonly string[], index: number) => row[index] || (defaults[index] ?? '');
  return {
    tags: (row: readonly string[]) => Object.fromEntries(tagColumns.map(([tag, index]) => [tag, cell(row, index)])),
    point: (row: readonly string[]): RawPoint => {
      const millis = Date.parse(cell(row, time));
      if (Number.isNaN(millis)) throw answer.unreadable(`_time is '${cell(row, time).slice(0, 80)}'`);
      const text = cell(row, value);
      return [millis, text === '' ? null : text];
    },
  };
}
