import { html } from 'ghtml';
import { type BacktestMetric, type BacktestReport, KNOWN_CHANGES } from '../../domain/backtest-report.ts';
import { formatNumber, formatPercent } from '../../reports/format.ts';
import { foundOverTime, foundShares } from '../charts/found-shares.ts';
import { shareText } from './share-text.ts';

/** More metrics than these have their details folded. */
const MOST_OPEN = 8;

/** What to do about each metric, in one table; none is needed for one metric. */
export function adviceTable(metrics: readonly BacktestMetric[]): string {
  if (metrics.length < 2) return '';
  const rows = metrics.map((metric, index) => {
    const { name, advice, judges, smallestChange } = metric;
    const [own] = judges;
    return html`<tr><th scope="row"><a href="#metric-${index}"><bdi>${name}</bdi></a></th><td data-label="Do">!${adviceMark(metric)}</td><td data-label="False alarms">${shareText(own?.falseAlarms ?? { count: 0, of: 0 })}</td><td data-label="Finds from">${smallestChange === undefined ? 'not known' : formatPercent(smallestChange.now)}</td><td data-label="Why">${advice.sentence}</td></tr>`;
  });
  return html`<table class="backtest-table"><caption>What to do about each metric; it decides nothing</caption><thead><tr><th scope="col">Metric</th><th scope="col">Do</th><th scope="col">False alarms</th><th scope="col">Finds from</th><th scope="col">Why</th></tr></thead><tbody>!${rows.join('')}</tbody></table>`;
}

/** The metrics one after the other, each with its drawings and tables. */
export function metricSections({ metrics, windowMinutes }: BacktestReport): string {
  const open = metrics.length <= MOST_OPEN ? ' open' : '';
  return metrics.map((metric, index) => metricSection(metric, { index, open, windowMinutes })).join('\n');
}

interface Section {
  readonly index: number;
  /** the attribute of an open one */
  readonly open: string;
  readonly windowMinutes: number;
}

function metricSection(metric: BacktestMetric, { index, open, windowMinutes }: Section): string {
  const { name, advice, judges } = metric;
  const [own] = judges;
  return html`<details class="backtest-metric"!${open}><summary><h3><bdi>${name}</bdi></h3> !${adviceMark(metric)}</summary>
<p id="metric-${index}">${advice.sentence}</p>
!${factList(metric, windowMinutes)}
<div class="backtest-charts">!${foundShares(metric)}!${own === undefined ? '' : foundOverTime(metric, own)}</div>
!${foundDetails(metric)}</details>`;
}

function adviceMark({ advice: { action } }: BacktestMetric): string {
  return html`<span class="advice ${action}">${action}</span>`;
}

function factList(metric: BacktestMetric, windowMinutes: number): string {
  const { judged, withoutData, missing, autocorrelation, points, effectivePoints, smallestChange } = metric;
  const independent = Math.round(effectivePoints ?? points ?? 0);
  const facts: [string, string | undefined][] = [
    ['False alarms', shareText(metric.judges[0]?.falseAlarms ?? { count: 0, of: 0 })],
    ['Without data', `${withoutData} of ${judged + withoutData} windows`],
    [
      'Points missing',
      `${formatPercent(missing.control)} of the baseline, ${formatPercent(missing.experiment)} of the canary`,
    ],
    ['Allowed change', formatPercent(metric.allowedChange)],
    ['Finds from', smallestChange && formatPercent(smallestChange.now)],
    ['Needs', needsText(metric, windowMinutes)],
    ['Usual difference', metric.usualDifference === undefined ? undefined : formatPercent(metric.usualDifference)],
    ['Autocorrelation', autocorrelation === undefined ? undefined : formatNumber(Number(autocorrelation.toFixed(2)))],
    ['Points', points === undefined ? undefined : `${formatNumber(points)}, as good as ${independent} independent`],
  ];
  const known = facts.filter((fact): fact is [string, string] => typeof fact[1] === 'string');
  return html`<dl class="backtest-facts">!${known.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`).join('')}</dl>`;
}

function needsText({ minutesToDecision }: BacktestMetric, windowMinutes: number): string | undefined {
  if (minutesToDecision === undefined) return undefined;
  if (minutesToDecision <= windowMinutes) return 'no longer than this window to find what is allowed';
  return `${formatNumber(Math.ceil(minutesToDecision))} min to find what is allowed`;
}

/** Every judge's figures, and the drawings over time of those beside the config's. */
function foundDetails(metric: BacktestMetric): string {
  const { name, judges } = metric;
  const rows = judges.flatMap(({ judge, changes }) =>
    changes.map(
      ({ change, found, minutes }) =>
        html`<tr><th scope="row">${KNOWN_CHANGES[change].meaning}</th><td data-label="Judge">${judge}</td><td data-label="Found">${shareText(found)}</td><td data-label="Nine of ten after">${minutes === undefined ? 'not in this window' : `${formatNumber(minutes)} min`}</td></tr>`,
    ),
  );
  if (rows.length === 0) return '';
  const others = judges.slice(1).map((judge) => foundOverTime(metric, judge));
  const falseAlarms = judges
    .slice(1)
    .map(({ judge, falseAlarms: share }) => html`<li>${judge}: ${shareText(share)}</li>`);
  const beside =
    falseAlarms.length === 0 ? '' : html`<p>False alarms of the judges beside it:</p><ul>!${falseAlarms.join('')}</ul>`;
  return html`<details class="more"><summary>Every judge, and every known change</summary>!${beside}<table class="backtest-table"><caption>Known changes of ${name}</caption><thead><tr><th scope="col">Change</th><th scope="col">Judge</th><th scope="col">Found</th><th scope="col">Nine of ten after</th></tr></thead><tbody>!${rows.join('')}</tbody></table><div class="backtest-charts">!${others.join('')}</div></details>`;
}
