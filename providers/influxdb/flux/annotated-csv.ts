/** One table of an answer: a row of texts for each point, by the names of its columns. */
export interface CsvTable {
  readonly columns: readonly string[];
  /** by column: whether it is the same for all points of a series; undefined when the answer does not say */
  readonly group: readonly string[] | undefined;
  /** by column: what an empty text stands for */
  readonly defaults: readonly string[];
  readonly rows: (readonly string[])[];
}

/**
 * Reads InfluxDB's annotated CSV: tables with a header of their own, an empty line between two of them, and above each
 * header lines that begin with `#`.
 * Format: https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/
 *
 * @throws SyntaxError for what is no such text, or one that breaks off
 */
export function readAnnotatedCsv(text: string): CsvTable[] {
  if (!text.endsWith('\n')) throw new SyntaxError('it is truncated or not CSV');
  const tables: CsvTable[] = [];
  let annotations: Record<string, readonly string[]> = {};
  let table: CsvTable | undefined;
  for (const cells of rowsOf(text)) {
    const [first = ''] = cells;
    if (cells.length === 1 && first === '') {
      table = undefined;
      annotations = {};
    } else if (first.startsWith('#')) {
      if (table !== undefined) annotations = {};
      table = undefined;
      annotations[first] = cells;
    } else if (table === undefined) {
      table = { columns: cells, group: annotations['#group'], defaults: annotations['#default'] ?? [], rows: [] };
      tables.push(table);
    } else {
      if (cells.length !== table.columns.length) {
        throw new SyntaxError(`a row has ${cells.length} columns, its header ${table.columns.length}`);
      }
      table.rows.push(cells);
    }
  }
  return tables;
}

/** The cells of every line; one in quotes may go on in the next line. */
function* rowsOf(text: string): Generator<readonly string[]> {
  let open: string[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    const quotes = whole.split('"').length - 1;
    // An odd number of quotes begins a cell that goes on, or ends it.
    const goesOn = (quotes % 2 === 1) !== open.length > 0;
    if (goesOn) {
      open.push(line);
    } else if (open.length > 0) {
      yield cellsOf([...open, whole].join('\n'));
      open = [];
    } else {
      yield quotes === 0 ? whole.split(',') : cellsOf(whole);
    }
  }
  if (open.length > 0) throw new SyntaxError('a quote is not closed');
}

function cellsOf(row: string): string[] {
  const cells: string[] = [];
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/gy;
  for (;;) {
    const found = cell.exec(row);
    if (found === null) throw new SyntaxError('a quote stands within a cell');
    const [, quoted, plain = '', end] = found;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '') return cells;
  }
}
