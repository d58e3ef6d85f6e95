import { html } from 'ghtml';
import type { BacktestAnswer } from '../../domain/backtest.ts';
import { BACKTEST_ARMS } from '../../domain/backtest.ts';
import { type BacktestMetric, type BinomialShare, KNOWN_CHANGES } from '../../domain/backtest-report.ts';
import { count, formatNumber, formatPercent } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { foundShares } from '../charts/found-shares.ts';
import { renderPage } from '../layout.ts';

/** A backtest: how often the config alarmed without a reason, what it found, and what to do about each metric. */
export function renderBacktestPage(backtest: BacktestAnswer): string {
  const { report, config = 'unnamed config' } = backtest;
  return renderPage({
    title: `Backtest of ${config}`,
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<h1>Backtest of <bdi>${config}</bdi></h1>
!${lead(backtest)}
!${judgesTable(report.judges)}
<h2 id="metrics">Metrics</h2>
!${report.metrics.map(metricSection).join('\n')}
!${alarmsSection(report.judges[0])}
<h2 id="notes">What it does not say</h2>
<ul>!${report.notes.map((note) => html`<li>${note}</li>`).join('')}</ul>`,
  });
}

function lead({ report, status, complete, windows, exception, options }: BacktestAnswer): string {
  const [own] = report.judges;
  const going = complete ? '' : html` <a href="">Look again</a>`;
  const state = complete
    ? ''
    : html`<p class="notice" role="status">${status.replace('_', ' ')}: ${windows.done} of ${windows.planned} windows.!${going}</p>`;
  const failed =
    exception === undefined
      ? ''
      : html`<p class="notice" role="alert">It could not go on: ${exception.details.errors[0] ?? ''}</p>`;
  const told =
    own?.falseAlarms.share === undefined
      ? 'No window had data: nothing is known of this config.'
      : `${own.judge} fails ${own.falseAlarms.count} of ${own.falseAlarms.of} windows in which nothing had changed: ${shareText(own.falseAlarms)}.`;
  const data = `${report.judged} of ${count(report.windows, 'window')} of ${formatNumber(report.windowMinutes)} minutes had data. Compared: ${BACKTEST_ARMS[options.arms]}.`;
  return html`!${state}!${failed}<p class="lead">${told}</p><p>${data}</p>`;
}

function judgesTable(judges: BacktestAnswer['report']['judges']): string {
  const rows = judges.map(({ judge, falseAlarms, marginal, anyMetric, failed, failure }) => {
    const unable = failed === 0 ? '' : html`<p class="why">could not judge ${failed}: ${failure ?? ''}</p>`;
    return html`<tr><th scope="row">${judge}!${unable}</th><td data-label="False alarms">${shareText(falseAlarms)}</td><td data-label="Marginal">${shareText(marginal)}</td><td data-label="Any metric">${shareText(anyMetric)}</td></tr>`;
  });
  return html`<table class="backtest-table"><caption>Windows in which nothing had changed, with 95 % intervals</caption><thead><tr><th scope="col">Judge</th><th scope="col">False alarms</th><th scope="col">Marginal</th><th scope="col">Any metric</th></tr></thead><tbody>!${rows.join('')}</tbody></table>`;
}

function metricSection(metric: BacktestMetric): string {
  const { name, advice, judged, withoutData, autocorrelation, points, effectivePoints, smallestChange } = metric;
  const facts: [string, string][] = [
    ['False alarms', shareText(metric.judges[0]?.falseAlarms ?? { count: 0, of: 0 })],
    ['Without data', `${withoutData} of ${judged + withoutData} windows`],
    ...(smallestChange === undefined ? [] : [factOf('Finds from', smallestChange.now)]),
    ...(metric.usualDifference === undefined ? [] : [factOf('Usual difference', metric.usualDifference)]),
    ...(autocorrelation === undefined ? [] : ([['Autocorrelation', autocorrelation.toFixed(2)]] as [string, string][])),
    ...(points === undefined
      ? []
      : ([['Points', `${points}, as good as ${Math.round(effectivePoints ?? points)} independent`]] as [
          string,
          string,
        ][])),
  ];
  return html`<section class="backtest-metric" aria-label="${name}"><h3><bdi>${name}</bdi> <span class="advice ${advice.action}">${advice.action}</span></h3>
<p>${advice.sentence}</p>
<dl class="backtest-facts">!${facts.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`).join('')}</dl>
!${foundShares(metric)}
!${foundTable(metric)}</section>`;
}

function factOf(term: string, change: number): [string, string] {
  return [term, formatPercent(change)];
}

function foundTable({ name, judges }: BacktestMetric): string {
  const rows = judges.flatMap(({ judge, changes }) =>
    changes.map(
      ({ change, found, minutes }) =>
        html`<tr><th scope="row">${KNOWN_CHANGES[change].meaning}</th><td data-label="Judge">${judge}</td><td data-label="Found">${shareText(found)}</td><td data-label="Nine of ten after">${minutes === undefined ? 'not in this window' : `${formatNumber(minutes)} min`}</td></tr>`,
    ),
  );
  if (rows.length === 0) return '';
  return html`<details><summary>What is found of known changes</summary><table class="backtest-table"><caption>Known changes of ${name}</caption><thead><tr><th scope="col">Change</th><th scope="col">Judge</th><th scope="col">Found</th><th scope="col">Nine of ten after</th></tr></thead><tbody>!${rows.join('')}</tbody></table></details>`;
}

function alarmsSection(own: BacktestAnswer['report']['judges'][number] | undefined): string {
  if (own === undefined || own.alarms.length === 0) return '';
  const lines = own.alarms.map(
    ({ start, metrics }) => html`<li><time>${start ?? 'unknown start'}</time>: <bdi>${metrics.join(', ')}</bdi></li>`,
  );
  return html`<h2 id="alarms">Windows with a false alarm</h2><p>Look at them: was there a deployment, or an incident?</p><ul>!${lines.join('')}</ul>`;
}

function shareText({ share, lower = 0, upper = 1, count: hits, of }: BinomialShare): string {
  if (share === undefined) return 'not tried';
  return `${formatPercent(share)} (${hits} of ${of}; ${formatPercent(lower)} to ${formatPercent(upper)})`;
}
