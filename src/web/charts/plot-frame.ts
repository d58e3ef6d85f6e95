import { type ScaleLinear, scaleLinear, scaleUtc } from 'd3-scale';
import { html } from 'ghtml';
import { SIDES } from '../../domain/canary-scope.ts';
import { hasInstant } from '../../domain/values/instant.ts';
import { formatDuration, formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { SeriesReport } from '../../reports/series-report.ts';
import { limitsNear } from './limit-lines.ts';

/**
 * Drawings stretch to the available space without a script: a slot is one unit wide, the height is 1000 units. What
 * must not stretch (line widths, texts) is drawn differently.
 */
export const PLOT_HEIGHT = 1000;

export type ValueScale = ScaleLinear<number, number>;

/** The number of slots of the longer side. */
export function slotsOf({ control, experiment }: SeriesReport): number {
  return Math.max(control.length, experiment.length);
}

export function hasValues({ control, experiment }: SeriesReport): boolean {
  return control.some(Number.isFinite) || experiment.some(Number.isFinite);
}

/** As wide as the slots, with half a slot of margin at both ends. */
export function viewBox(slots: number, height = PLOT_HEIGHT): string {
  return `-.5 0 ${Math.max(1, slots)} ${height}`;
}

/**
 * Maps values to units from the top. Removed outliers extend the scale only a little: those beyond are drawn at the
 * edge, or one extreme point would flatten all others. Limits of the config that are near have room too.
 */
export function valueScale(metric: MetricReport, ticks: number): ValueScale {
  const { series, result } = metric;
  const fences = result?.evidence?.outlierFences;
  const near = SIDES.flatMap((side) => {
    const { lower, upper } = fences?.[side] ?? { lower: -Infinity, upper: Infinity };
    const spare = Number.isFinite(upper - lower) ? (upper - lower) * OUTLIER_SPACE : 0;
    return extent((series?.[side] ?? []).filter((value) => value >= lower - spare && value <= upper + spare));
  });
  const all = SIDES.flatMap((side) => extent(series?.[side] ?? []));
  const [least, greatest] = extent(near.some(Number.isFinite) ? near : all);
  const [from, to] = extent([least, greatest, ...limitsNear(metric, least, greatest)]);
  return scaleOver(from, to, ticks);
}

const OUTLIER_SPACE = 0.25;

/** Rounded ends; a single value gets some space around it. */
export function scaleOver(least: number, greatest: number, ticks: number): ValueScale {
  const spare = least === greatest ? Math.abs(least) * 0.1 || 1 : 0;
  const [from, to] = [least - spare, greatest + spare].map((end) => Math.min(FARTHEST, Math.max(-FARTHEST, end)));
  return scaleLinear([from ?? 0, to ?? 1], [PLOT_HEIGHT, 0]).nice(ticks);
}

/** The difference of larger numbers may be infinite. */
const FARTHEST = 1e307;

/** Does not spread values into arguments: a hundred thousand would overflow the stack. Infinite values are ignored. */
export function extent(values: readonly number[]): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

/** Horizontal lines at the ticks. */
export function gridLines(y: ValueScale, ticks: number, width: number, from = 0): string {
  const lines = y.ticks(ticks).map((tick) => `M${from} ${Math.round(y(tick))}h${width}`);
  return html`<path class="grid" d="${lines.join('')}"/>`;
}

/** The values at the ticks, right-aligned beside the plot. */
export function valueAxis(y: ValueScale, ticks: number, name: string, format = formatNumber): string {
  const texts = y
    .ticks(ticks)
    .map((tick) => html`<text x="100%" y="${percent(y(tick) / PLOT_HEIGHT)}" dy=".32em">${format(tick)}</text>`);
  return html`<svg class="axis values ${name}" aria-hidden="true">!${texts.join('')}</svg>`;
}

/** The time of day in UTC, or the time since the start when the sides start at different times. */
export function timeAxis(series: SeriesReport): string {
  const { startMillis, stepMillis } = series;
  const slots = Math.max(1, slotsOf(series));
  const together = startMillis.control === startMillis.experiment;
  const start = together ? startMillis.control : 0;
  const [from, to] = [start - stepMillis / 2, start + (slots - 0.5) * stepMillis];
  // Stored series may have any step, and any start.
  if (!(stepMillis > 0 && hasInstant(from) && hasInstant(to)))
    return '<svg class="axis time" aria-hidden="true"></svg>';
  const time = scaleUtc([from, to], [0, 1]);
  const texts = time.ticks(6).map((tick) => {
    const text = together ? clock(tick, stepMillis * slots) : `+${formatDuration(tick.getTime())}`;
    return html`<text x="${percent(time(tick))}" y="1.4em">${text}</text>`;
  });
  return html`<svg class="axis time" aria-hidden="true">!${texts.join('')}</svg>`;
}

const DAY = 86_400_000;

function clock(moment: Date, lengthMillis: number): string {
  const iso = moment.toISOString();
  if (iso.slice(11, 19) === '00:00:00' || lengthMillis > 6 * DAY) return iso.slice(5, 10);
  return iso.slice(11, lengthMillis < 6 * 60_000 ? 19 : 16);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
