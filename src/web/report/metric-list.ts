import { html } from 'ghtml';
import { withoutMetric } from '../../domain/waiting-report.ts';
import { otherMeans, shortRange } from '../../reports/effect-words.ts';
import { count, formatChange } from '../../reports/format.ts';
import type { GroupReport } from '../../reports/group-report.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { rowText } from '../../reports/row-words.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { changeOfValues, rangeOfValues } from '../../reports/value-words.ts';
import { createTurns } from '../../waiting/turns.ts';
import { forestAxis, forestReach, forestRow } from '../charts/forest-plot.ts';
import { drawnRange, sparkline } from '../charts/line-plot.ts';
import { hasValues } from '../charts/plot-frame.ts';
import { metricBadge } from '../verdict-badge.ts';
import { metricDetails } from './metric-details.ts';
import { DIVISIONS, type Division, type Section, sectionsOf } from './metric-sections.ts';

/** With fewer, reading is faster than typing. */
const MANY_METRICS = 12;
export interface ListOptions {
  /** a file cannot fetch and has no links */
  readonly medium: 'page' | 'file';
  /** anchors of the metrics whose details are on the page */
  readonly inlined: ReadonlySet<string>;
  /** absent: by outcome */
  readonly by?: Division | undefined;
}

/** The metrics of a run, most important first, each with its details below. */
export async function metricList(report: RunReport, options: ListOptions): Promise<string> {
  const { metrics, groups } = report;
  if (metrics.length === 0) return '';
  const reach = forestReach(metrics.flatMap(({ effect }) => (effect === undefined ? [] : [effect])));
  const sections = sectionsOf(metrics, groups, options.by ?? 'outcome');
  const weightOf = weightsOf(groups);
  const shared = { ...options, reach, runId: report.id, failure: report.failure?.message };
  const turn = createTurns();
  const drawn: string[] = [];
  for (const { id, heading, note, metrics: own, isFolded } of sections) {
    let rows = '';
    for (const metric of own) {
      rows += metricRow(metric, { ...shared, weight: weightOf(metric) });
      await turn();
    }
    const beside = note === '' ? '' : html` <span class="note">${note}</span>`;
    const section = html`<details class="standing" id="${id}"!${isFolded ? '' : ' open'}><summary><h3><bdi>${heading}</bdi> <span class="count">${own.length}</span>!${beside}</h3></summary>!${rows}</details>`;
    drawn.push(section);
  }
  return html`<section class="metrics" aria-labelledby="metrics"><div class="metrics-bar"><div class="metrics-head"><h2 id="metrics">${count(metrics.length, 'metric')}</h2>!${divisions(report, options)}!${chips(sections)}!${tools(metrics)}</div>
!${columns(metrics, reach)}</div>
!${drawn.join('\n')}</section>`;
}

/** By outcome or by group: a link to the other. */
function divisions({ id, groups }: RunReport, { medium, by = 'outcome' }: ListOptions): string {
  if (medium === 'file' || groups.length < 2) return '';
  const links = DIVISIONS.map((division) =>
    division === by
      ? html`<strong aria-current="true">by ${division}</strong>`
      : html`<a href="/reports/${encodeURIComponent(id)}?by=${division}#metrics">by ${division}</a>`,
  );
  return html`<p class="divisions">!${links.join(' ')}</p>`;
}

/** A metric's share of the score, in points of 100. */
function weightsOf(groups: readonly GroupReport[]): (metric: MetricReport) => number {
  const shares = new Map(groups.map(({ name, weight, counted }) => [name, counted === 0 ? 0 : weight / counted]));
  return (metric) => metric.groups.reduce((sum, name) => sum + (shares.get(name) ?? 0), 0);
}

/** The column headings; absent when nothing was judged. */
function columns(metrics: readonly MetricReport[], reach: number): string {
  if (metrics.every(({ effect, series }) => effect === undefined && series === undefined)) return '';
  return html`<div class="columns" aria-hidden="true"><span></span><span>Baseline → canary</span><span>Change, interval, what is allowed !${forestAxis(reach)}</span></div>`;
}

/** Links to each part of the list; with a script they choose what is shown. */
function chips(sections: readonly Section[]): string {
  if (sections.length < 2) return '';
  const links = sections.map(
    ({ id, heading, tone, metrics }) =>
      html`<a class="${tone}" href="#${id}"><bdi>${heading.toLowerCase()}</bdi> <span class="count">${metrics.length}</span></a>`,
  );
  return html`<p class="chips">!${links.join('')}</p>`;
}

const ORDERS = {
  importance: 'importance',
  cost: 'cost to the score',
  change: 'size of the change',
  weight: 'weight',
  name: 'name',
};

