import { html } from 'ghtml';
import { JUDGED_VERDICTS, type JudgeDiffTotals, type JudgedVerdict } from '../../domain/judge-diff.ts';

export interface Sides {
  readonly left: string;
  readonly right: string;
}

/** How many runs have which verdicts: rows are the left judge's, columns the right one's; what stays is the diagonal. */
export function verdictMatrix(cells: JudgeDiffTotals['verdicts'], { left, right }: Sides): string {
  const shown = JUDGED_VERDICTS.filter((one) => cells.some((cell) => cell.left === one || cell.right === one));
  if (shown.length === 0) return '';
  const most = Math.max(...cells.map(({ runs }) => runs));
  const countOf = (one: JudgedVerdict, other: JudgedVerdict) =>
    cells.find((cell) => cell.left === one && cell.right === other)?.runs ?? 0;
  const row = (one: JudgedVerdict) =>
    html`<tr><th scope="row">${one}</th>!${shown.map((other) => cell(countOf(one, other), one === other, most)).join('')}</tr>`;
  return html`<div class="matrix-frame"><table class="verdict-matrix"><caption>Rows: ${left}. Columns: ${right}.</caption>
<thead><tr><td></td>!${shown.map((other) => html`<th scope="col">${other}</th>`).join('')}</tr></thead>
<tbody>!${shown.map(row).join('\n')}</tbody></table></div>`;
}

/** The larger the number, the larger its square. */
function cell(runs: number, stays: boolean, most: number): string {
  if (runs === 0) return '<td class="none">0</td>';
  const side = Math.max(12, Math.round(100 * Math.sqrt(runs / most)));
  const inset = (100 - side) / 2;
  return html`<td class="${stays ? 'stays' : 'changes'}"><svg viewBox="0 0 100 100" aria-hidden="true"><rect x="${inset}" y="${inset}" width="${side}" height="${side}"/></svg><span>${runs}</span></td>`;
}
