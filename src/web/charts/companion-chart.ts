import { html } from 'ghtml';
import type { CompanionReport } from '../../reports/companion-report.ts';
import { reportDistribution } from '../../reports/distribution-report.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { SeriesReport } from '../../reports/series-report.ts';
import { isRate } from './drawn-metric.ts';
import { linePlot } from './line-plot.ts';
import { hasValues, timeAxis, valueAxis, valueScale } from './plot-frame.ts';

const TICKS = 3;
/** Small pictures, of which a report may hold a hundred. */
const COLUMNS = 240;

/** Series that a metric was judged beside, over time: both sides, or the control's history alone. */
export function companionChart(metric: MetricReport, { companion, title, series }: CompanionReport): string {
  if (series === undefined || !hasValues(series)) return '';
  const drawn = seriesChart(metric, title, onOneStart(series));
  // The chart of the metric shows its rate.
  if (companion !== 'denominator' || metric.series === undefined || !isRate(metric)) return drawn;
  return html`!${drawn}<p class="faint">The events themselves</p>!${seriesChart(metric, 'Events', metric.series)}`;
}

function seriesChart(metric: MetricReport, name: string, series: SeriesReport): string {
  const drawn = { ...metric, name, series, result: undefined, distribution: reportDistribution(series, undefined) };
  const y = valueScale(drawn, TICKS);
  return html`<figure class="beside">!${valueAxis(y, TICKS, 'lines')}<div class="frame lines">!${linePlot(drawn, y, { ticks: TICKS, columns: COLUMNS })}</div>!${timeAxis(series)}</figure>`;
}

/** A history has no canary, which then starts nowhere. */
function onOneStart(series: SeriesReport): SeriesReport {
  if (series.experiment.length > 0) return series;
  return { ...series, startMillis: { ...series.startMillis, experiment: series.startMillis.control } };
}
