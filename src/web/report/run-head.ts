import { html } from 'ghtml';
import { formatNumber } from '../../reports/format.ts';
import type { GroupReport } from '../../reports/group-report.ts';
import { passNeedsInWords } from '../../reports/pass-needs-words.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { waitingInWords } from '../../reports/waiting-report.ts';
import { scoreBar, smallBar } from '../charts/score-bar.ts';
import { earlierRuns } from './earlier-runs.ts';
import type { ReportContext } from './report-context.ts';
import { reportHeading } from './report-heading.ts';
import { warningList } from './warning-list.ts';
import { windowLine } from './window-line.ts';

/** The top of a report: verdict, what was judged and when, what decided, groups. */
export function runHead(report: RunReport, context: ReportContext | undefined): string {
  const { heading, tone } = reportHeading(report, windowLine(report, context?.nowMillis));
  return html`<section class="head ${tone}" aria-labelledby="verdict">
<div class="decision">
!${heading}
<p class="headline" data-live="headline"><bdi>${report.headline}</bdi></p>
!${failure(report)}!${bar(report)}!${passNeeds(report)}!${warningList(report.warnings)}!${progress(report)}
</div>
<div class="aside">!${groups(report.groups)}!${context === undefined ? '' : earlierRuns(report, context)}</div>
</section>`;
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

function failure({ failure: reason }: RunReport): string {
  if (reason === undefined) return '';
  return html`<div class="notice"><p class="message"><bdi>${reason.message}</bdi></p><p class="faint">${reason.code} in ${reason.operation}</p></div>`;
}

/** The progress of a run without a verdict. */
function progress({ progress: steps, verdict, complete, waiting }: RunReport): string {
  if (verdict !== undefined) return '';
  const items = steps.map(
    ({ name, status, done, total }) =>
      html`<li class="${status}"><span class="step">${name}</span><span class="done">${done} of ${total}</span><progress max="${total}" value="${done}" aria-label="${name}: ${done} of ${total}"></progress></li>`,
  );
  const live = complete
    ? ''
    : '<p class="live"><span class="following" hidden>This page follows the run.</span><noscript><a href="">Look again</a></noscript></p>';
  return html`<div data-live="progress"><ol class="progress">!${items.join('')}</ol>!${waits(waiting)}!${live}</div>`;
}

/** What the queries of a run in progress wait for; a reader must not have to guess that the store is away. */
function waits(waiting: RunReport['waiting']): string {
  const items = waiting.map(
    (wait) => html`<div class="notice"><p class="message"><bdi>${waitingInWords(wait)}</bdi></p></div>`,
  );
  return items.join('');
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
