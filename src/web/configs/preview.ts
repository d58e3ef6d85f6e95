import { html } from 'ghtml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigPreview, DrawnMetric, QueryPreview } from '../../domain/query-preview.ts';
import { count } from '../../reports/format.ts';
import { type MetricReport, reportMetric } from '../../reports/metric-report.ts';
import { companionChart } from '../charts/companion-chart.ts';
import { jointChart } from '../charts/joint-chart.ts';

/** The form for trying a config. */
export interface PreviewTarget {
  readonly form: string;
  /** when it is not the one of the form */
  readonly action?: string;
}

/** The queries of every metric as they would be sent, and the series of one that was requested. */
export function renderPreview(preview: ConfigPreview | undefined, target: PreviewTarget): string {
  if (preview === undefined) return '<div id="tried" data-tried></div>';
  const { queries } = preview;
  const broken = queries.filter(({ problem }) => problem !== undefined).length;
  const summary = broken === 0 ? 'all can be sent' : `${broken} cannot be sent`;
  const items = queries.map((_, index) => item(preview, index, target)).join('\n');
  return html`<div id="tried" data-tried><h3 tabindex="-1">Queries of ${count(queries.length, 'metric')}, ${summary}</h3>
<ol class="tried">!${items}</ol></div>`;
}

function item({ config, queries, drawn }: ConfigPreview, index: number, { form, action }: PreviewTarget): string {
  const query: QueryPreview = queries[index] ?? { metric: '' };
  const { metric, problem, metricsAccountName = '' } = query;
  const own = drawn?.index === index ? drawn : undefined;
  const button =
    problem === undefined
      ? html`<button class="quiet" form="${form}"!${action === undefined ? '' : html` formaction="${action}"`} name="draw" value="${index}" data-try aria-describedby="tried-name-${index}">${own === undefined ? 'Draw the series' : 'Draw again'}</button>`
      : '';
  const odd = query.warning === undefined ? '' : html`<p class="notice"><bdi>${query.warning}</bdi></p>`;
  const shown = problem === undefined ? allTexts(query) + odd : html`<p class="error"><bdi>${problem}</bdi></p>`;
  return html`<li id="tried-${index}"><div class="item-head"><h4 id="tried-name-${index}"><bdi>${metric}</bdi></h4><span class="faint">${metricsAccountName}</span>!${button}</div>!${shown}!${own === undefined ? '' : series(own, config)}</li>`;
}

const BESIDE = { denominator: 'Denominator', traffic: 'Traffic', history: 'History' } as const;

function allTexts({ companions = [], ...own }: QueryPreview): string {
  const beside = companions.map((one) => html`<p class="faint">${BESIDE[one.companion]}</p>!${texts(one)}`);
  return texts(own) + beside.join('');
}

function texts({ control = '', experiment = '' }: Pick<QueryPreview, 'control' | 'experiment'>): string {
  if (experiment === '' && control !== '') return textOf('Baseline', control);
  if (control === experiment) return textOf('Both', control);
  return textOf('Baseline', control) + textOf('Canary', experiment);
}

function textOf(side: string, text: string): string {
  return html`<div class="query"><span class="side-name">${side}</span><pre tabindex="0" aria-label="Query of ${side}">${text}</pre></div>`;
}

function notes(quality: readonly string[]): string {
  return quality.length === 0
    ? ''
    : html`<ul class="faint">!${quality.map((note) => html`<li><bdi>${note}</bdi></li>`).join('')}</ul>`;
}

function beside(report: MetricReport): string {
  return (report.companions ?? [])
    .map((companion) => html`<p class="faint">${companion.title}</p>!${companionChart(report, companion)}`)
    .join('');
}

const MOST_PAIRS = 6;

function series({ index, pairs, problem }: DrawnMetric, { metrics = [] }: CanaryConfig): string {
  if (problem !== undefined) return html`<p class="notice" role="alert"><bdi>${problem}</bdi></p>`;
  const metric = metrics[index];
  if (metric === undefined) return '';
  const unknown = { metric, result: undefined, fetches: [], scopes: undefined };
  const drawn = pairs.slice(0, MOST_PAIRS).map((pair) => {
    const tags = Object.entries(pair.tags ?? {}).map(([key, value]) => `${key}=${value}`);
    const report = { ...reportMetric({ ...unknown, pair }), anchor: `tried-${index}` };
    return html`!${tags.length === 0 ? '' : html`<p class="tags"><bdi>${tags.join(', ')}</bdi></p>`}!${jointChart(report)}!${beside(report)}!${notes(report.quality)}`;
  });
  const others = pairs.length - drawn.length;
  return `<div class="metric-charts">${drawn.join('')}</div>${others > 0 ? html`<p class="faint">and ${others} more series</p>` : ''}`;
}
