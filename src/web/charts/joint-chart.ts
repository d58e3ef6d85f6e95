import { html } from 'ghtml';
import { SIDES } from '../../domain/canary-scope.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { differencePlot, differenceScale, differences } from './difference-plot.ts';
import { linePlot } from './line-plot.ts';
import { hasValues, timeAxis, valueAxis, valueScale } from './plot-frame.ts';
import { spreadPlot } from './spread-plot.ts';

const TICKS = { lines: 5, difference: 3 };
/** About what screens show; a series of 1440 points is drawn in full. */
const COLUMNS = 800;

/**
 * The charts of a metric: both sides over time, their distributions on the same scale, and below the difference over
 * the same time. A script adds reading values and zooming.
 */
export function jointChart(metric: MetricReport): string {
  const { series } = metric;
  if (series === undefined || !hasValues(series)) return '<p class="empty">There is no series to draw.</p>';
  const y = valueScale(metric, TICKS.lines);
  const values = differences(series);
  const dy = differenceScale(metric, values, TICKS.difference);
  const lines = linePlot(metric, y, { ticks: TICKS.lines, columns: COLUMNS });
  const below =
    dy === undefined
      ? '<p class="caption difference">No moment has a value on both sides, so there is no difference to draw.</p>'
      : html`<p class="caption difference">Difference, canary − baseline<span class="key estimate">the judge's estimate and interval</span></p>!${valueAxis(dy, TICKS.difference, 'difference')}<div class="frame difference">!${differencePlot(metric, values, dy, { ticks: TICKS.difference, columns: COLUMNS })}</div>`;
  return html`<figure class="joint">
<figcaption class="legend"><span class="key control">baseline <b></b></span><span class="key experiment">canary <b></b></span>!${outlierKey(metric)}<span class="moment"></span><span class="tools" hidden></span></figcaption>
<div class="panels">!${valueAxis(y, TICKS.lines, 'lines')}<div class="frame lines">!${lines}</div><div class="frame spread">!${spreadPlot(metric, y, TICKS.lines)}</div><p class="sides" aria-hidden="true"><span>baseline</span><span>canary</span></p>!${below}<p class="zone" aria-hidden="true">!${zone(metric)}</p>!${timeAxis(series)}</div>
<script type="application/json">!${embedded({ metric, lines: y.domain(), difference: dy?.domain() })}</script>
</figure>`;
}

function outlierKey({ result }: MetricReport): string {
  const { sampleSizes, outlierFences } = result?.evidence ?? {};
  return sampleSizes === undefined || outlierFences === undefined
    ? ''
    : '<span class="key outlier">outlier, taken out</span>';
}

function zone({ series }: MetricReport): string {
  return series?.startMillis.control === series?.startMillis.experiment ? 'UTC' : 'since start';
}

interface Embedded {
  readonly metric: MetricReport;
  readonly lines: readonly number[];
  readonly difference: readonly number[] | undefined;
}

/** The data for the script: gaps are null, values have six digits. `<` is escaped, since it could end the element. */
function embedded({ metric: { name, series, result, unit }, lines, difference }: Embedded): string {
  const [control, experiment] = SIDES.map((side) => series?.[side].map((value) => digits(value)));
  const fences = result?.evidence?.outlierFences;
  const limits = SIDES.map((side) => fences?.[side] && [fences[side].lower, fences[side].upper]);
  return JSON.stringify({
    name,
    unit,
    start: SIDES.map((side) => series?.startMillis[side]),
    step: series?.stepMillis,
    lines,
    difference,
    fences: fences && limits,
    control,
    experiment,
  }).replaceAll('<', '\\u003c');
}

function digits(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}
