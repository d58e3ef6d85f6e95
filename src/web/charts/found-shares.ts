import { html } from 'ghtml';
import {
  type BacktestMetric,
  type BinomialShare,
  KNOWN_CHANGES,
  type KnownChangeName,
} from '../../domain/backtest-report.ts';
import { formatPercent } from '../../reports/format.ts';

type JudgeOfMetric = BacktestMetric['judges'][number];

/** In units of the drawing, which is scaled to its place. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [360, 200, 44, 12, 10, 30];
const ACROSS = WIDTH - LEFT - RIGHT;
const DOWN = HEIGHT - TOP - BOTTOM;
/** Judges side by side, so that their intervals do not cover each other. */
const APART = 7;
/** More are told in the table only. */
const MOST_DRAWN = 3;

interface Point {
  readonly label: string;
  readonly share: BinomialShare;
}

/**
 * The operating characteristic of a metric: how often each judge calls it worse, over how much worse it was made; none at
 * the left are its false alarms. Intervals are of 95 %; the dashed line is at nine of ten.
 */
export function foundShares({ name, judges }: BacktestMetric): string {
  const drawn = judges.filter(({ changes }) => changes.some(({ change }) => isLevel(change))).slice(0, MOST_DRAWN);
  if (drawn.length === 0) return '';
  const labels = pointsOf(drawn[0] as JudgeOfMetric).map(({ label }) => label);
  const place = (index: number) => LEFT + ((index + 0.5) / labels.length) * ACROSS;
  const curves = drawn.map((judge, number) => curve(pointsOf(judge), { number, of: drawn.length, place }));
  const axis = labels.map(
    (label, index) => html`<text class="x" x="${place(index)}" y="${HEIGHT - 10}">${label}</text>`,
  );
  const words = `${name}: how often each judge calls it worse, over how much worse it was made`;
  return html`<figure class="found-shares"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">
!${[0, 0.5, 1].map((share) => gridLine(share, '')).join('')}!${gridLine(0.9, 'goal')}
!${axis.join('')}!${curves.join('')}</svg>
<figcaption>Called worse, over how much worse it was made. !${drawn.map(({ judge }, number) => html`<span class="judge-key judge${number}">${judge}</span>`).join(' ')}</figcaption></figure>`;
}

function isLevel(change: KnownChangeName): boolean {
  return KNOWN_CHANGES[change].level !== undefined;
}

function pointsOf({ falseAlarms, changes }: JudgeOfMetric): Point[] {
  const levels = changes.filter(({ change }) => isLevel(change));
  return [
    { label: '0 %', share: falseAlarms },
    ...levels.map(({ change, found }) => ({ label: change, share: found })),
  ];
}

interface Curve {
  readonly number: number;
  readonly of: number;
  readonly place: (index: number) => number;
}

/** What was never tried is left out. */
function curve(points: readonly Point[], { number, of, place }: Curve): string {
  const shift = (number - (of - 1) / 2) * APART;
  const known = points.flatMap(({ label, share: found }, index) => {
    const { share, lower = 0, upper = 1, count, of: tried } = found;
    if (share === undefined) return [];
    const x = place(index) + shift;
    const words = `${label} worse: ${formatPercent(share)}, ${count} of ${tried}; ${formatPercent(lower)} to ${formatPercent(upper)}`;
    return [{ x, y: y(share), low: y(lower), high: y(upper), words }];
  });
  const line = known.map(({ x, y: at }) => `${x},${at}`).join(' ');
  const marks = known.map(
    ({ x, y: at, low, high, words }) =>
      html`<g><title>${words}</title><line x1="${x}" x2="${x}" y1="${low}" y2="${high}"/>!${mark(number, x, at)}</g>`,
  );
  return html`<g class="judge${number}"><polyline points="${line}"/>!${marks.join('')}</g>`;
}

/** A shape of its own, so that the drawing needs no colours to be read. */
function mark(number: number, x: number, at: number): string {
  if (number === 0) return html`<circle cx="${x}" cy="${at}" r="4"/>`;
  if (number === 1) return html`<rect x="${x - 3.5}" y="${at - 3.5}" width="7" height="7"/>`;
  return html`<path d="M${x} ${at - 5}l5 9h-10z"/>`;
}

function gridLine(share: number, kind: string): string {
  const at = y(share);
  return html`<line class="grid ${kind}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="y" x="${LEFT - 6}" y="${at + 4}">${formatPercent(share)}</text>`;
}

function y(share: number): number {
  return Math.round((TOP + (1 - share) * DOWN) * 10) / 10;
}
