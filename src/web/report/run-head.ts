import { html } from 'ghtml';
import { count, formatNumber } from '../../reports/format.ts';
import type { GroupReport } from '../../reports/group-report.ts';
import { passNeedsInWords } from '../../reports/pass-needs-words.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { scoreBar, smallBar } from '../charts/score-bar.ts';
import { earlierRuns } from './earlier-runs.ts';
import type { ReportContext } from './report-context.ts';
import { reportHeading } from './report-heading.ts';
import { failureNotice, waitingNotices } from './trouble.ts';
import { warningList } from './warning-list.ts';
import { windowLine } from './window-line.ts';

/** The top of a report: verdict, what was judged and when, what decided, groups. */
export function runHead(report: RunReport, context: ReportContext | undefined): string {
  const { heading, tone } = reportHeading(report, windowLine(report, context?.nowMillis));
  return html`<section class="head ${tone}" aria-labelledby="verdict">
<div class="decision">
!${heading}
<p class="headline" data-live="headline"><bdi>${headlineOf(report)}</bdi></p>
!${failureNotice(report)}!${bar(report)}!${passNeeds(report)}!${warningList(report.warnings)}!${progress(report, context?.nowMillis)}
</div>
<div class="aside">!${groups(report.groups)}!${context === undefined ? '' : earlierRuns(report, context)}</div>
</section>`;
}

/** What queries wait for is told once, below the progress. */
function headlineOf({ headline, waiting }: RunReport): string {
  const queries = waiting.reduce((sum, wait) => sum + wait.queries, 0);
  if (queries === 0) return headline;
  return `The run is under way; ${count(queries, 'query', 'queries')} ${queries === 1 ? 'waits' : 'wait'} to be sent again.`;
}

function bar({ score, thresholds }: RunReport): string {
  if (score === undefined) return '';
  return html`<div class="bar">!${scoreBar({ score, ...thresholds })}<p class="marks">!${marks(thresholds)}</p></div>`;
}

function marks({ marginal, pass }: RunReport['thresholds']): string {
  const words = [
    ...(marginal === undefined
      ? []
      : [html`<span class="mark marginal">marginal from ${formatNumber(marginal)}</span>`]),
    ...(pass === undefined ? [] : [html`<span class="mark pass">pass from ${formatNumber(pass)}</span>`]),
  ];
  return words.length === 0 ? 'No thresholds were given: every score passes.' : words.join('');
}

/** The progress of a run without a verdict. */
function progress(report: RunReport, nowMillis: number | undefined): string {
  const { progress: steps, verdict, complete } = report;
  if (verdict !== undefined) return '';
  const items = steps.map(
    ({ name, status, done, total }) =>
      html`<li class="${status}"><span class="step">${name}</span><span class="done">${done} of ${total}</span><progress max="${total}" value="${done}" aria-label="${name}: ${done} of ${total}"></progress></li>`,
  );
  const live = complete
    ? ''
    : '<p class="live"><span class="following" hidden>This page follows the run.</span><noscript><a href="">Look again</a></noscript></p>';
  return html`<div data-live="progress"><ol class="progress">!${items.join('')}</ol>!${waitingNotices(report, nowMillis)}!${live}</div>`;
}

function passNeeds({ passNeeds: needs }: RunReport): string {
  return needs === undefined ? '' : html`<p class="what-if"><bdi>${passNeedsInWords(needs)}</bdi></p>`;
}

function groups(all: readonly GroupReport[]): string {
  if (all.length === 0) return '';
  const rows = all.map(
    ({ name, score: value, weight, passed, counted }) =>
      html`<tr><th scope="row"><bdi>${name}</bdi></th><td class="number"><data value="${value}">${counted === 0 ? '–' : formatNumber(value)}</data></td><td class="bar">!${counted === 0 ? '' : smallBar(value)}</td><td class="number">${counted === 0 ? 'none counts' : `${passed} of ${counted}`}</td><td class="number">${formatNumber(weight)} %</td></tr>`,
  );
  return html`<table class="groups"><caption class="unseen">Groups of metrics</caption><thead><tr><th scope="col">Group</th><th scope="col" class="number">Score</th><td></td><th scope="col" class="number">Passed</th><th scope="col" class="number">Weight</th></tr></thead><tbody>!${rows.join('')}</tbody></table>`;
}
