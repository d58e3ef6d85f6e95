import { html } from 'ghtml';
import type { BacktestLine } from '../../domain/backtest.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { timeOf } from '../relative-time.ts';
import { shareText } from './share-text.ts';

export interface BacktestListPage {
  readonly backtests: readonly BacktestLine[];
  /** the list's filters; empty: none */
  readonly application: string;
  readonly canaryConfigId: string;
  /** the name of that config, if it is known */
  readonly configName?: string | undefined;
  /** there may be more */
  readonly isCut: boolean;
  readonly nowMillis: number;
}

/** `/backtests.html` */
export function renderBacktestListPage(page: BacktestListPage): string {
  const { backtests, application, canaryConfigId, configName = canaryConfigId, isCut, nowMillis } = page;
  const config = `/configs/${encodeURIComponent(canaryConfigId)}`;
  const title = canaryConfigId === '' ? 'Backtests' : `Backtests of ${configName}`;
  const hidden = canaryConfigId === '' ? '' : html`<input type="hidden" name="config" value="${canaryConfigId}">`;
  const clear = application === '' ? '' : html`<a href="/backtests.html">Clear</a>`;
  const listed = isCut ? `The last ${backtests.length}` : count(backtests.length, 'backtest');
  return renderPage({
    title,
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span>!${canaryConfigId === '' ? '' : html` <a href="${config}"><bdi>${configName}</bdi></a> <span aria-hidden="true">/</span>`}</p>
<div class="page-head"><h1><bdi>${title}</bdi></h1>!${canaryConfigId === '' ? '' : html`<a class="button" href="${config}/backtest">Try it on the past</a>`}</div>
<form class="filters" method="get" action="/backtests.html" aria-label="Filter the list">!${hidden}<label>Application<input name="application" value="${application}" maxlength="300" autocomplete="off"></label><span class="actions"><button>Filter</button>!${clear}</span></form>
!${backtests.length === 0 ? empty(page) : html`<p class="faint">${listed}, newest first</p>!${backtestTable(backtests, nowMillis)}`}`,
  });
}

function empty({ application, canaryConfigId }: BacktestListPage): string {
  if (application !== '') return html`<p class="empty">No backtest of ${application}.</p>`;
  const where = canaryConfigId === '' ? ': open a <a href="/configs">config</a>, and try it on the past' : '';
  return html`<p class="empty">A backtest tells, before a config guards a release, how often it alarms without a reason and what it can find. There is none yet!${where}.</p>`;
}

/** Backtests, a row each. */
export function backtestTable(backtests: readonly BacktestLine[], nowMillis: number): string {
  const rows = backtests.map((backtest) => {
    const { id, config = 'unnamed config', application, buildTimeIso } = backtest;
    return html`<tr><td class="name"><a href="/backtests/${encodeURIComponent(id)}.html"><bdi>${config}</bdi></a></td><td data-label="Application"><bdi>${application}</bdi></td><td data-label="State">${stateOf(backtest)}</td><td data-label="False alarms">${shareText(backtest.falseAlarms)}</td><td class="when" data-label="Started">!${timeOf(Date.parse(buildTimeIso), nowMillis)}</td></tr>`;
  });
  return html`<table class="cards backtest-table"><thead><tr><th scope="col">Config</th><th scope="col">Application</th><th scope="col">State</th><th scope="col">False alarms</th><th scope="col">Started</th></tr></thead><tbody>
!${rows.join('\n')}
</tbody></table>`;
}

/** How far a backtest is, in words. */
export function stateOf({ status, complete, windows }: Pick<BacktestLine, 'status' | 'complete' | 'windows'>): string {
  const { done, planned } = windows;
  if (!complete) return `${status.replace('_', ' ')}: ${done} of ${planned} windows`;
  if (status === 'succeeded') return count(planned, 'window');
  return `${status === 'canceled' ? 'canceled' : 'failed'} after ${done} of ${planned} windows`;
}
