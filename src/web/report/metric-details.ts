import { html } from 'ghtml';
import { SIDES } from '../../domain/canary-scope.ts';
import { count, formatDuration } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { jointChart } from '../charts/joint-chart.ts';
import { metricDecision } from './metric-decision.ts';
import { metricStatistics } from './metric-statistics.ts';

export interface DetailsOptions {
  readonly medium: 'page' | 'file';
  readonly charts: boolean;
}

const NAMES = { control: 'Baseline', experiment: 'Canary' } as const;

/** Everything about a metric: its data, why it was classified so, the queries and their outcome. */
export function metricDetails(metric: MetricReport, { medium, charts }: DetailsOptions): string {
  return html`!${charts ? jointChart(metric) : chartsLeftOut(metric)}
!${list('What would change it', metric.whatIf, 'what-if')}!${list('What the judge adds', metric.notes, 'notes')}!${list('About the data', metric.quality, 'quality')}
<div class="tables">!${metricStatistics(metric)}!${metricDecision(metric)}</div>
!${queries(metric, medium)}`;
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

function queries({ queries: asked, fetches, series }: MetricReport, medium: DetailsOptions['medium']): string {
  const blocks = SIDES.flatMap((side) => {
    const query = asked[side];
    const fetch = fetches.find((candidate) => candidate.side === side);
    if (query === undefined && fetch === undefined) return [];
    const link =
      query?.link === undefined || medium === 'file'
        ? ''
        : html`<a href="${query.link}" rel="noreferrer">open in the store</a>`;
    const text =
      query === undefined
        ? ''
        : html`<pre tabindex="0" role="group" aria-label="Query of the ${NAMES[side].toLowerCase()}"><code>${query.text}</code></pre>`;
    const copy = query === undefined ? '' : '<button type="button" class="copy" hidden>Copy</button>';
    return html`<div class="query"><p class="query-head"><strong>${NAMES[side]}</strong>!${copy}!${link}<span class="faint">${howItWent(fetch)}</span></p>!${text}</div>`;
  });
  if (blocks.length === 0) {
    return series === undefined
      ? ''
      : '<p class="empty">What was asked is not known: these series were given, not fetched.</p>';
  }
  return html`<section class="queries"><h4>What was asked</h4>!${blocks.join('')}</section>`;
}

function howItWent(fetch: MetricReport['fetches'][number] | undefined): string {
  if (fetch === undefined) return '';
  const { attempts, waitedMillis, millis, cached, shared, lastError } = fetch;
  const parts = [
    ...(cached ? ['answered from the cache'] : []),
    ...(shared ? ['one request shared by several'] : []),
    ...(attempts > 0 ? [count(attempts, 'attempt')] : []),
    ...(waitedMillis > 0 ? [`${formatDuration(waitedMillis)} of waiting`] : []),
    ...(millis === undefined ? ['not finished'] : [`${formatDuration(millis)} in all`]),
  ];
  return `${parts.join(', ')}${lastError === undefined ? '' : `; last failure: ${lastError}`}`;
}
