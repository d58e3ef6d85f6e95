import { html } from 'ghtml';
import type { TemplatePackSummary } from '../../domain/template-pack.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { field } from '../field.ts';
import { renderPage } from '../layout.ts';

export interface NewConfigPage {
  readonly packs: readonly TemplatePackSummary[];
  /** what a pack must provide; empty: any */
  readonly search: string;
}

/** `/configs/new`: the choice of a starting point. */
export function renderNewConfigPage({ packs, search }: NewConfigPage): string {
  return renderPage({
    title: 'New config',
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span></p>
<h1>New config</h1>
<p class="lead">Begin with the ready-made metrics of a product, <a href="/discover">with what a metrics account has</a>, or <a href="/configs/new?blank=true">with nothing</a>. To copy a config, open it and press Duplicate.</p>
<form class="filters" method="get" action="/configs/new" role="search"><label>Find a pack<input type="search" name="search" value="${search}" placeholder="product, metric or metrics store" maxlength="100"></label><span class="actions"><button>Find</button>!${search === '' ? '' : '<a href="/configs/new">Clear</a>'}</span></form>
!${packs.length === 0 ? html`<p class="empty">No pack matches “${search}”.</p>` : html`<ul class="packs">!${packs.map(packCard).join('\n')}</ul>`}`,
  });
}

const SHOWN_METRICS = 6;

function packCard({ id, name, about, provider, metrics }: TemplatePackSummary): string {
  const names = metrics.slice(0, SHOWN_METRICS).map((metric) => metric.name);
  const others = metrics.length - names.length;
  return html`<li><h2><a href="/configs/new?pack=${encodeURIComponent(id)}">${name}</a></h2><p>${about}</p><p class="faint">${provider} · ${count(metrics.length, 'metric')}: ${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}</p></li>`;
}

/** `/configs/new?pack=…`: the variables of a pack, and the choice of its metrics. */
export function renderPackPage(pack: TemplatePackSummary): string {
  const { id, name, about, provider, variables, metrics } = pack;
  const fields = variables.map((variable) =>
    field({
      id: `variable-${variable.name}`,
      name: `variable.${variable.name}`,
      label: variable.name,
      value: '',
      hint: variable.about,
      placeholder: variable.default ?? `\${${variable.name}} of the scope`,
    }),
  );
  const boxes = metrics.map(
    (metric) =>
      html`<li><label><input type="checkbox" name="metric" value="${metric.name}" checked> ${metric.name}</label> <span class="faint">${metric.group} · ${metric.direction === 'either' ? 'any change' : metric.direction} is bad · ${metric.unit}</span></li>`,
  );
  return renderPage({
    title: name,
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span> <a href="/configs/new">New</a> <span aria-hidden="true">/</span></p>
<h1>${name}</h1><p class="lead">${about}</p>
<form method="get" action="/configs/new" class="pack-form"><input type="hidden" name="pack" value="${id}"><input type="hidden" name="edit" value="true">
<fieldset><legend>Variables</legend><p class="faint">What is left empty is filled in by the scope of each run, or has the default shown.</p><div class="fields">!${fields.join('')}</div></fieldset>
<fieldset><legend>${count(metrics.length, 'metric')} by ${provider}</legend><ul class="pack-metrics">!${boxes.join('')}</ul></fieldset>
<p class="actions"><button>Go on to the editor</button></p></form>`,
  });
}
