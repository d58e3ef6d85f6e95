import { html } from 'ghtml';
import type { CompanionReport } from '../../reports/companion-report.ts';
import { reportDistribution } from '../../reports/distribution-report.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { linePlot } from './line-plot.ts';
import { hasValues, timeAxis, valueAxis, valueScale } from './plot-frame.ts';

const TICKS = 3;
const COLUMNS = 800;

/** Series that a metric was judged beside, over time: both sides, or the control's history alone. */
export function companionChart(metric: MetricReport, { title, series }: CompanionReport): string {
  if (series === undefined || !hasValues(series)) return '';
  const distribution = reportDistribution(series, undefined);
  const drawn = { ...metric, name: title, series: onOneStart(series), result: undefined, distribution };
  const y = valueScale(drawn, TICKS);
  return html`<figure class="beside">!${valueAxis(y, TICKS, 'lines')}<div class="frame lines">!${linePlot(drawn, y, { ticks: TICKS, columns: COLUMNS })}</div>!${timeAxis(drawn.series)}</figure>`;
}

/** A history has no canary, which then starts nowhere. */
function onOneStart(series: NonNullable<CompanionReport['series']>) {
  if (series.experiment.length > 0) return series;
  return { ...series, startMillis: { ...series.startMillis, experiment: series.startMillis.control } };
}
