import { html } from 'ghtml';
import { type AnalysisReport, type IntervalReport, intervalName, wordOf } from '../../reports/analysis-report.ts';
import { formatNumber, formatTime } from '../../reports/format.ts';
import { verdictOf } from '../../reports/verdict.ts';

/** More marks than this are drawn small. */
const DENSE = 80;
const MOST_LABELS = 6;

/**
 * The score of every interval in order, over the ranges for fail, marginal and pass; each links to its run's report.
 * Below are the times of an analysis, or the traffic shares of a ramp.
 */
export function scoreTimeline({ intervals, thresholds }: AnalysisReport, medium: 'page' | 'file'): string {
  const { pass, marginal } = thresholds;
  const [low, high] = [inside(Math.min(marginal ?? pass ?? 0, pass ?? 0)), inside(pass ?? 0)];
  const x = (number: number) => percent((number - 0.5) / intervals.length);
  const scored = intervals.filter(({ score }) => score !== undefined);
  const lines = scored.slice(1).map((interval, index) => {
    const before = scored[index] as IntervalReport;
    return html`<line x1="${x(before.number)}" y1="${y(before.score)}" x2="${x(interval.number)}" y2="${y(interval.score)}"/>`;
  });
  const marks = intervals.map((interval) => mark(interval, { at: x(interval.number), medium }));
  const words = `Scores of ${scored.length} of ${intervals.length} ${wordOf(intervals)}s${scored.length === 0 ? '' : `, the last ${formatNumber(scored.at(-1)?.score ?? 0)}`}.`;
  return html`<figure class="timeline" role="group" aria-label="${words}">
<svg class="axis values" aria-hidden="true">!${scale([0, low, high, 100])}</svg>
<svg class="scores!${intervals.length > DENSE ? ' dense' : ''}">!${zones(low, high)}!${limits(thresholds)}<g class="line">!${lines.join('')}</g>!${marks.join('')}</svg>
<svg class="axis time" aria-hidden="true">!${labels(intervals, x)}</svg>
</figure>`;
}

function zones(low: number, high: number): string {
  return (
    [
      ['fail', 0, low],
      ['marginal', low, high],
      ['pass', high, 100],
    ] as const
  )
    .filter(([, from, to]) => to > from)
    .map(
      ([name, from, to]) =>
        html`<rect class="zone ${name}" width="100%" y="${y(to)}" height="${percent(((to - from) / 100) * HIGH)}"/>`,
    )
    .join('');
}

/** The thresholds, named where they are. */
function limits({ pass, marginal }: AnalysisReport['thresholds']): string {
  const named = Object.entries({ pass, marginal: marginal === pass ? undefined : marginal });
  return named
    .flatMap(([name, score]) => (score === undefined ? [] : [{ name, score }]))
    .map(
      ({ name, score }) =>
        html`<g class="limit" aria-hidden="true"><line x2="100%" y1="${y(score)}" y2="${y(score)}"/><text x="100%" dx="-6" y="${y(score)}" dy="1.1em">${name} from ${formatNumber(score)}</text></g>`,
    )
    .join('');
}

function mark(interval: IntervalReport, { at, medium }: { at: string; medium: 'page' | 'file' }): string {
  const { executionId, verdict, score, status, coverage } = interval;
  if (executionId === undefined) return html`<circle class="to-come" cx="${at}" cy="${y(0)}"/>`;
  const words = inWords(interval);
  const { tone } = verdictOf(verdict, status, coverage?.overNothing);
  const shape =
    verdict === 'Pass' || verdict === undefined
      ? html`<circle class="${verdict === undefined ? status : tone}" cx="${at}" cy="${y(score ?? 0)}"/>`
      : html`<rect class="${verdict.toLowerCase()}" x="${at}" y="${y(score)}"/>`;
  const titled = html`<title>${words}</title>!${shape}`;
  if (medium === 'file') return html`<g role="img" aria-label="${words}">!${titled}</g>`;
  return html`<a href="/reports/${encodeURIComponent(executionId)}" aria-label="${words}">!${titled}</a>`;
}

/** "Interval 3, until 2026-01-01 12:30 UTC: 92, Pass" */
function inWords(interval: IntervalReport): string {
  const { score, verdict, status, window, coverage } = interval;
  const until = window === undefined ? '' : `, until ${formatTime(window.endMillis)}`;
  return `${intervalName(interval)}${until}: ${score === undefined ? status.replace('_', ' ') : `${formatNumber(score)}, ${verdictOf(verdict, status, coverage?.overNothing).text}`}`;
}

function scale(values: readonly number[]): string {
  const apart = values.filter((value, index) => values.slice(0, index).every((other) => Math.abs(other - value) >= 7));
  return apart.map((value) => html`<text x="100%" y="${y(value)}" dy=".32em">${formatNumber(value)}</text>`).join('');
}

function labels(intervals: readonly IntervalReport[], x: (number: number) => string): string {
  const every = Math.ceil(intervals.length / MOST_LABELS);
  return intervals
    .filter((_, index) => index % every === 0)
    .map(({ number, window, step }) => {
      const time = window === undefined ? `#${number}` : new Date(window.endMillis).toISOString().slice(11, 16);
      const text = step === undefined ? time : `${formatNumber(step.share)} %`;
      return html`<text x="${x(number)}" y="1.4em">${text}</text>`;
    })
    .join('');
}

/** A score of 0 or 100 still shows its whole mark. */
const HIGH = 0.9;

function y(score: number | undefined): string {
  return percent((1 - inside(score ?? 0) / 100) * HIGH + (1 - HIGH) / 2);
}

function inside(value: number): number {
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : 0;
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
