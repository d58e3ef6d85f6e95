import { html } from 'ghtml';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import type { ConfigPreview } from '../../domain/query-preview.ts';
import { visibleJson } from '../../reports/visible-text.ts';
import { assetNamed, CHART_SCRIPT, PAGE_STYLES } from '../assets.ts';
import { tryOnThePast } from '../backtest/config-backtests.ts';
import { renderPage } from '../layout.ts';
import { LIBRARY_ADDRESS } from '../query-editor/library-files.ts';
import { renderPreview } from './preview.ts';
import { previewFields } from './preview-form.ts';
import type { FieldErrors, PreviewValues } from './preview-values.ts';
import type { QueryField } from './query-fields.ts';
import type { JudgeChoice } from './setting-fields.ts';

export interface EditPage {
  /** of the stored config; absent: a new one */
  readonly id?: string | undefined;
  /** of the heading */
  readonly name: string;
  /** JSON, or the text submitted instead */
  readonly text: string;
  readonly problems: readonly ConfigProblem[];
  readonly values: PreviewValues;
  readonly errors: FieldErrors;
  readonly preview?: ConfigPreview | undefined;
  readonly choices: EditChoices;
  /** of the styles that the query fields add */
  readonly styleNonce: string;
}

/** The editor's choices. */
export interface EditChoices {
  readonly providers: readonly { readonly type: string; readonly fields: readonly QueryField[] }[];
  /** the first is the default */
  readonly judges: readonly JudgeChoice[];
  /** of the judges' settings, in their order */
  readonly sections: readonly { readonly id: string; readonly title: string; readonly about: string }[];
  /** the metrics accounts; the first is the default */
  readonly accounts: readonly { readonly name: string; readonly type: string }[];
}

/** `/configs/{id}/edit` and `/configs/new`: the JSON of a config in a form, which a script turns into fields. */
export function renderEditPage(page: EditPage): string {
  const { id, name, text, problems, values, errors, choices } = page;
  const title = id === undefined ? 'New config' : `Edit ${name}`;
  const address = id === undefined ? '/configs/new' : `/configs/${encodeURIComponent(id)}/edit`;
  const lines = Math.min(40, Math.max(12, text.split('\n').length + 1));
  return renderPage({
    title,
    section: 'configs',
    styles: PAGE_STYLES,
    scripts: [CHART_SCRIPT, assetNamed('preview.js'), assetNamed('configs.js'), assetNamed('config-yaml.js')],
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span>!${id === undefined ? '' : html` <a href="/configs/${encodeURIComponent(id)}"><bdi>${name}</bdi></a> <span aria-hidden="true">/</span>`}</p>
<h1><bdi>${title}</bdi></h1>
<form id="editor" method="post" action="${address}" data-id="${id ?? ''}" data-library="${LIBRARY_ADDRESS}" data-style-nonce="${page.styleNonce}"!${problems.length === 0 ? '' : ' data-begun'} data-try novalidate>
<div id="problems" role="status">!${problemList(problems)}</div>
<div class="tabs" role="tablist" aria-label="How to edit" hidden><button type="button" role="tab" id="tab-form" aria-controls="panel-form" aria-selected="true">Form</button><button type="button" role="tab" id="tab-json" aria-controls="panel-json" aria-selected="false" tabindex="-1">JSON</button></div>
<div id="panel-form" role="tabpanel" aria-labelledby="tab-form" hidden></div>
<div id="panel-json"><div class="field"><label for="json">The config as JSON, or as YAML</label><p class="hint"><a href="/help/reference/canary-config.html">Every key</a>, <a href="/help/reference/queries.html">of queries</a> and <a href="/help/reference/judges.html">of judges</a></p><textarea id="json" name="json" rows="${lines}" spellcheck="false" autocomplete="off" aria-describedby="problems">
${visibleJson(text)}</textarea></div></div>
<div class="save-bar"><button name="save" value="true">Save</button><button class="quiet" formaction="${address}?check=true">Check</button>!${tryOnThePast(id)}<a href="${id === undefined ? '/configs' : `/configs/${encodeURIComponent(id)}`}">Leave</a><span id="state" class="faint" role="status"></span></div>
<section class="try-box" aria-labelledby="try-title"><h2 id="try-title">Try it before saving</h2><div id="try-fields">!${previewFields(
      values,
      errors,
      choices.accounts.map((account) => account.name),
    )}</div>
<p class="actions"><button class="quiet" name="try" value="queries" formaction="${address}?try=queries" data-try>Show the queries</button></p></section>
</form>
!${renderPreview(page.preview, { form: 'editor', action: `${address}?try=series` })}
<script type="application/json" id="choices">!${JSON.stringify(choices).replaceAll('<', '\\u003c')}</script>`,
  });
}

const MEANINGS = {
  saving: 'to fix before saving',
  running: 'to fix before running',
  nothing: 'advice',
} as const;

/** The problems, for those without the form. */
export function problemList(problems: readonly ConfigProblem[]): string {
  if (problems.length === 0) return '';
  const items = problems.map(
    ({ path, message, prevents }) =>
      html`<li class="${prevents}"><code>${path === '' ? 'config' : path}</code> <bdi>${message}</bdi> <span class="faint">(${MEANINGS[prevents]})</span></li>`,
  );
  return html`<ul class="problems">!${items.join('')}</ul>`;
}
