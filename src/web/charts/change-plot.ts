import { html } from 'ghtml';
import { formatChange, formatNumber } from '../../reports/format.ts';
import type { MetricChanges } from './metric-changes.ts';
import { extent, gridLines, PLOT_HEIGHT, scaleOver, type ValueScale, viewBox } from './plot-frame.ts';
import { seriesPath } from './series-path.ts';

/** A change in the unit it is drawn in. */
export function changeText(kind: MetricChanges['kind'], value: number): string {
  return kind === 'ratio' ? formatChange(value) : formatNumber(value);
}

/** Limits this much further away than the values and the interval are not drawn: they would flatten the rest. */
const FAR = 2;
/** Ratios far above most others are drawn at the edge. */
const [MOST_RATIOS, ABOVE_MOST] = [0.95, 3];

/** Always includes zero, and the judge's interval. Undefined when there is nothing to draw. */
export function changeScale(changes: MetricChanges, ticks: number): ValueScale | undefined {
  const { judged, estimate, interval, allowed } = changes;
  const [least, greatest] = extent(judged);
  if (least > greatest) return undefined;
  const ends = [0, estimate ?? 0, interval?.lower ?? 0, interval?.upper ?? 0];
  const [low, high] = extent([...ends, Math.max(least, -mostOf(changes)), Math.min(greatest, mostOf(changes))]);
  const reach = FAR * Math.max(-low, high);
  const limits = [allowed?.lower, allowed?.upper].filter((limit) => limit !== undefined && Math.abs(limit) <= reach);
  const [from, to] = extent([low, high, ...(limits as number[])]);
  return scaleOver(from, to, ticks);
}

function mostOf({ kind, judged: values }: MetricChanges): number {
  if (kind === 'difference') return Number.POSITIVE_INFINITY;
  const sizes = values
    .map(Math.abs)
    .filter(Number.isFinite)
    .sort((one, other) => one - other);
  return Math.max(1, ABOVE_MOST * (sizes[Math.floor(sizes.length * MOST_RATIOS)] ?? 0));
}

interface PlotSize {
  readonly slots: number;
  readonly ticks: number;
  readonly columns: number;
}

/** The change over time: what is allowed, the judge's estimate and interval, and the part that decided. */
export function changePlot(changes: MetricChanges, y: ValueScale, { slots, ticks, columns }: PlotSize): string {
  const inside = insideOf(y);
  const drawn = changes.values.map((value) => (Number.isFinite(value) ? inside(value) : value));
  return html`<svg class="plot difference" viewBox="${viewBox(slots)}" preserveAspectRatio="none" role="img" aria-label="${changesInWords(changes, slots)}">!${allowedBand(changes, y, slots)}!${decidingPart(changes, slots)}!${gridLines(y, ticks, slots, -0.5)}!${estimateBand(changes, y, slots)}<path class="zero" d="M-.5 ${Math.round(y(0))}h${slots}"/><path class="arm difference" d="${seriesPath(drawn, y, columns)}"/>!${decidedLevel(changes, y, slots)}</svg>`;
}

/** The slots that decided, over the whole height of a plot. */
export function decidingPart({ decided }: MetricChanges, slots: number): string {
  if (decided === undefined) return '';
  const left = decided.from - 0.5;
  return html`<path class="decided" d="M${left} ${-OVER}h${slots - decided.from}v${PLOT_HEIGHT + 2 * OVER}h${decided.from - slots}z"/><path class="decided edge" d="M${left} ${-OVER}v${PLOT_HEIGHT + 2 * OVER}"/>`;
}

/** What has no end is drawn this much beyond the plot, so that it has none when zoomed either. */
const OVER = 5 * PLOT_HEIGHT;

function insideOf(y: ValueScale): (value: number) => number {
  const [bottom = 0, top = 0] = y.domain();
  return (value) => Math.min(top, Math.max(bottom, value));
}

function allowedBand({ allowed }: MetricChanges, y: ValueScale, slots: number): string {
  if (allowed === undefined) return '';
  const [bottom = 0, top = 0] = y.domain();
  const isDrawn = (limit: number | undefined) => limit !== undefined && limit >= bottom && limit <= top;
  const from = isDrawn(allowed.upper) ? Math.round(y(allowed.upper ?? 0)) : -OVER;
  const to = isDrawn(allowed.lower) ? Math.round(y(allowed.lower ?? 0)) : PLOT_HEIGHT + OVER;
  if (from < 0 && to > PLOT_HEIGHT) return '';
  const limits = [from, to]
    .filter((limit) => limit >= 0 && limit <= PLOT_HEIGHT)
    .map((limit) => `M-.5 ${limit}h${slots}`);
  return html`<path class="allowed" d="M-.5 ${from}h${slots}v${Math.max(1, to - from)}h${-slots}z"/><path class="limit" d="${limits.join('')}"/>`;
}

/** Open ends, and ends beyond the drawing, are drawn at its edge. */
function estimateBand({ estimate, interval }: MetricChanges, y: ValueScale, slots: number): string {
  if (estimate === undefined) return '';
  const [bottom = 0, top = 0] = y.domain();
  const inside = insideOf(y);
  const line = html`<path class="estimate" d="M-.5 ${Math.round(y(inside(estimate)))}h${slots}"/>`;
  if (interval === undefined) return line;
  const [from, to] = [interval.upper ?? top, interval.lower ?? bottom].map((end) => Math.round(y(inside(end))));
  return html`<path class="band" d="M-.5 ${from ?? 0}h${slots}v${Math.max(1, (to ?? 0) - (from ?? 0))}h${-slots}z"/>!${line}`;
}

/** The level of the part that decided. */
function decidedLevel({ decided }: MetricChanges, y: ValueScale, slots: number): string {
  if (decided?.change === undefined) return '';
  const at = Math.round(y(insideOf(y)(decided.change)));
  return html`<path class="level" d="M${decided.from - 0.5} ${at}h${slots - decided.from}"/>`;
}

function changesInWords(changes: MetricChanges, slots: number): string {
  const { kind, values, estimate, interval, allowed, decided } = changes;
  const text = (value: number) => changeText(kind, value);
  const present = values.filter(Number.isFinite);
  const above = present.filter((value) => value > 0).length;
  const what = kind === 'ratio' ? 'Canary against baseline' : 'Canary minus baseline';
  const ends = interval && ` between ${endText(interval.lower, text)} and ${endText(interval.upper, text)}`;
  const limits = [
    ...(allowed?.lower === undefined ? [] : [`down to ${text(allowed.lower)}`]),
    ...(allowed?.upper === undefined ? [] : [`up to ${text(allowed.upper)}`]),
  ];
  return [
    `${what} over time: above zero in ${above} of ${present.length} moments.`,
    ...(estimate === undefined
      ? []
      : [`The judge estimates ${text(estimate)}${ends === undefined ? '' : `,${ends}`}.`]),
    ...(limits.length === 0 ? [] : [`Allowed is ${limits.join(' and ')}.`]),
    ...(decided === undefined ? [] : [`The last ${slots - decided.from} of ${slots} points decided.`]),
  ].join(' ');
}

function endText(end: number | undefined, text: (value: number) => string): string {
  return end === undefined ? 'an open end' : text(end);
}
