import { html } from 'ghtml';
import type { CanaryClassifierThresholdsConfig } from '../domain/canary-config.ts';
import { formatNumber } from '../reports/format.ts';
import { verdictOf } from '../reports/verdict.ts';

export interface Score {
  /** 0 to 100 */
  readonly score: number;
  readonly verdict: string;
  readonly thresholds: CanaryClassifierThresholdsConfig;
  readonly overNothing?: boolean | undefined;
}

/** A score as a number and a small bar, with marks for marginal and pass. */
export function scoreCell({ score, verdict, overNothing, thresholds: { pass, marginal } }: Score): string {
  const { tone } = verdictOf(verdict, 'succeeded', overNothing);
  const marks = [marginal, pass]
    .flatMap((mark) => (mark === undefined || !(mark > 0 && mark < 100) ? [] : [mark]))
    .map((mark) => html`<path class="mark" d="M${mark} 0v10"/>`)
    .join('');
  const width = Math.min(100, Math.max(0, Number.isFinite(score) ? score : 0));
  return html`<span class="score-cell"><b>${formatNumber(score)}</b><svg class="${tone}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><path class="ground" d="M0 5h100"/><path class="fill" d="M0 5h${width}"/>!${marks}</svg></span>`;
}

const [BAR, STEP, HEIGHT, LEAST] = [5, 7, 20, 2];

/** Scores one after the other as bars, oldest first, and the last as a number. @param scores at least one */
export function scoreStrip(scores: readonly Score[]): string {
  const bars = scores.map(({ score, verdict, overNothing }, place) => {
    const { tone, text } = verdictOf(verdict, 'succeeded', overNothing);
    const height = Math.max(LEAST, (Math.min(100, Math.max(0, score)) / 100) * HEIGHT);
    return html`<g><title>${formatNumber(score)} ${text}</title><rect class="room" x="${place * STEP}" width="${BAR}" height="${HEIGHT}"/><rect class="${tone}" x="${place * STEP}" y="${(HEIGHT - height).toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}"/></g>`;
  });
  const words = scores.map(({ score }) => formatNumber(score)).join(', ');
  const last = scores.at(-1)?.score ?? 0;
  return html`<span class="score-strip"><b>${formatNumber(last)}</b><svg class="trend" viewBox="0 0 ${scores.length * STEP} ${HEIGHT}" width="${scores.length * STEP}" height="${HEIGHT}" role="img" aria-label="Scores, oldest first: ${words}">!${bars.join('')}</svg></span>`;
}
