import { html } from 'ghtml';
import { count, formatChange, formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { verdictOf } from '../../reports/verdict.ts';
import { PAGE_STYLES } from '../assets.ts';
import { sparkline } from '../charts/line-plot.ts';
import { hasValues } from '../charts/plot-frame.ts';
import { scoreBar } from '../charts/score-bar.ts';
import { renderPage } from '../layout.ts';
import { factList } from '../report/fact-list.ts';
import { metricBadge, verdictBadge } from '../verdict-badge.ts';
import { type ComparedMetric, compareRuns } from './run-comparison.ts';

export interface ComparePage {
  readonly a: RunReport;
  /** another run, or `a` judged again; absent: not chosen yet */
  readonly b?: RunReport | undefined;
  /** the judge `a` was judged again by */
  readonly judge?: string | undefined;
  /** why `a` could not be judged again */
  readonly problem?: string | undefined;
  /** of the service */
  readonly judges: readonly string[];
}

/** Two runs side by side, or one run under two judges. */
export function renderComparePage(page: ComparePage): string {
  const { a, b, problem } = page;
  return renderPage({
    title: 'Compare',
    section: 'runs',
    styles: PAGE_STYLES,
    main: html`<h1>${page.judge === undefined ? 'Two runs' : 'One run, two judges'}</h1>
!${b === undefined ? '' : summary(a, b)}
!${problem === undefined ? '' : html`<p class="notice" role="alert">${problem}</p>`}
<div class="sides-heads">!${side(a, 'A', page)}!${b === undefined ? '' : side(b, 'B', page)}</div>
!${chooser(page)}
!${b === undefined ? '' : table(compareRuns(a, b))}`,
  });
}

function summary(a: RunReport, b: RunReport): string {
  const metrics = compareRuns(a, b);
  const changed = metrics.filter((metric) => metric.changed).length;
  const scores = [a, b].map(({ score, verdict, status, coverage }) => {
    const { text } = verdictOf(verdict, status, coverage?.overNothing);
    return score === undefined ? text : `${formatNumber(score)} ${text}`;
  });
  const same = scores[0] === scores[1] ? `Both end with ${scores[0]}` : `${scores[0]} became ${scores[1]}`;
  const labels =
    changed === 0 ? 'no metric changed its label' : `${changed} of ${count(metrics.length, 'metric')} changed label`;
  return html`<p class="lead">${same}; ${labels}.</p>`;
}

function side(report: RunReport, letter: string, { judge }: ComparePage): string {
  const again = letter === 'B' && judge !== undefined;
  const title = again
    ? html`<span class="faint">judged again, not stored</span>`
    : html`<a href="/reports/${encodeURIComponent(report.id)}">${report.config.name ?? 'unnamed config'}</a>`;
  const score =
    report.score === undefined
      ? ''
      : html`<p class="number-line"><strong>${formatNumber(report.score)}</strong> of 100</p>!${scoreBar({ score: report.score, ...report.thresholds })}`;
  return html`<section class="side" aria-label="${letter}"><h2><span class="letter">${letter}</span> !${title}</h2>
<p>!${verdictBadge(report.verdict, report.status, report.coverage?.overNothing)}</p>!${score}<p>${report.headline}</p>!${factList(report, 'page')}</section>`;
}

function chooser({ a, judge, judges }: ComparePage): string {
  const chosen = judge ?? judges.find((name) => name !== a.judge);
  const options = judges.map((name) =>
    name === chosen ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
  );
  return html`<div class="choosers">
<form method="get" action="/compare"><input type="hidden" name="a" value="${a.id}"><label>Judge A again with<select name="judge">!${options.join('')}</select></label><button>Judge again</button></form>
<p><a href="/judges/diff">Many runs under another judge</a></p>
<form method="get" action="/compare"><input type="hidden" name="a" value="${a.id}"><label>Compare A with the run<input name="b" required placeholder="id of a run" autocomplete="off" maxlength="256"></label><button>Compare</button></form>
</div>`;
}

function table(metrics: readonly ComparedMetric[]): string {
  const changed = metrics.filter((metric) => metric.changed);
  const same = metrics.filter((metric) => !metric.changed);
  return html`!${section('changed', 'Changed label', changed, 'No metric changed its label.')}
!${section('same', 'Same label', same, 'No metric has the same label in both.')}`;
}

function section(id: string, title: string, metrics: readonly ComparedMetric[], nothing: string): string {
  if (metrics.length === 0) return html`<h2 id="${id}">${title}</h2><p class="empty">${nothing}</p>`;
  return html`<h2 id="${id}">${title} <span class="faint">${metrics.length}</span></h2>
<table class="compared cards" aria-labelledby="${id}"><thead><tr><th scope="col">Metric</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>
!${metrics.map(row).join('\n')}
</tbody></table>`;
}

function row({ name, tags, a, b, changed }: ComparedMetric): string {
  const labels = Object.entries(tags).map(([key, value]) => html`<span class="tag"><bdi>${key}=${value}</bdi></span>`);
  return html`<tr><th scope="row"><bdi>${name}</bdi> !${labels.join(' ')}</th>!${cell(a, changed, 'A')}!${cell(b, changed, 'B')}</tr>`;
}

function cell(metric: MetricReport | undefined, changed: boolean, letter: string): string {
  if (metric === undefined) return html`<td data-side="${letter}"><span class="faint">not in this run</span></td>`;
  const { series, reason } = metric;
  const drawn = changed && series !== undefined && hasValues(series) ? sparkline(metric) : '';
  return html`<td data-side="${letter}"><p class="judged">!${metricBadge(metric)} !${effect(metric)}</p>!${drawn}<p class="why"><bdi>${reason}</bdi></p></td>`;
}

function effect({ effect: found, result }: MetricReport): string {
  if (found !== undefined) return html`<strong>${formatChange(found.change)}</strong>`;
  const [control, experiment] = [result?.controlMetadata.stats, result?.experimentMetadata.stats];
  if (control === undefined || experiment === undefined || control.count * experiment.count === 0) return '';
  return html`<strong>${formatNumber(control.mean)} → ${formatNumber(experiment.mean)}</strong>`;
}
