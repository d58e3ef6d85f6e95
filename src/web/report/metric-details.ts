import { html } from 'ghtml';
import type { MetricReport } from '../../reports/metric-report.ts';
import { companionChart } from '../charts/companion-chart.ts';
import { jointChart } from '../charts/joint-chart.ts';
import { metricDecision } from './metric-decision.ts';
import { metricStatistics } from './metric-statistics.ts';
import { type Medium, queryBlocks } from './query-blocks.ts';

export interface DetailsOptions {
  readonly medium: Medium;
  readonly charts: boolean;
  /** whether statistics and queries are folded, so that what follows is near */
  readonly brief?: boolean;
}

/** Everything about a metric: its data, why it was classified so, the queries and their outcome. */
export function metricDetails(metric: MetricReport, { medium, charts, brief = false }: DetailsOptions): string {
  const evidence = html`<div class="tables">!${metricStatistics(metric)}!${metricDecision(metric)}</div>
!${metric.companions === undefined ? '' : companions(metric, { medium, charts })}
!${asked(metric, medium)}`;
  return html`!${charts ? jointChart(metric) : chartsLeftOut(metric)}
!${list('What would change it', metric.whatIf, 'what-if')}!${list('What the judge adds', metric.notes, 'notes')}!${list('About the data', metric.quality, 'quality')}
!${brief ? html`<details class="evidence"><summary>Statistics, what decided, what was asked</summary>!${evidence}</details>` : evidence}`;
}

function chartsLeftOut({ series }: MetricReport): string {
  if (series === undefined) return '';
  return '<p class="empty">Its large charts are left out, to keep this file small: other metrics matter more.</p>';
}

function list(heading: string, sentences: readonly string[], name: string): string {
  if (sentences.length === 0) return '';
  const items = sentences.map((sentence) => html`<li><bdi>${sentence}</bdi></li>`).join('');
  return html`<section class="${name}"><h4>${heading}</h4><ul>!${items}</ul></section>`;
}

function asked({ queries, fetches, series }: MetricReport, medium: Medium): string {
  const blocks = queryBlocks({ queries, fetches }, medium);
  if (blocks !== '') return html`<section class="queries"><h4>What was asked</h4>!${blocks}</section>`;
  return series === undefined
    ? ''
    : '<p class="empty">What was asked is not known: these series were given, not fetched.</p>';
}

/** What the metric was judged beside: each with its series and its queries. */
function companions(metric: MetricReport, { medium, charts }: DetailsOptions): string {
  const sections = (metric.companions ?? []).map((companion) => {
    const { title, missing, queries, fetches } = companion;
    const why = missing === undefined ? '' : html`<p class="notice"><bdi>Not used: ${missing}</bdi></p>`;
    return html`<section class="queries companion"><h4>${title}</h4>!${why}!${charts ? companionChart(metric, companion) : ''}!${queryBlocks({ queries, fetches }, medium)}</section>`;
  });
  return sections.join('');
}
