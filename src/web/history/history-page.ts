import { html } from 'ghtml';
import type { ConfigHistory } from '../../reports/config-history.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { historyTable } from './history-table.ts';

export interface HistoryPage {
  /** of the config */
  readonly name: string;
  /** absent: the config is not stored */
  readonly configId?: string | undefined;
  /** the run from which it was opened */
  readonly runId?: string | undefined;
  readonly history: ConfigHistory;
}

/** The runs of a config: their scores, and what each found of every metric. */
export function renderHistoryPage({ name, configId, runId, history }: HistoryPage): string {
  const called = name === '' ? 'a config without a name' : name;
  const config = configId === undefined ? undefined : `/configs/${encodeURIComponent(configId)}`;
  const crumbs = [
    ...(config === undefined
      ? ['<a href="/">Runs</a>']
      : ['<a href="/configs">Configs</a>', html`<a href="${config}"><bdi>${called}</bdi></a>`]),
    ...(runId === undefined ? [] : [html`<a href="/reports/${encodeURIComponent(runId)}">The report</a>`]),
  ];
  return renderPage({
    title: `History of ${called}`,
    section: config === undefined ? 'runs' : 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs">!${crumbs.join(' <span aria-hidden="true">/</span> ')}</p>
<h1>History of <bdi>${called}</bdi></h1>
!${history.runs.length === 0 ? '<p class="empty">No run of it was judged yet.</p>' : told(history, runId)}`,
  });
}

function told(history: ConfigHistory, runId: string | undefined): string {
  const { runs, metrics } = history;
  const passed = runs.filter(({ verdict }) => verdict === 'Pass').length;
  return html`<p class="lead">The last ${count(runs.length, 'judged run')}, oldest first: ${passed} passed. The metrics that failed most often are first.</p>
!${historyTable(history, { most: metrics.length, own: runId })}`;
}
