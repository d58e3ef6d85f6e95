import { html } from 'ghtml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { count } from '../../reports/format.ts';
import { type Report, titleOf } from '../../reports/report.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { groupWeights, metricCards } from './config-facts.ts';
import { type JudgeChoice, settingFacts } from './setting-fields.ts';

export interface JudgedConfigPage {
  readonly report: Report;
  /** as it was stored with the run or analysis */
  readonly config: CanaryConfig;
  /** that of the config; absent: it does not exist here */
  readonly judge: JudgeChoice | undefined;
  /** whether the config is stored, and was changed since; absent: it is not stored, or no longer */
  readonly changed?: boolean | undefined;
}

/** The config that a run or analysis was judged with, whatever became of the stored one. */
export function renderJudgedConfigPage({ report, config, judge, changed }: JudgedConfigPage): string {
  const { name = '', metrics = [] } = config;
  const what = report.kind === 'run' ? 'run' : 'analysis';
  const settings = settingFacts(judge?.settings ?? [], config.judge?.judgeConfigurations)
    .map(({ label, text = 'yes' }) => html`<dd class="faint">${label.toLowerCase()}: <bdi>${text}</bdi></dd>`)
    .join('');
  return renderPage({
    title: `Config of a ${what}: ${titleOf(report)}`,
    section: 'runs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/reports/${encodeURIComponent(report.id)}">The report</a> <span aria-hidden="true">/</span></p>
<h1><bdi>${name === '' ? 'a config without a name' : name}</bdi></h1>
<p class="lead">As this ${what} was judged. !${stateOf(report, changed)}</p>
<dl class="page-facts"><div><dt>Judge</dt><dd>${report.judge}</dd>!${settings}</div></dl>
<section aria-labelledby="groups"><h2 id="groups">Groups</h2>!${groupWeights(config)}</section>
<section aria-labelledby="metrics"><h2 id="metrics">${count(metrics.length, 'metric')}</h2>!${metricCards(config, judge?.metricSettings ?? [])}</section>
<details class="evidence"><summary>The same as JSON</summary><pre tabindex="0" role="group" aria-label="The config as JSON"><code>${JSON.stringify(config, undefined, 2)}</code></pre></details>`,
  });
}

function stateOf({ config: { id } }: Report, changed: boolean | undefined): string {
  if (changed === undefined) return 'It is not stored, or no longer.';
  const link = html`<a href="/configs/${encodeURIComponent(id)}">stored config</a>`;
  return changed ? html`The !${link} has been changed since.` : html`The !${link} is still the same.`;
}
