import { html } from 'ghtml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { DrawnMetric } from '../../domain/query-preview.ts';
import { reportMetric } from '../../reports/metric-report.ts';
import { changeOfValues, rangeOfValues } from '../../reports/value-words.ts';
import { drawnRange, sparkline } from '../charts/line-plot.ts';
import { hasValues } from '../charts/plot-frame.ts';
import type { DiscoverPage } from './discover-page.ts';

/** Some metrics of the proposed config, as they were on both sides in the window. */
export function previews({ drawn, expanded = {} }: DiscoverPage): string {
  if (drawn.length === 0) return '<p class="empty">There is no metric to draw.</p>';
  return html`<p class="legend"><span class="key control">baseline</span><span class="key experiment">canary</span></p>
<ul class="previews">!${drawn.map((one) => preview(one, expanded)).join('')}</ul>`;
}

function preview({ index, pairs, problem }: DrawnMetric, { metrics = [] }: CanaryConfig): string {
  const metric = metrics[index];
  const [pair] = pairs;
  if (metric === undefined) return '';
  const head = html`<h3><bdi>${metric.name ?? ''}</bdi></h3>`;
  if (problem !== undefined) return html`<li>!${head}<p class="error"><bdi>${problem}</bdi></p></li>`;
  const unjudged = { metric, pair, result: undefined, fetches: [], scopes: undefined };
  const report = { ...reportMetric(unjudged), anchor: `preview-${index}` };
  const { series, unit } = report;
  if (series === undefined || !hasValues(series)) {
    return html`<li>!${head}<p class="faint">no data in the window on either side</p></li>`;
  }
  const [least, greatest] = drawnRange(report);
  const means = changeOfValues({ control: mean(series.control), experiment: mean(series.experiment) }, unit);
  return html`<li>!${head}<p><strong><bdi>${means}</bdi></strong> <span class="faint">on average</span></p>!${sparkline(report)}<p class="faint">drawn from <bdi>${rangeOfValues(least, greatest, unit)}</bdi></p></li>`;
}

function mean(values: readonly number[]): number | undefined {
  const points = values.filter(Number.isFinite);
  return points.length === 0 ? undefined : points.reduce((sum, value) => sum + value, 0) / points.length;
}
