import { readFileSync } from 'node:fs';

/** The cells of the rows of a table of a Markdown file: the one with such a column. */
export function readTable(file: URL, column: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const head = lines.findIndex((line) => line.startsWith('|') && line.includes(`| ${column} |`));
  if (head < 0) throw new Error(`${file.pathname} has no table with the column '${column}'`);
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
