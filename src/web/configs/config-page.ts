import { html } from 'ghtml';
import type { BacktestLine } from '../../domain/backtest.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigPreview } from '../../domain/query-preview.ts';
import type { ConfigHistory } from '../../reports/config-history.ts';
import { count } from '../../reports/format.ts';
import { assetNamed, CHART_SCRIPT, PAGE_STYLES } from '../assets.ts';
import { configBacktests } from '../backtest/config-backtests.ts';
import { historySection } from '../history/history-table.ts';
import { renderPage } from '../layout.ts';
import { timeOf } from '../relative-time.ts';
import { groupWeights, metricCards } from './config-facts.ts';
import { renderPreview } from './preview.ts';
import { historyField, openWindowField, previewFields, thresholdFields } from './preview-form.ts';
import type { FieldErrors, PreviewValues } from './preview-values.ts';
import { type JudgeChoice, settingFacts } from './setting-fields.ts';

export interface ConfigPage {
  readonly id: string;
  readonly config: CanaryConfig;
  readonly values: PreviewValues;
  readonly errors: FieldErrors;
  readonly preview?: ConfigPreview | undefined;
  /** names of the metrics accounts */
  readonly accounts: readonly string[];
  /** the config's judge, or the default; absent: it does not exist here */
  readonly judge: JudgeChoice | undefined;
  /** the last of the config */
  readonly backtests: readonly BacktestLine[];
  readonly nowMillis: number;
  /** its last runs; absent: not looked for */
  readonly history?: ConfigHistory | undefined;
}

/** `/configs/{id}`: the config, and the forms to try and to run it. */
export function renderConfigPage(page: ConfigPage): string {
  const { id, config } = page;
  const { name = 'unnamed', description = '', metrics = [] } = config;
  const address = `/configs/${encodeURIComponent(id)}`;
  return renderPage({
    title: name,
    section: 'configs',
    styles: PAGE_STYLES,
    scripts: [CHART_SCRIPT, assetNamed('preview.js')],
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span></p>
<div class="page-head"><h1><bdi>${name}</bdi></h1><nav class="row-links" aria-label="This config"><a class="button" href="${address}/edit">Edit</a><a class="button" href="/configs/new?from=${encodeURIComponent(id)}">Duplicate</a><a href="/?config=${encodeURIComponent(id)}">Runs</a><a href="${address}/history">History</a><a href="${address}/versions">Versions</a><a href="/canaryConfig/${encodeURIComponent(id)}">JSON</a><a href="${address}/file.yaml">YAML</a><a href="${address}/delete">Delete</a></nav></div>
!${description === '' ? '' : html`<p class="lead"><bdi>${description}</bdi></p>`}
!${facts(page)}
<div class="two-columns"><section aria-labelledby="groups"><h2 id="groups">Groups</h2>!${groupWeights(config)}</section>
<section class="try-box" aria-labelledby="try-title"><h2 id="try-title">Try it, or judge a window</h2>!${form(page)}</section></div>
!${renderPreview(page.preview, { form: 'try' })}
!${page.history === undefined ? '' : historySection(page.history, `${address}/history`)}
<section aria-labelledby="metrics"><h2 id="metrics">${count(metrics.length, 'metric')}</h2>!${metricCards(config, page.judge?.metricSettings ?? [])}</section>
!${configBacktests(page)}`,
  });
}

function facts({ id, config, judge: known, nowMillis }: ConfigPage): string {
  const { applications = [], judge, updatedTimestamp } = config;
  const judgeName = judge?.name
    ? html`${judge.name}`
    : html`${known?.name ?? ''} <span class="faint">(the default)</span>`;
  const told = settingFacts(known?.settings ?? [], judge?.judgeConfigurations)
    .map(({ label, text = 'yes' }) => html`<dd class="faint">${label.toLowerCase()}: <bdi>${text}</bdi></dd>`)
    .join('');
  return html`<dl class="page-facts"><div><dt>Applications</dt><dd><bdi>${applications.join(', ')}</bdi></dd></div><div><dt>Judge</dt><dd>!${judgeName}</dd>!${told}</div>!${updatedTimestamp === undefined ? '' : html`<div><dt>Changed</dt><dd>!${timeOf(updatedTimestamp, nowMillis)}</dd></div>`}<div><dt>Id</dt><dd><code>${id}</code></dd></div></dl>`;
}

/** Without scripts the URL holds the form's values; a POST of the same fields starts a run. */
function form({ id, values, errors, accounts }: ConfigPage): string {
  const address = `/configs/${encodeURIComponent(id)}`;
  return html`<form id="try" method="get" action="${address}" data-try novalidate><div id="try-fields">!${previewFields(values, errors, accounts)}</div>
<p class="actions"><button class="quiet" name="try" value="queries" data-try>Show the queries</button></p>
<fieldset><legend>Scores</legend>!${thresholdFields(values, errors)}</fieldset>
<div class="fields">!${historyField(values)}!${openWindowField(values)}</div>
<p class="actions"><button formmethod="post" formaction="${address}/runs">Judge this window</button><span class="faint">starts a run and shows its report</span></p></form>`;
}
