import { html } from 'ghtml';
import { formatNumber } from '../../reports/format.ts';

interface ScoreBar {
  /** absent: only the marks are drawn */
  readonly score: number | undefined;
  readonly pass?: number | undefined;
  readonly marginal?: number | undefined;
}

/** Labels of marks closer than this would overlap on a phone. */
const NEAR = 7;

/** The score on a bar of 0 to 100, over the ranges for fail, marginal and pass. */
export function scoreBar({ score, pass, marginal }: ScoreBar): string {
  const [low, high] = [inside(Math.min(marginal ?? pass ?? 0, pass ?? 0)), inside(pass ?? 0)];
  const zones = [
    ['fail', 0, low],
    ['marginal', low, high],
    ['pass', high, 100],
  ] as const;
  const drawn = zones
    .filter(([, from, to]) => to > from)
    .map(([name, from, to]) => html`<rect class="zone ${name}" x="${from}%" width="${to - from}%" y="4" height="20"/>`);
  const ticks = [0, low, high, 100].filter((tick, index, all) => all.indexOf(tick) === index);
  const texts = ticks
    .filter(
      (tick) =>
        tick === low || tick === high || ticks.every((other) => other === tick || Math.abs(other - tick) >= NEAR),
    )
    .map((tick) => html`<text x="${tick}%" y="40" text-anchor="${anchorOf(tick)}">${formatNumber(tick)}</text>`);
  const value =
    score === undefined
      ? ''
      : html`<rect class="score" x="0" width="${inside(score)}%" y="10" height="8"/><rect class="needle" x="${inside(score)}%" y="1" width="3" height="26" rx="1.5"/>`;
  return html`<svg class="score-bar" role="img" aria-label="${inWords({ score, pass, marginal })}">!${drawn.join('')}!${value}!${texts.join('')}</svg>`;
}

/** A score as a short bar without marks, for a list. */
export function smallBar(score: number): string {
  return html`<svg class="small-bar" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="3"/><rect class="score" width="${inside(score)}%" height="100%" rx="3"/></svg>`;
}

function inWords({ score, pass, marginal }: ScoreBar): string {
  const marks = [
    ...(marginal === undefined ? [] : [`marginal from ${formatNumber(marginal)}`]),
    ...(pass === undefined ? [] : [`pass from ${formatNumber(pass)}`]),
  ];
  return `${score === undefined ? 'No score' : `Score ${formatNumber(score)} of 100`}${marks.length === 0 ? '' : `; ${marks.join(', ')}`}.`;
}

function inside(value: number): number {
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : 0;
}

function anchorOf(percent: number): string {
  if (percent < 3) return 'start';
  return percent > 97 ? 'end' : 'middle';
}
