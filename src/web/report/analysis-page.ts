import { html } from 'ghtml';
import {
  type AnalysisReport,
  failedIn,
  type IntervalReport,
  intervalName,
  intervalNotes,
  isBegun,
} from '../../reports/analysis-report.ts';
import { formatNumber, formatWindow } from '../../reports/format.ts';
import type { MetricOverIntervals } from '../../reports/metric-over-intervals.ts';
import { intervalCharts } from '../charts/interval-charts.ts';
import { smallBar } from '../charts/score-bar.ts';
import { scoreTimeline } from '../charts/score-timeline.ts';
import { verdictBadge } from '../verdict-badge.ts';
import { aboutReport } from './fact-list.ts';
import { metricMatrix } from './metric-matrix.ts';
import { reportHeading } from './report-heading.ts';
import type { MainOptions } from './run-page.ts';
import { warningList } from './warning-list.ts';
import { timeOfWindow } from './window-line.ts';

/** The report of an analysis. */
export function analysisMain(report: AnalysisReport, { medium, context }: MainOptions): string {
  return html`<div data-live="analysis">!${head(report, context?.nowMillis)}
!${scoreTimeline(report, medium)}
!${metricMatrix(report.intervals)}
!${smallCharts(context?.overIntervals ?? [])}
!${intervalTable(report.intervals, medium)}
!${aboutReport(report, medium)}</div>`;
}

function head(report: AnalysisReport, nowMillis: number | undefined): string {
  const { headline, failure, complete, warnings } = report;
  const { heading, tone } = reportHeading(report, spanOf(report, nowMillis));
  const reason =
    failure === undefined
      ? ''
      : html`<div class="notice"><p class="message"><bdi>${failure.message}</bdi></p><p class="faint">${failure.code} in ${failure.operation}</p></div>`;
  const live = complete
    ? ''
    : '<p class="live"><span class="following" hidden>This page follows the analysis.</span><noscript><a href="">Look again</a></noscript></p>';
  return html`<section class="head analysis ${tone}" aria-labelledby="verdict"><div class="decision">
!${heading}
<p class="headline"><bdi>${headline}</bdi></p>!${reason}!${warningList(warnings)}!${progress(report)}!${live}
</div></section>`;
}

/** The series of what failed, interval by interval. */
function smallCharts(metrics: readonly MetricOverIntervals[]): string {
  if (metrics.length === 0) return '';
  return html`<section aria-labelledby="over-intervals"><h2 id="over-intervals">What failed, in each interval</h2>!${metrics.map(intervalCharts).join('')}</section>`;
}

/** From the first judged window's start to the last one's end. */
function spanOf({ intervals }: AnalysisReport, nowMillis: number | undefined): string {
  const windows = intervals.flatMap(({ window }) => window ?? []);
  if (windows.length === 0) return '';
  const startMillis = Math.min(...windows.map((window) => window.startMillis));
  const endMillis = Math.max(...windows.map((window) => window.endMillis));
  return timeOfWindow('', { startMillis, endMillis }, nowMillis);
}

function progress({ intervals, complete }: AnalysisReport): string {
  if (complete || intervals.length === 0) return '';
  const done = intervals.filter(({ score, failure }) => score !== undefined || failure !== undefined).length;
  return html`<progress max="${intervals.length}" value="${done}" aria-label="${done} of ${intervals.length} intervals judged"></progress>`;
}

function intervalTable(intervals: readonly IntervalReport[], medium: 'page' | 'file'): string {
  const begun = intervals.filter(isBegun);
  if (begun.length === 0) return '';
  const rows = begun.map((interval) => intervalRow(interval, medium));
  const isRamp = begun.some(({ step }) => step !== undefined);
  const title = isRamp ? 'Steps' : 'Intervals';
  const when = isRamp ? 'Share of the traffic, window of the baseline' : 'Window of the baseline';
  return html`<section class="intervals" aria-labelledby="intervals"><h2 id="intervals">${title}</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="intervals"><table><thead><tr><th scope="col" class="number">#</th><th scope="col">${when}</th><th scope="col" class="number">Score</th><td></td><th scope="col">Verdict</th><th scope="col">What failed</th></tr></thead><tbody>!${rows.join('')}</tbody></table></div></section>`;
}

function intervalRow(interval: IntervalReport, medium: 'page' | 'file') {
  const { number, executionId = '', window, score, verdict, status, step } = interval;
  const when = window === undefined ? intervalName(interval) : formatWindow(window.startMillis, window.endMillis);
  const link =
    medium === 'file' || executionId === ''
      ? html`${when}`
      : html`<a href="/reports/${encodeURIComponent(executionId)}">${when}</a>`;
  const share = step === undefined ? '' : html`<span class="share">${formatNumber(step.share)} %</span> `;
  const notes = intervalNotes(interval)
    .map((warning) => html`<span class="faint">${warning}</span>`)
    .join(' ');
  return html`<tr><td class="number">${step?.number ?? number}</td><td>!${share}!${link}</td><td class="number">!${score === undefined ? '' : html`<data value="${score}">${formatNumber(score)}</data>`}</td><td class="bar">!${score === undefined ? '' : smallBar(score)}</td><td>!${verdictBadge(verdict, status, interval.coverage?.overNothing)}</td><td><bdi>${failedIn(interval)}</bdi> !${notes}</td></tr>`;
}
