import { html } from 'ghtml';
import { type AnalysisReport, failedIn, type IntervalReport } from '../../reports/analysis-report.ts';
import { formatDuration, formatNumber, formatTime, formatWindow } from '../../reports/format.ts';
import { type Fact, renderFacts } from '../../reports/run-facts.ts';
import { smallBar } from '../charts/score-bar.ts';
import { scoreTimeline } from '../charts/score-timeline.ts';
import { icon } from '../icons.ts';
import { badge, verdictOf } from '../verdict-badge.ts';
import { metricMatrix } from './metric-matrix.ts';
import { reportTrail } from './report-trail.ts';

/** The page of an analysis, without what is around every page. */
export function analysisMain(report: AnalysisReport, medium: 'page' | 'file'): string {
  const events = html` data-events="/standalone_canary_analysis/${encodeURIComponent(report.id)}/events"`;
  const follows = medium === 'page' && !report.complete;
  return html`<article class="report"!${follows ? events : ''}>
!${medium === 'page' ? reportTrail(report) : ''}
<div data-live="analysis">!${head(report)}
!${scoreTimeline(report, medium)}
!${renderFacts(analysisFacts(report))}
!${metricMatrix(report.intervals)}
!${intervalTable(report.intervals, medium)}</div>
</article>`;
}

function head(report: AnalysisReport): string {
  const { verdict, status, score, headline, application, failure, complete } = report;
  const { tone, text, icon: sign } = verdictOf(verdict, status);
  const last =
    score === undefined
      ? ''
      : html`<p class="score"><data value="${score}">${formatNumber(score)}</data><span class="of"> ${complete ? 'the final score' : 'the last score'}</span></p>`;
  const reason =
    failure === undefined
      ? ''
      : html`<div class="notice"><p class="message"><bdi>${failure.message}</bdi></p><p class="faint">${failure.code} in ${failure.operation}</p></div>`;
  const live = complete
    ? ''
    : '<p class="live"><span class="following" hidden>This page follows the analysis.</span><noscript><a href="">Look again</a></noscript></p>';
  return html`<section class="head analysis ${tone}" aria-labelledby="verdict"><div class="decision">
<h1 id="verdict"><span class="sign">!${icon(sign)}</span>${text}<span class="unseen"> of the analysis of ${application}</span></h1>!${last}
<p class="headline"><bdi>${headline}</bdi></p>!${reason}!${progress(report)}!${live}
</div></section>`;
}

function progress({ intervals, complete }: AnalysisReport): string {
  if (complete || intervals.length === 0) return '';
  const done = intervals.filter(({ score, failure }) => score !== undefined || failure !== undefined).length;
  return html`<progress max="${intervals.length}" value="${done}" aria-label="${done} of ${intervals.length} intervals judged"></progress>`;
}

function intervalTable(intervals: readonly IntervalReport[], medium: 'page' | 'file'): string {
  const begun = intervals.filter(({ executionId }) => executionId !== undefined);
  if (begun.length === 0) return '';
  const rows = begun.map((interval) => intervalRow(interval, medium));
  return html`<section class="intervals" aria-labelledby="intervals"><h2 id="intervals">Intervals</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="intervals"><table><thead><tr><th scope="col" class="number">#</th><th scope="col">Window of the baseline</th><th scope="col" class="number">Score</th><td></td><th scope="col">Verdict</th><th scope="col">What failed</th></tr></thead><tbody>!${rows.join('')}</tbody></table></div></section>`;
}

function intervalRow(interval: IntervalReport, medium: 'page' | 'file') {
  const { number, executionId = '', window, score, verdict, status, warnings } = interval;
  const when = window === undefined ? `Interval ${number}` : formatWindow(window.startMillis, window.endMillis);
  const link =
    medium === 'file' ? html`${when}` : html`<a href="/reports/${encodeURIComponent(executionId)}">${when}</a>`;
  const notes = warnings.map((warning) => html`<span class="faint">${warning}</span>`).join(' ');
  return html`<tr><td class="number">${number}</td><td>!${link}</td><td class="number">!${score === undefined ? '' : html`<data value="${score}">${formatNumber(score)}</data>`}</td><td class="bar">!${score === undefined ? '' : smallBar(score)}</td><td>!${badge(verdictOf(verdict, status))}</td><td><bdi>${failedIn(interval)}</bdi> !${notes}</td></tr>`;
}

/** As text, for files that are not HTML too. */
export function analysisFacts(report: AnalysisReport): Fact[] {
  const { scopes, config, plan, startedMillis, endedMillis } = report;
  const minutes = (value: number) => formatDuration(value * 60_000);
  const places = (side: 'control' | 'experiment') =>
    scopes.map((scope) =>
      [scope[`${side}Scope`], scope[`${side}Location`]]
        .filter((part) => part !== undefined && part !== '')
        .join(' in '),
    );
  const took =
    startedMillis === undefined || endedMillis === undefined
      ? ''
      : `, took ${formatDuration(endedMillis - startedMillis)}`;
  return [
    { name: 'Baseline', texts: places('control') },
    { name: 'Canary', texts: places('experiment') },
    {
      name: 'Plan',
      texts: [
        ...(plan.beginAfterMins > 0 ? [`begins after ${minutes(plan.beginAfterMins)}`] : []),
        ...(plan.intervalMins > 0 ? [`judged every ${minutes(plan.intervalMins)}`] : []),
        plan.lookbackMins > 0 ? `looking back ${minutes(plan.lookbackMins)}` : 'looking at all since the start',
      ],
    },
    { name: 'Application', texts: [report.application] },
    { name: 'Config', texts: [config.name === undefined || config.name === '' ? config.id : config.name] },
    { name: 'Judge', texts: [report.judge] },
    { name: 'Metrics store', texts: [report.metricsAccountName] },
    { name: 'Started by', texts: [report.user] },
    { name: 'Analysis', texts: [report.id, `${formatTime(report.acceptedMillis)}${took}`] },
  ];
}
