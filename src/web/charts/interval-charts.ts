import { html } from 'ghtml';
import { formatChange } from '../../reports/format.ts';
import type { IntervalCell, MetricOverIntervals } from '../../reports/metric-over-intervals.ts';
import { rangeOfValues } from '../../reports/value-words.ts';
import { toneOfPoint } from './effect-history.ts';
import { extent, scaleOver, slotsOf, type ValueScale, viewBox } from './plot-frame.ts';
import { seriesPath } from './series-path.ts';

const COLUMNS = 60;

/** Both sides of a metric in each interval, small, on one scale; each leads to the interval's report. */
export function intervalCharts({ name, unit, cells }: MetricOverIntervals): string {
  const [least, greatest] = usual(
    cells.flatMap(({ series }) => [...(series?.control ?? []), ...(series?.experiment ?? [])]),
  );
  const y = scaleOver(Number.isFinite(least) ? least : 0, Number.isFinite(greatest) ? greatest : 1, 2);
  const [foot = 0, top = 1] = y.domain();
  const range = Number.isFinite(least)
    ? html` <span class="faint">each from ${rangeOfValues(foot, top, unit)}</span>`
    : '';
  return html`<div class="over-intervals"><h3><bdi>${name}</bdi>!${range}</h3><ol>!${cells.map((cell) => chart(cell, name, y)).join('')}</ol></div>`;
}

/** From where to where nearly all of the values lie: a spike would flatten all others. */
function usual(values: readonly number[]): [least: number, greatest: number] {
  const sorted = values.filter(Number.isFinite).toSorted((one, other) => one - other);
  const spare = Math.floor(sorted.length * SPIKES);
  return extent(sorted.slice(spare, sorted.length - spare));
}

/** So many of the points, at each end, may be drawn outside. */
const SPIKES = 0.02;

function chart(cell: IntervalCell, metric: string, y: ValueScale): string {
  const { name, executionId, classification, series, effect } = cell;
  const change = effect === undefined ? classification : formatChange(effect.change);
  const drawn =
    series === undefined || slotsOf(series) === 0
      ? '<span class="no-chart">no series</span>'
      : html`<svg class="plot spark" viewBox="${viewBox(slotsOf(series))}" preserveAspectRatio="none" aria-hidden="true"><path class="arm control" d="${seriesPath(series.control, y, COLUMNS)}"/><path class="arm experiment" d="${seriesPath(series.experiment, y, COLUMNS)}"/></svg>`;
  return html`<li><a class="${toneOfPoint(cell)}" href="/reports/${encodeURIComponent(executionId)}"><span class="unseen">${metric}, </span><span class="when">${name.replace('Interval ', '#')}</span> <strong>${change}</strong>!${drawn}</a></li>`;
}
