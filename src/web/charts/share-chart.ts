import { html } from 'ghtml';
import type { BinomialShare } from '../../domain/backtest-report.ts';
import { formatPercent } from '../../reports/format.ts';

/** One line of the drawing: a share for each label of the axis. */
export interface ShareLine {
  readonly name: string;
  readonly points: readonly SharePoint[];
}

export interface SharePoint {
  /** below the axis */
  readonly label: string;
  readonly share: BinomialShare;
}

export interface ShareChart {
  /** what it shows, in words, for those who cannot see it */
  readonly words: string;
  readonly caption: string;
  readonly lines: readonly ShareLine[];
}

/** In units of the drawing, which is scaled to its place. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [360, 200, 44, 12, 10, 30];
const ACROSS = WIDTH - LEFT - RIGHT;
const DOWN = HEIGHT - TOP - BOTTOM;
/** Lines side by side, so that their intervals do not cover each other. */
const APART = 7;
/** As many as there are marks; more would be a tangle. */
export const MOST_LINES = 4;

/** Shares with their 95 % intervals over an axis of labels; the dashed line is at nine of ten. */
export function shareChart({ words, caption, lines }: ShareChart): string {
  const drawn = lines.slice(0, MOST_LINES);
  const labels = drawn[0]?.points.map(({ label }) => label) ?? [];
  if (labels.length === 0) return '';
  const place = (index: number) => LEFT + ((index + 0.5) / labels.length) * ACROSS;
  const curves = drawn.map(({ points }, number) => curve(points, { number, of: drawn.length, place }));
  const axis = labels.map(
    (label, index) => html`<text class="x" x="${place(index)}" y="${HEIGHT - 10}">${label}</text>`,
  );
  const keys = drawn.map(({ name }, number) => html`<span class="line-key line${number}">${name}</span>`);
  return html`<figure class="found-shares"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">
!${[0, 0.5, 1].map((share) => gridLine(share, '')).join('')}!${gridLine(0.9, 'goal')}
!${axis.join('')}!${curves.join('')}</svg>
<figcaption>${caption} !${keys.join(' ')}</figcaption></figure>`;
}

interface Curve {
  readonly number: number;
  readonly of: number;
  readonly place: (index: number) => number;
}

/** What was never tried is left out. */
function curve(points: readonly SharePoint[], { number, of, place }: Curve): string {
  const shift = (number - (of - 1) / 2) * APART;
  const known = points.flatMap(({ label, share: found }, index) => {
    const { share, lower = 0, upper = 1, count, of: tried } = found;
    if (share === undefined) return [];
    const x = place(index) + shift;
    const words = `${label}: ${formatPercent(share)}, ${count} of ${tried}; ${formatPercent(lower)} to ${formatPercent(upper)}`;
    return [{ x, y: y(share), low: y(lower), high: y(upper), words }];
  });
  const line = known.map(({ x, y: at }) => `${x},${at}`).join(' ');
  const marks = known.map(
    ({ x, y: at, low, high, words }) =>
      html`<g><title>${words}</title><line x1="${x}" x2="${x}" y1="${low}" y2="${high}"/>!${mark(number, x, at)}</g>`,
  );
  return html`<g class="line${number}"><polyline points="${line}"/>!${marks.join('')}</g>`;
}

/** A shape of its own, so that the drawing needs no colours to be read. */
function mark(number: number, x: number, at: number): string {
  if (number === 0) return html`<circle cx="${x}" cy="${at}" r="4"/>`;
  if (number === 1) return html`<rect x="${x - 3.5}" y="${at - 3.5}" width="7" height="7"/>`;
  if (number === 2) return html`<path d="M${x} ${at - 5}l5 9h-10z"/>`;
  return html`<path d="M${x} ${at - 5}l5 5l-5 5l-5 -5z"/>`;
}

function gridLine(share: number, kind: string): string {
  const at = y(share);
  return html`<line class="grid ${kind}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="y" x="${LEFT - 6}" y="${at + 4}">${formatPercent(share)}</text>`;
}

function y(share: number): number {
  return Math.round((TOP + (1 - share) * DOWN) * 10) / 10;
}
