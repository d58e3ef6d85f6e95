import { html } from 'ghtml';
import { SIDES } from '../../domain/canary-scope.ts';
import { formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { SeriesReport } from '../../reports/series-report.ts';
import { extent, gridLines, scaleOver, slotsOf, type ValueScale, viewBox } from './plot-frame.ts';
import { seriesPath } from './series-path.ts';

/** Canary minus baseline, slot by slot; NaN where either has a gap. */
export function differences({ control, experiment }: SeriesReport): number[] {
  const length = Math.min(control.length, experiment.length);
  return control.slice(0, length).map((value, slot) => (experiment[slot] ?? Number.NaN) - value);
}

/**
 * Always includes zero; need not include the differences of removed outliers. Undefined when no slot has a value on
 * both sides.
 */
export function differenceScale(
  { series, result }: MetricReport,
  values: readonly number[],
  ticks: number,
): ValueScale | undefined {
  const fences = result?.evidence?.outlierFences;
  const judged = values.filter((_, slot) =>
    SIDES.every((side) => isInside(series?.[side][slot] ?? Number.NaN, fences?.[side])),
  );
  const [least, greatest] = extent(judged.some(Number.isFinite) ? judged : values);
  if (least > greatest) return undefined;
  return scaleOver(Math.min(0, least), Math.max(0, greatest), ticks);
}

function isInside(value: number, fences: { lower: number; upper: number } | undefined): boolean {
  return fences === undefined || (value >= fences.lower && value <= fences.upper);
}

/** The difference over time, with the judge's estimate and interval if it has one. */
export function differencePlot(
  metric: MetricReport,
  values: readonly number[],
  y: ValueScale,
  { ticks, columns }: { ticks: number; columns: number },
): string {
  const slots = metric.series === undefined ? 0 : slotsOf(metric.series);
  const present = values.filter(Number.isFinite);
  const above = present.filter((value) => value > 0).length;
  const words = `Canary minus baseline over time: above zero in ${above} of ${present.length} moments.`;
  return html`<svg class="plot difference" viewBox="${viewBox(slots)}" preserveAspectRatio="none" role="img" aria-label="${words}${estimateInWords(metric)}">!${gridLines(y, ticks, slots, -0.5)}!${estimate(metric, y, slots)}<path class="zero" d="M-.5 ${Math.round(y(0))}h${slots}"/><path class="arm difference" d="${seriesPath(values, y, columns)}"/></svg>`;
}

/** Open ends, and ends beyond the drawing, are drawn at its edge. */
function estimate({ result }: MetricReport, y: ValueScale, slots: number): string {
  const { estimate: middle, interval } = result?.evidence ?? {};
  if (middle === undefined || !Number.isFinite(middle)) return '';
  const [bottom = 0, top = 0] = y.domain();
  const inside = (value: number) => Math.round(y(Math.min(top, Math.max(bottom, value))));
  const line = html`<path class="estimate" d="M-.5 ${inside(middle)}h${slots}"/>`;
  if (interval === undefined || Number.isNaN(interval.lower + interval.upper)) return line;
  const [from, to] = [inside(interval.upper), inside(interval.lower)];
  return html`<path class="band" d="M-.5 ${from}h${slots}v${Math.max(1, to - from)}h${-slots}z"/>!${line}`;
}

function estimateInWords({ result }: MetricReport): string {
  const { estimate: middle, interval } = result?.evidence ?? {};
  if (middle === undefined || !Number.isFinite(middle)) return '';
  const range = interval && `, between ${formatNumber(interval.lower)} and ${formatNumber(interval.upper)}`;
  return ` The judge estimates ${formatNumber(middle)}${range ?? ''}.`;
}
