import { html } from 'ghtml';
import type { CanaryConfigSummary } from '../../domain/canary-config.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { timeOf } from '../relative-time.ts';

export interface ConfigListPage {
  readonly configs: readonly CanaryConfigSummary[];
  /** the list's filter; empty: none */
  readonly application: string;
  readonly nowMillis: number;
}

/** `/configs` */
export function renderConfigListPage({ configs, application, nowMillis }: ConfigListPage): string {
  const narrowed = application === '' ? '' : html` of ${application}`;
  return renderPage({
    title: 'Configs',
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<div class="page-head"><h1>Configs</h1><nav class="row-links" aria-label="Configs"><a href="/backtests.html">Backtests</a><a href="/judges/diff">Try another judge</a><a class="button" href="/configs/new">New config</a></nav></div>
<form class="filters" method="get" action="/configs" aria-label="Filter the list"><label>Application<input name="application" value="${application}" maxlength="300" autocomplete="off"></label><span class="actions"><button>Filter</button>!${application === '' ? '' : '<a href="/configs">Clear</a>'}</span></form>
!${configs.length === 0 ? empty(application) : html`<p class="faint">${count(configs.length, 'config')}${narrowed}, by name</p>!${table(configs, nowMillis)}`}`,
  });
}

function empty(application: string): string {
  if (application !== '') return html`<p class="empty">No config of ${application}.</p>`;
  return '<p class="empty">A config says what to measure and how to weigh it. There is none yet: <a href="/configs/new">create one</a>, from a template pack or from nothing.</p>';
}

function table(configs: readonly CanaryConfigSummary[], nowMillis: number): string {
  const byName = configs.toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
  const rows = byName.map(({ id, name, applications, unreadable, updatedTimestamp }) => {
    const address = `/configs/${encodeURIComponent(id)}`;
    return html`<tr><td class="name"><a href="${address}"><bdi>${name === '' ? 'unnamed' : name}</bdi></a></td><td><bdi>${applications.join(', ')}</bdi>!${unreadable === undefined ? '' : html` <span class="why">cannot be read: ${unreadable}</span>`}</td><td class="when">!${timeOf(updatedTimestamp, nowMillis)}</td><td class="row-links"><a href="${address}/edit" aria-label="Edit ${name}">Edit</a> <a href="/?config=${encodeURIComponent(id)}" aria-label="Runs of ${name}">Runs</a></td></tr>`;
  });
  return html`<table class="cards configs"><thead><tr><th scope="col">Name</th><th scope="col">Applications</th><th scope="col">Changed</th><th scope="col"><span class="unseen">Links</span></th></tr></thead><tbody>
!${rows.join('\n')}
</tbody></table>`;
}
