import { html } from 'ghtml';
import { effectInWords, shortRange } from '../../reports/effect-words.ts';
import { count, formatChange, formatNumber } from '../../reports/format.ts';
import { type MetricReport, STANDINGS, type Standing } from '../../reports/metric-report.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { createTurns } from '../../waiting/turns.ts';
import { forestAxis, forestReach, forestRow } from '../charts/forest-plot.ts';
import { sparkline } from '../charts/line-plot.ts';
import { hasValues } from '../charts/plot-frame.ts';
import { metricBadge } from '../verdict-badge.ts';
import { metricDetails } from './metric-details.ts';

const HEADINGS: Readonly<Record<Standing, string>> = {
  'critical failure': 'Critical failures',
  failure: 'Failures',
  inconclusive: 'Inconclusive',
  error: 'Errors',
  'no data': 'No data',
  pass: 'Passes',
  muted: 'Muted',
  'not judged': 'Not judged',
};

/** With fewer, reading is faster than typing. */
const MANY_METRICS = 12;

export interface ListOptions {
  /** a file cannot fetch and has no links */
  readonly medium: 'page' | 'file';
  /** anchors of the metrics whose details are on the page */
  readonly inlined: ReadonlySet<string>;
}

/** The metrics of a run, most important first, each with its details below. */
export async function metricList(report: RunReport, options: ListOptions): Promise<string> {
  const { metrics } = report;
  if (metrics.length === 0) return '';
  const reach = forestReach(metrics.flatMap(({ effect }) => (effect === undefined ? [] : [effect])));
  const byStanding = Map.groupBy(metrics, ({ standing }) => standing);
  const standings = STANDINGS.filter((standing) => byStanding.has(standing));
  const turn = createTurns();
  const sections: string[] = [];
  for (const standing of standings) {
    const own = byStanding.get(standing) ?? [];
    const id = idOf(standing);
    let rows = '';
    for (const metric of own) {
      rows += metricRow(metric, { ...options, reach, runId: report.id });
      await turn();
    }
    const section = html`<section class="standing" aria-labelledby="${id}"><h3 id="${id}">${HEADINGS[standing]} <span class="count">${own.length}</span></h3>!${rows}</section>`;
    sections.push(section);
  }
  return html`<section class="metrics" aria-labelledby="metrics"><div class="metrics-head"><h2 id="metrics">${count(metrics.length, 'metric')}</h2>!${jumps(standings, byStanding)}!${filter(metrics)}</div>
!${columns(metrics, reach)}
!${sections.join('\n')}</section>`;
}

/** The column headings; absent when nothing was judged. */
function columns(metrics: readonly MetricReport[], reach: number): string {
  if (metrics.every(({ effect, series }) => effect === undefined && series === undefined)) return '';
  return html`<div class="columns" aria-hidden="true"><span></span><span>Baseline and canary over time</span><span>Change, interval, what is allowed !${forestAxis(reach)}</span></div>`;
}

function jumps(standings: readonly Standing[], byStanding: ReadonlyMap<Standing, readonly MetricReport[]>): string {
  if (standings.length < 2) return '';
  const links = standings.map(
    (standing) =>
      html`<a href="#${idOf(standing)}">${HEADINGS[standing].toLowerCase()} ${byStanding.get(standing)?.length}</a>`,
  );
  return html`<p class="jumps">!${links.join('')}</p>`;
}

function filter(metrics: readonly MetricReport[]): string {
  if (metrics.length < MANY_METRICS) return '';
  return '<label class="filter" hidden>Show only <input type="search" placeholder="name or group" autocomplete="off"></label>';
}

interface RowOptions extends ListOptions {
  readonly reach: number;
  readonly runId: string;
}

function metricRow(metric: MetricReport, options: RowOptions): string {
  const { anchor, name, reason, standing } = metric;
  return html`<details class="metric ${idOf(standing)}" id="${anchor}">
<summary><span class="label">!${metricBadge(metric)}</span><span class="what"><span class="name"><bdi>${name.trim() === '' ? 'without a name' : name}</bdi></span>!${belongings(metric)}<span class="reason"><bdi>${reason}</bdi></span></span><span class="spark-cell">!${spark(metric)}</span><span class="effect">!${effect(metric, options.reach)}</span></summary>
!${body(metric, options)}
</details>
`;
}

/** The tags of its series and its groups. */
function belongings({ tags, groups }: MetricReport): string {
  const texts = [...Object.entries(tags).map(([key, value]) => `${key}=${value}`), groups.join(', ')];
  const shown = texts.filter((text) => text !== '');
  return shown.length === 0
    ? ''
    : html`<span class="belongs">!${shown.map((text) => html`<bdi>${text}</bdi>`).join(' ')}</span>`;
}

function spark(metric: MetricReport): string {
  const { series } = metric;
  return series !== undefined && hasValues(series) ? sparkline(metric) : '';
}

function effect({ effect: found, result }: MetricReport, reach: number): string {
  if (found !== undefined) {
    return html`<span class="change" title="${effectInWords(found)}"><strong>${formatChange(found.change)}</strong> <span class="range">${shortRange(found)}</span></span>!${forestRow(found, reach)}`;
  }
  const [control, experiment] = [result?.controlMetadata.stats, result?.experimentMetadata.stats];
  if (control === undefined || experiment === undefined || control.count + experiment.count === 0) return '';
  const mean = ({ count: points, mean: value }: typeof control) => (points === 0 ? 'no data' : formatNumber(value));
  return html`<span class="change"><strong>${mean(control)} → ${mean(experiment)}</strong> <span class="range">means</span></span>`;
}

function body(metric: MetricReport, { inlined, medium, runId }: RowOptions): string {
  if (inlined.has(metric.anchor))
    return html`<div class="body">!${metricDetails(metric, { medium, charts: true })}</div>`;
  if (medium === 'file') return html`<div class="body">!${metricDetails(metric, { medium, charts: false })}</div>`;
  const address = `/reports/${encodeURIComponent(runId)}/metrics/${metric.anchor}`;
  return html`<div class="body" data-from="${address}"><p><a href="${address}">Charts, statistics and queries</a></p></div>`;
}

function idOf(standing: Standing): string {
  return standing.replace(' ', '-');
}
