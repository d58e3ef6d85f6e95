import { html } from 'ghtml';
import { formatNumber } from '../../reports/format.ts';
import type { GroupReport, ScoreWithout } from '../../reports/group-report.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { verdictOf } from '../../reports/verdict.ts';
import { waitingInWords } from '../../reports/waiting-report.ts';
import { scoreBar, smallBar } from '../charts/score-bar.ts';
import { icon } from '../icons.ts';
import { verdictIcon } from '../verdict-badge.ts';
import { factList } from './fact-list.ts';
import { warningList } from './warning-list.ts';

const MOST_SCORES_WITHOUT = 3;

/** The top of a report: verdict, score, what decided, groups, and the facts of the run. */
export function runHead(report: RunReport): string {
  const overNothing = report.coverage?.overNothing;
  const { tone, text } = verdictOf(report.verdict, report.status, overNothing);
  return html`<section class="head ${tone}" aria-labelledby="verdict">
<div class="decision">
<h1 id="verdict" data-live="verdict"><span class="sign">!${icon(verdictIcon(report.verdict, report.status, overNothing))}</span>${text}<span class="unseen"> of the canary of ${report.application}</span></h1>
!${score(report)}
<p class="headline" data-live="headline"><bdi>${report.headline}</bdi></p>
!${failure(report)}!${warningList(report.warnings)}!${progress(report)}!${whatIf(report)}
</div>
!${groups(report.groups)}
</section>
!${factList(report)}`;
}

function score({ score: value, thresholds }: RunReport): string {
  if (value === undefined) return '';
  return html`<p class="score"><data value="${value}">${formatNumber(value)}</data><span class="of"> of 100</span></p>
<div class="bar">!${scoreBar({ score: value, ...thresholds })}<p class="marks">!${marks(thresholds)}</p></div>`;
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

function whatIf({ scoresWithout }: RunReport): string {
  if (scoresWithout.length === 0) return '';
  const items = scoresWithout.slice(0, MOST_SCORES_WITHOUT).map(scoreWithout);
  return html`<ul class="what-if">!${items.join('')}</ul>`;
}

function scoreWithout({ metric, score: value, verdict }: ScoreWithout): string {
  return html`<li>Had “<bdi>${metric}</bdi>” passed, the score would be <strong>${formatNumber(value)}</strong>: ${verdict}.</li>`;
}

function groups(all: readonly GroupReport[]): string {
  if (all.length === 0) return '';
  const rows = all.map(
    ({ name, score: value, weight, passed, counted }) =>
      html`<tr><th scope="row"><bdi>${name}</bdi></th><td class="number"><data value="${value}">${counted === 0 ? '–' : formatNumber(value)}</data></td><td class="bar">!${counted === 0 ? '' : smallBar(value)}</td><td class="number">${counted === 0 ? 'none counts' : `${passed} of ${counted}`}</td><td class="number">${formatNumber(weight)} %</td></tr>`,
  );
  return html`<table class="groups"><caption class="unseen">Groups of metrics</caption><thead><tr><th scope="col">Group</th><th scope="col" class="number">Score</th><td></td><th scope="col" class="number">Passed</th><th scope="col" class="number">Weight</th></tr></thead><tbody>!${rows.join('')}</tbody></table>`;
}
