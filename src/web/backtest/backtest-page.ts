import { html } from 'ghtml';
import { BACKTEST_ARMS, type BacktestAnswer } from '../../domain/backtest.ts';
import { count, formatNumber } from '../../reports/format.ts';
import { assetNamed, PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { adviceTable, metricSections } from './backtest-metric.ts';
import { formAddress } from './form-address.ts';
import { shareText } from './share-text.ts';

/** A backtest: how often the config alarmed without a reason, what it found, and what to do about each metric. */
export function renderBacktestPage(backtest: BacktestAnswer): string {
  const { report, config = 'unnamed config', complete, windows } = backtest;
  const title = `Backtest of ${config}`;
  return renderPage({
    title,
    section: 'configs',
    styles: PAGE_STYLES,
    scripts: complete ? [] : [assetNamed('backtest.js')],
    main: html`!${crumbs(backtest)}
<div class="page-head"><h1>Backtest of <bdi>${config}</bdi></h1>!${actions(backtest)}</div>
<div data-live="state">!${lead(backtest)}</div>
<div data-live="report">!${windows.done === 0 ? '' : found(backtest)}
!${report.notes.length === 0 ? '' : html`<h2 id="notes">What it does not say</h2><ul>!${report.notes.map((note) => html`<li>${note}</li>`).join('')}</ul>`}</div>`,
  });
}

function crumbs({ canaryConfigId, config = 'unnamed config' }: BacktestAnswer): string {
  const query = new URLSearchParams(canaryConfigId === undefined ? {} : { config: canaryConfigId });
  const back =
    canaryConfigId === undefined
      ? ''
      : html` <a href="/configs/${encodeURIComponent(canaryConfigId)}"><bdi>${config}</bdi></a> <span aria-hidden="true">/</span>`;
  const list = query.size === 0 ? '/backtests.html' : `/backtests.html?${query}`;
  return html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span>!${back} <a href="${list}">Backtests</a> <span aria-hidden="true">/</span></p>`;
}

/** What can be done with it: each is a form, so that it needs no script. */
function actions(backtest: BacktestAnswer): string {
  const address = `/backtests/${encodeURIComponent(backtest.id)}`;
  const button = (what: string, text: string) =>
    html`<form method="post" action="${address}/${what}"><button class="quiet">${text}</button></form>`;
  const change = formAddress(backtest);
  const changed = change === undefined ? '' : html`<a class="button" href="${change}">Change and run again</a>`;
  const own = backtest.complete ? html`!${changed}!${button('again', 'Run again')}` : button('cancel', 'Cancel');
  return html`<nav class="row-links" aria-label="This backtest">!${own}<a href="${address}">JSON</a></nav>`;
}

function lead(backtest: BacktestAnswer): string {
  const { report, options, releases } = backtest;
  const data = `${report.judged} of ${count(report.windows, 'window')} of ${formatNumber(report.windowMinutes)} minutes had data.`;
  const arms = html`Compared: ${BACKTEST_ARMS[options.arms]}.!${releases === undefined ? '' : html` ${count(releases.length, 'release')}.`}`;
  return html`!${state(backtest)}<p class="lead">${told(backtest)}</p><p>${report.windows === 0 ? '' : data} !${arms}</p>!${sides(backtest)}`;
}

function state({ status, complete, windows, exception }: BacktestAnswer): string {
  const { done, planned } = windows;
  if (!complete) {
    const label = `${status.replace('_', ' ')}: ${done} of ${planned} windows`;
    return html`<p class="notice" role="status"><progress aria-label="Windows" max="${planned}" value="${done}"></progress> ${label} <a class="without-script" href="">Look again</a></p>`;
  }
  if (status === 'canceled') {
    return html`<p class="notice" role="status">Canceled after ${done} of ${planned} windows; what follows is of these.</p>`;
  }
  if (exception === undefined) return '';
  return html`<p class="notice" role="alert">It could not go on after ${done} of ${planned} windows: ${exception.details.errors[0] ?? 'no reason is known'}</p>`;
}

function told({ report, complete, windows }: BacktestAnswer): string {
  const [own] = report.judges;
  if (own?.falseAlarms.share !== undefined) {
    const { count: hits, of } = own.falseAlarms;
    return `${own.judge} fails ${hits} of ${of} windows in which nothing had changed: ${shareText(own.falseAlarms)}.`;
  }
  if (windows.done === 0)
    return complete ? 'No window was judged: nothing is known of this config.' : 'No window has been judged yet.';
  if (own !== undefined && own.failed > 0)
    return `${own.judge} could not judge a single window: nothing is known of this config.`;
  return 'No window had data: nothing is known of this config.';
}

/** Where and when the windows are from. */
function sides({ executionRequest: { scopes = {} } }: BacktestAnswer): string {
  const lines = Object.entries(scopes).map(([name, { controlScope = {}, experimentScope = {} }]) => {
    const side = ({ scope = 'no scope', location }: typeof controlScope) =>
      html`<bdi>${scope}</bdi>!${location === undefined ? '' : html` in <bdi>${location}</bdi>`}`;
    return html`<li>!${name === 'default' ? '' : html`<bdi>${name}</bdi>: `}!${side(controlScope)} and !${side(experimentScope)}, <time>${controlScope.start ?? ''}</time> to <time>${controlScope.end ?? ''}</time></li>`;
  });
  return lines.length === 0 ? '' : html`<ul class="backtest-sides">!${lines.join('')}</ul>`;
}

function found({ report }: BacktestAnswer): string {
  return html`!${judgesTable(report.judges)}
<h2 id="metrics">Metrics</h2>
!${adviceTable(report.metrics)}
!${metricSections(report)}
!${alarmsSection(report.judges[0])}`;
}

function judgesTable(judges: BacktestAnswer['report']['judges']): string {
  const rows = judges.map(({ judge, falseAlarms, marginal, anyMetric, failed, failure }) => {
    const unable = failed === 0 ? '' : html`<p class="why">could not judge ${failed}: ${failure ?? ''}</p>`;
    return html`<tr><th scope="row">${judge}!${unable}</th><td data-label="False alarms">${shareText(falseAlarms)}</td><td data-label="Marginal">${shareText(marginal)}</td><td data-label="Any metric">${shareText(anyMetric)}</td></tr>`;
  });
  return html`<table class="backtest-table"><caption>Windows in which nothing had changed, with 95 % intervals</caption><thead><tr><th scope="col">Judge</th><th scope="col">False alarms</th><th scope="col">Marginal</th><th scope="col">Any metric</th></tr></thead><tbody>!${rows.join('')}</tbody></table>`;
}

function alarmsSection(own: BacktestAnswer['report']['judges'][number] | undefined): string {
  if (own === undefined || own.alarms.length === 0) return '';
  const lines = own.alarms.map(({ start, run, metrics }) => {
    const of = run === undefined ? '' : html` (<a href="/reports/${encodeURIComponent(run)}">the run that passed</a>)`;
    return html`<li><time>${start ?? 'unknown start'}</time>!${of}: <bdi>${metrics.join(', ')}</bdi></li>`;
  });
  const { count: all } = own.falseAlarms;
  const cut = all > lines.length ? html`<p class="faint">The first ${lines.length} of ${all}.</p>` : '';
  return html`<h2 id="alarms">Windows with a false alarm</h2><p>Look at them: was there a deployment, or an incident?</p><ul>!${lines.join('')}</ul>!${cut}`;
}
