/** One table of an answer: a row of texts per point, with column names. */
export interface CsvTable {
  readonly columns: readonly string[];
  /** by column: whether it belongs to the group key; undefined when the answer does not say */
  readonly group: readonly string[] | undefined;
  /** by column: the value of an empty text */
  readonly defaults: readonly string[];
  readonly rows: (readonly string[])[];
}

/**
 * Reads InfluxDB's annotated CSV: tables with a header of their own, an empty line between two of them, and above each
 * header lines that begin with `#`. Format: https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/
 *
 * @throws SyntaxError for invalid or truncated text
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

/** The cells of every line; a quoted cell may continue on the next line. */
function* rowsOf(text: string): Generator<readonly string[]> {
  let open: string[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    const quotes = whole.split('"').length - 1;
    // An odd number of quotes starts or ends a cell that spans lines.
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
