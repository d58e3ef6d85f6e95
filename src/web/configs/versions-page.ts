import { html } from 'ghtml';
import type { ConfigChange } from '../../domain/config-changes.ts';
import type { ConfigVersion } from '../../domain/config-version.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { timeOf } from '../relative-time.ts';

export interface VersionsPage {
  readonly id: string;
  readonly name: string;
  /** newest first, at least one */
  readonly versions: readonly ConfigVersion[];
  /** the version that is looked at, and what it is compared with; 0: nothing, it is the first */
  readonly version: number;
  readonly from: number;
  readonly changes: readonly ConfigChange[];
  readonly nowMillis: number;
}

/** `/configs/{id}/versions`: what a config was, what changed, and back to it. */
export function renderVersionsPage(page: VersionsPage): string {
  const { id, name, versions, version, from, changes } = page;
  const address = `/configs/${encodeURIComponent(id)}`;
  const title = from === 0 ? `Version ${version} is the first` : `From version ${from} to ${version}`;
  return renderPage({
    title: `Versions of ${name}`,
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span> <a href="${address}"><bdi>${name}</bdi></a> <span aria-hidden="true">/</span></p>
<h1>Versions of <bdi>${name}</bdi></h1>
<div class="two-columns"><section aria-labelledby="kept"><h2 id="kept">${count(versions.length, 'version')}</h2>!${list(page, address)}</section>
<section aria-labelledby="changes"><h2 id="changes">${title}</h2>!${compareForm(page, address)}!${restoreForm(page, address)}!${changeTable(changes, from)}</section></div>`,
  });
}

function list({ versions, version: shown, nowMillis }: VersionsPage, address: string): string {
  const newest = versions[0]?.version;
  const rows = versions.map(({ version, updatedTimestamp }) => {
    const current = version === shown ? ' aria-current="true"' : '';
    const link = html`<a href="${address}/versions?version=${version}"!${current}>Version ${version}</a>`;
    return html`<li>!${link} <span class="faint">!${timeOf(updatedTimestamp, nowMillis)}${version === newest ? ', the present one' : ''}</span></li>`;
  });
  return html`<ol class="versions" reversed start="${newest ?? 1}">!${rows.join('')}</ol>`;
}

/** With another version than the one before. */
function compareForm({ versions, version, from }: VersionsPage, address: string): string {
  if (versions.length < 2) return '';
  const options = versions
    .filter((one) => one.version !== version)
    .map(
      (one) =>
        html`<option value="${one.version}"!${one.version === from ? ' selected' : ''}>version ${one.version}</option>`,
    );
  return html`<form class="filters" method="get" action="${address}/versions"><input type="hidden" name="version" value="${version}"><label>Compare with<select name="from">!${options.join('')}</select></label><span class="actions"><button class="quiet">Compare</button></span></form>`;
}

function changeTable(changes: readonly ConfigChange[], from: number): string {
  if (from === 0) return '';
  if (changes.length === 0) return '<p class="empty">Nothing differs.</p>';
  const rows = changes.map(
    ({ path, before, after }) =>
      html`<tr><th scope="row"><code>${path}</code></th><td>!${valueText(before)}</td><td>!${valueText(after)}</td></tr>`,
  );
  return html`<table class="changes-of-config"><thead><tr><th scope="col">Field</th><th scope="col">Before</th><th scope="col">After</th></tr></thead><tbody>!${rows.join('')}</tbody></table>`;
}

function valueText(value: unknown): string {
  if (value === undefined) return '<span class="faint">not set</span>';
  return html`<pre>${typeof value === 'string' ? value : JSON.stringify(value, undefined, 1)}</pre>`;
}

function restoreForm({ versions, version }: VersionsPage, address: string): string {
  if (version === versions[0]?.version) return '';
  return html`<form class="actions" method="post" action="${address}/versions/${version}/restore"><button>Restore version ${version}</button><span class="faint">stores it as the newest version; nothing is lost</span></form>`;
}