function tools(metrics: readonly MetricReport[]): string {
  if (metrics.length < MANY_METRICS) return '';
  const orders = Object.entries(ORDERS).map(([value, text]) => html`<option value="${value}">${text}</option>`);
  return html`<div class="tools" hidden><label>Sort by <select class="order">!${orders.join('')}</select></label><label class="filter">Show only <input type="search" placeholder="name or group" autocomplete="off" aria-keyshortcuts="/"></label><span class="keys"><kbd>j</kbd> <kbd>k</kbd> move, <kbd>o</kbd> opens, <kbd>/</kbd> searches</span></div>`;
}

/** Of a query whose failure ended the run: its words are told at the top, once. */
function toldAbove({ reason }: MetricReport, failure: string | undefined): string | undefined {
  return failure !== undefined && withoutMetric(reason).includes(withoutMetric(failure))
    ? 'Its query failed: the reason is at the top.'
    : undefined;
}

interface RowOptions extends ListOptions {
  /** why the run ended without a verdict */
  readonly failure: string | undefined;
  readonly reach: number;
  readonly runId: string;
  readonly weight: number;
}

function metricRow(metric: MetricReport, options: RowOptions): string {
  const { anchor, name, standing } = metric;
  return html`<details class="metric ${standing.replace(' ', '-')}" id="${anchor}" data-by="!${sortKeys(metric, options.weight)}"!${isOpen(metric, options) ? ' open' : ''}>
<summary><span class="label">!${metricBadge(metric)}</span><span class="what"><span class="name"><bdi>${name.trim() === '' ? 'without a name' : name}</bdi></span>!${belongings(metric)}<span class="reason"><bdi>${toldAbove(metric, options.failure) ?? rowText(metric)}</bdi></span></span><span class="spark-cell">!${values(metric)}!${spark(metric)}</span><span class="effect">!${effect(metric, options.reach)}</span></summary>
!${body(metric, options)}
</details>
`;
}

/** The first that failed: its chart is what everybody wants to see. */
function isOpen({ anchor, standing }: MetricReport, { inlined }: ListOptions): boolean {
  return anchor === 'm1' && (standing === 'failure' || standing === 'critical failure') && inlined.has(anchor);
}

/** What the script sorts by: the cost to the score, the size of the change, the weight. */
function sortKeys({ cost = 0, effect: found }: MetricReport, weight: number): string {
  return [cost, Math.abs(found?.change ?? 0), weight].map((value) => Number(value.toPrecision(3))).join(' ');
}

/** The tags of its series and its groups. */
function belongings({ tags, groups }: MetricReport): string {
  const texts = [...Object.entries(tags).map(([key, value]) => `${key}=${value}`), groups.join(', ')];
  const shown = texts.filter((text) => text !== '');
  return shown.length === 0
    ? ''
    : html`<span class="belongs">!${shown.map((text) => html`<bdi>${text}</bdi>`).join(' ')}</span>`;
}

/** "242 → 298 ms", and what the small chart shows from its foot to its top. */
function values(metric: MetricReport): string {
  const { averages, series } = metric;
  if (averages === undefined) return '';
  const drawn = series !== undefined && hasValues(series) ? rangeDrawn(metric) : '';
  return html`<span class="averages"><strong>${changeOfValues(averages, averages.unit)}</strong> <span class="range">${drawn}</span></span>`;
}

function rangeDrawn(metric: MetricReport): string {
  const [least, greatest] = drawnRange(metric);
  return rangeOfValues(least, greatest, metric.averages?.unit);
}

function spark(metric: MetricReport): string {
  const { series } = metric;
  return series !== undefined && hasValues(series) ? sparkline(metric) : '';
}

function effect({ effect: found }: MetricReport, reach: number): string {
  if (found === undefined) return '';
  const others = [shortRange(found), otherMeans(found) ?? ''].filter((part) => part !== '');
  const told = others.map((part) => html`<span>${part}</span>`).join(', ');
  return html`<span class="change"><strong>${formatChange(found.change)}</strong> <span class="range">!${told}</span></span>!${forestRow(found, reach)}`;
}

function body(metric: MetricReport, options: RowOptions): string {
  const { inlined, medium, runId } = options;
  if (inlined.has(metric.anchor)) {
    const details = metricDetails(metric, { medium, charts: true, brief: isOpen(metric, options) });
    return html`<div class="body">!${details}</div>`;
  }
  if (medium === 'file') return html`<div class="body">!${metricDetails(metric, { medium, charts: false })}</div>`;
  const address = `/reports/${encodeURIComponent(runId)}/metrics/${metric.anchor}`;
  return html`<div class="body" data-from="${address}"><p><a href="${address}">Charts, statistics and queries</a></p></div>`;
}
