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
  const ends = cells.flatMap(({ series }) => [...extent(series?.control ?? []), ...extent(series?.experiment ?? [])]);
  const [least, greatest] = extent(ends);
  const y = scaleOver(Number.isFinite(least) ? least : 0, Number.isFinite(greatest) ? greatest : 1, 2);
  const [foot = 0, top = 1] = y.domain();
  const range = Number.isFinite(least)
    ? html` <span class="faint">each from ${rangeOfValues(foot, top, unit)}</span>`
    : '';
  return html`<div class="over-intervals"><h3><bdi>${name}</bdi>!${range}</h3><ol>!${cells.map((cell) => chart(cell, name, y)).join('')}</ol></div>`;
}

function chart(cell: IntervalCell, metric: string, y: ValueScale): string {
  const { name, executionId, classification, series, effect } = cell;
  const change = effect === undefined ? classification : formatChange(effect.change);
  const drawn =
    series === undefined || slotsOf(series) === 0
      ? '<span class="no-chart">no series</span>'
      : html`<svg class="plot spark" viewBox="${viewBox(slotsOf(series))}" preserveAspectRatio="none" aria-hidden="true"><path class="arm control" d="${seriesPath(series.control, y, COLUMNS)}"/><path class="arm experiment" d="${seriesPath(series.experiment, y, COLUMNS)}"/></svg>`;
  return html`<li><a class="${toneOfPoint(cell)}" href="/reports/${encodeURIComponent(executionId)}"><span class="unseen">${metric}, </span><span class="when">${name.replace('Interval ', '#')}</span> <strong>${change}</strong>!${drawn}</a></li>`;
}
