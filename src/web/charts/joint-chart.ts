import { html } from 'ghtml';
import { SIDES } from '../../domain/canary-scope.ts';
import { type Scale, scaleOf } from '../../domain/value-scale.ts';
import { formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { changePlot, changeScale, changeText, decidingPart } from './change-plot.ts';
import { drawnMetric, isRate } from './drawn-metric.ts';
import { limitKeys } from './limit-lines.ts';
import { linePlot } from './line-plot.ts';
import { changesOf, type MetricChanges } from './metric-changes.ts';
import { hasValues, slotsOf, timeAxis, type ValueScale, valueAxis, valueScale } from './plot-frame.ts';
import { spreadPlot } from './spread-plot.ts';

const TICKS = { lines: 5, difference: 3 };
/** About what screens show; a series of 1440 points is drawn in full. */
const COLUMNS = 800;

/**
 * The charts of a metric: both sides over time, their distributions on the same scale, and below the difference over
 * the same time. A script adds reading values and zooming.
 */
export function jointChart(judged: MetricReport): string {
  const metric = drawnMetric(judged);
  const { series } = metric;
  if (series === undefined || !hasValues(series)) return '<p class="empty">There is no series to draw.</p>';
  const y = valueScale(metric, TICKS.lines);
  const changes = changesOf(metric);
  const dy = changes && changeScale(changes, TICKS.difference);
  const behind = changes === undefined ? '' : decidingPart(changes, slotsOf(series));
  const lines = linePlot(metric, y, { ticks: TICKS.lines, columns: COLUMNS, behind });
  const scale = scaleOf(Math.max(...y.domain().map(Math.abs)), judged.averages?.unit ?? judged.unit);
  const below = changePanel({ changes, scale, y: dy, slots: slotsOf(series) });
  const axis = valueAxis(y, TICKS.lines, 'lines', (value) => scaled(value, scale));
  return html`<figure class="joint">
<figcaption class="legend"><span class="key control">baseline <b></b></span><span class="key experiment">canary <b></b></span>!${scale.unit === '' ? '' : html`<span>in <bdi>${scale.unit}</bdi></span>`}!${isRate(judged) ? '<span>as rates: events over requests</span>' : ''}!${outlierKey(metric)}!${limitKeys(metric, y, scale)}<span class="moment"></span><span class="tools" hidden></span></figcaption>
<div class="panels">!${axis}<div class="frame lines">!${lines}</div><div class="frame spread">!${spreadPlot(metric, y, TICKS.lines)}</div><p class="sides" aria-hidden="true"><span>baseline</span><span>canary</span></p>!${below}<p class="zone" aria-hidden="true">!${zone(metric)}</p>!${timeAxis(series)}</div>
<script type="application/json">!${embedded({ metric, lines: y.domain(), difference: dy?.domain(), changes, scale })}</script>
</figure>`;
}

interface ChangePanel {
  readonly changes: MetricChanges | undefined;
  readonly y: ValueScale | undefined;
  readonly scale: Scale;
  readonly slots: number;
}

function scaled(value: number, { factor }: Scale): string {
  return formatNumber(Number((value * factor).toPrecision(6)));
}

function changePanel({ changes, y, scale, slots }: ChangePanel): string {
  if (changes === undefined || y === undefined) {
    return '<p class="caption difference">No moment has a value on both sides, so there is no difference to draw.</p>';
  }
  const { kind } = changes;
  const what = kind === 'ratio' ? 'Change, canary against baseline' : 'Difference, canary − baseline';
  const size = { slots, ticks: TICKS.difference, columns: COLUMNS };
  const axis = valueAxis(y, TICKS.difference, 'difference', (value) =>
    kind === 'ratio' ? changeText(kind, value) : scaled(value, scale),
  );
  return html`<p class="caption difference">${what}!${keysOf(changes)}</p>!${axis}<div class="frame difference">!${changePlot(changes, y, size)}</div>`;
}

function keysOf({ estimate, interval, allowed, decided }: MetricChanges): string {
  const keys = [
    ...(estimate === undefined
      ? []
      : [['estimate', interval === undefined ? "the judge's estimate" : "the judge's estimate and interval"]]),
    ...(allowed?.lower === undefined && allowed?.upper === undefined ? [] : [['allowed', 'allowed']]),
    ...(decided === undefined ? [] : [['decided', 'what decided']]),
  ];
  return keys.map(([name, text]) => html`<span class="key ${name}">${text}</span>`).join('');
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
  readonly changes: MetricChanges | undefined;
  readonly scale: Scale;
}

/** The data for the script: gaps are null, values have one digit more than is shown. `<` is escaped, since it could end the element. */
function embedded({ metric: { name, series, result }, lines, difference, changes, scale }: Embedded): string {
  const [control, experiment] = SIDES.map((side) => series?.[side].map((value) => digits(value)));
  const fences = result?.evidence?.outlierFences;
  const limits = SIDES.map((side) => fences?.[side] && [fences[side].lower, fences[side].upper]);
  return JSON.stringify({
    name,
    unit: scale.unit === '' ? undefined : scale.unit,
    factor: scale.factor === 1 ? undefined : scale.factor,
    start: SIDES.map((side) => series?.startMillis[side]),
    step: series?.stepMillis,
    lines,
    difference,
    kind: changes?.kind === 'ratio' ? changes.kind : undefined,
    fences: fences && limits,
    control,
    experiment,
  }).replaceAll('<', '\\u003c');
}

function digits(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
