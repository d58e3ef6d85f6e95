import { html } from 'ghtml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { QueryPreview } from '../../domain/query-preview.ts';
import { count } from '../../reports/format.ts';
import { reportMetric } from '../../reports/metric-report.ts';
import { jointChart } from '../charts/joint-chart.ts';

/** What came of trying a config. */
export interface Tried {
  readonly config: CanaryConfig;
  /** in the order of the metrics */
  readonly previews: readonly QueryPreview[];
  /** the metric whose series were asked for, and what came */
  readonly drawn?: Drawn | undefined;
}

export interface Drawn {
  /** of the metric */
  readonly index: number;
  readonly pairs: readonly MetricSetPair[];
  /** why there are none */
  readonly problem?: string | undefined;
}

/** The form by which a config is tried. */
export interface TryTarget {
  readonly form: string;
  /** when it is not the one of the form */
  readonly action?: string;
}

/** The queries of every metric as they would be sent, and the series of one that was asked for. */
export function renderTried(tried: Tried | undefined, target: TryTarget): string {
  if (tried === undefined) return '<div id="tried" data-tried></div>';
  const { previews } = tried;
  const broken = previews.filter(({ problem }) => problem !== undefined).length;
  const summary = broken === 0 ? 'all can be asked' : `${broken} cannot be asked`;
  const items = previews.map((preview, index) => item(tried, preview, index, target)).join('\n');
  return html`<div id="tried" data-tried><h3 tabindex="-1">Queries of ${count(previews.length, 'metric')}, ${summary}</h3>
<ol class="tried">!${items}</ol></div>`;
}

function item({ config, drawn }: Tried, preview: QueryPreview, index: number, { form, action }: TryTarget): string {
  const { metric, problem, metricsAccountName = '' } = preview;
  const own = drawn?.index === index ? drawn : undefined;
  const button =
    problem === undefined
      ? html`<button class="quiet" form="${form}"!${action === undefined ? '' : html` formaction="${action}"`} name="draw" value="${index}" data-try aria-describedby="tried-name-${index}">${own === undefined ? 'Draw the series' : 'Draw again'}</button>`
      : '';
  const texts = problem === undefined ? queries(preview) : html`<p class="error"><bdi>${problem}</bdi></p>`;
  return html`<li id="tried-${index}"><div class="item-head"><h4 id="tried-name-${index}"><bdi>${metric}</bdi></h4><span class="faint">${metricsAccountName}</span>!${button}</div>!${texts}!${own === undefined ? '' : series(own, config)}</li>`;
}

function queries({ control = '', experiment = '' }: QueryPreview): string {
  if (control === experiment) return query('Both', control);
  return query('Baseline', control) + query('Canary', experiment);
}

function query(side: string, text: string): string {
  return html`<div class="query"><span class="side-name">${side}</span><pre tabindex="0" aria-label="Query of ${side}">${text}</pre></div>`;
}

const MOST_PAIRS = 6;

function series({ index, pairs, problem }: Drawn, { metrics = [] }: CanaryConfig): string {
  if (problem !== undefined) return html`<p class="notice" role="alert"><bdi>${problem}</bdi></p>`;
  const metric = metrics[index];
  if (metric === undefined) return '';
  const unknown = { metric, result: undefined, fetches: [], scopes: undefined };
  const drawn = pairs.slice(0, MOST_PAIRS).map((pair) => {
    const tags = Object.entries(pair.tags ?? {}).map(([key, value]) => `${key}=${value}`);
    const report = { ...reportMetric({ ...unknown, pair }), anchor: `tried-${index}` };
    return html`!${tags.length === 0 ? '' : html`<p class="tags"><bdi>${tags.join(', ')}</bdi></p>`}!${jointChart(report)}`;
  });
  const others = pairs.length - drawn.length;
  return `<div class="metric-charts">${drawn.join('')}</div>${others > 0 ? html`<p class="faint">and ${others} more series</p>` : ''}`;
}
