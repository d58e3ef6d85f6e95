import { html } from 'ghtml';
import { formatNumber } from '../../reports/format.ts';
import { type Report, subjectOf } from '../../reports/report.ts';
import { type Tone, verdictOf } from '../../reports/verdict.ts';
import { icon } from '../icons.ts';
import { verdictIcon } from '../verdict-badge.ts';

/** The verdict with its score, what was judged, and one line of when. @param when HTML */
export function reportHeading(report: Report, when: string): { readonly heading: string; readonly tone: Tone } {
  const { verdict, status, coverage } = report;
  const { tone, text } = verdictOf(verdict, status, coverage?.overNothing);
  const { config, sides, application } = subjectOf(report);
  const sign = icon(verdictIcon(verdict, status, coverage?.overNothing));
  const subject = [
    html`<bdi>${application}</bdi>`,
    ...(sides === '' ? [] : [html`<bdi class="line">${sides}</bdi>`]),
    ...(when === '' ? [] : [when]),
  ].join('<span aria-hidden="true"> · </span>');
  const heading = html`<h1 id="verdict" data-live="verdict"><span class="sign">!${sign}</span><span class="word">${text}</span> <span class="config"><span class="unseen">of </span><bdi>${config === '' ? 'a config without a name' : config}</bdi></span></h1>!${score(report)}
<p class="when">!${subject}</p>`;
  return { heading, tone };
}

function score({ score: value, kind, complete }: Report): string {
  if (value === undefined) return '';
  const of = kind === 'run' ? 'of 100' : complete ? 'the final score' : 'the last score';
  return html`<p class="score"><data value="${value}">${formatNumber(value)}</data><span class="of"> ${of}</span></p>`;
}
