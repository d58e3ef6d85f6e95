import { html } from 'ghtml';
import type { IntervalReport } from '../../reports/analysis-report.ts';
import { formatNumber } from '../../reports/format.ts';
import { type IconName, icon } from '../icons.ts';

/** Older intervals are in the table. */
const MOST_INTERVALS = 48;

type Outcome = IntervalReport['metrics'][number];

const SIGNS: Readonly<Record<Outcome['classification'], { sign: IconName; tone: string; text: string }>> = {
  Pass: { sign: 'check', tone: 'pass', text: 'pass' },
  High: { sign: 'up', tone: 'fail', text: 'high' },
  Low: { sign: 'down', tone: 'fail', text: 'low' },
  Nodata: { sign: 'empty', tone: 'nodata', text: 'no data' },
  NodataFailMetric: { sign: 'empty', tone: 'fail', text: 'no data' },
  Error: { sign: 'exclamation', tone: 'marginal', text: 'error' },
};

/** The metrics that did not pass, by interval: shows whether it was once or from then on. */
export function metricMatrix(intervals: readonly IntervalReport[]): string {
  const judged = intervals.filter(({ metrics }) => metrics.length > 0).slice(-MOST_INTERVALS);
  const unsettled = unsettledOf(judged);
  if (unsettled.length === 0 || judged.length < 2) return '';
  const heads = judged
    .map(
      ({ number, step }) => html`<th scope="col">${step === undefined ? number : `${formatNumber(step.share)} %`}</th>`,
    )
    .join('');
  const byName = judged.map(({ metrics }) => new Map(metrics.toReversed().map((metric) => [metric.name, metric])));
  const rows = unsettled.map((name) => {
    const cells = byName.map((metrics) => cell(metrics.get(name)));
    return html`<tr><th scope="row"><bdi>${name}</bdi></th>!${cells.join('')}</tr>`;
  });
  return html`<section class="matrix" aria-labelledby="matrix"><h2 id="matrix">Metrics that did not always pass</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="matrix"><table><thead><tr><th scope="col">${judged[0]?.step === undefined ? 'Interval' : 'Traffic'}</th>!${heads}</tr></thead><tbody>!${rows.join('')}</tbody></table></div></section>`;
}

/** Names of metrics that did not always pass; most failures first. */
function unsettledOf(intervals: readonly IntervalReport[]): string[] {
  const outcomes = Map.groupBy(
    intervals.flatMap(({ metrics }) => metrics),
    ({ name }) => name,
  );
  const failures = (all: readonly Outcome[]) =>
    all.filter(({ muted, classification }) => !muted && SIGNS[classification].tone === 'fail').length;
  return [...outcomes]
    .filter(([, all]) => all.some(({ classification }) => classification !== 'Pass'))
    .toSorted(([, one], [, other]) => failures(other) - failures(one))
    .map(([name]) => name);
}

function cell(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '<td></td>';
  const { sign, tone, text } = SIGNS[outcome.classification];
  return html`<td class="${outcome.muted ? 'nodata' : tone}" title="${text}">!${icon(sign)}<span class="unseen">${text}</span></td>`;
}
