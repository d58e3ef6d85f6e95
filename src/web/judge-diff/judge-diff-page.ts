import { html } from 'ghtml';
import type { ChangedMetric, JudgeDiff, JudgedSide, RunUnderJudges } from '../../domain/judge-diff.ts';
import { count, formatNumber } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { choiceField, field } from '../field.ts';
import { renderPage } from '../layout.ts';
import { verdictBadge } from '../verdict-badge.ts';
import { verdictMatrix } from './verdict-matrix.ts';

export interface JudgeDiffPage {
  /** as in the address; empty: not narrowed, and on the left the verdict each run ended with */
  readonly asked: {
    readonly left: string;
    readonly right: string;
    readonly application: string;
    readonly config: string;
    readonly last: number;
  };
  readonly judges: readonly string[];
  readonly configs: readonly { readonly id: string; readonly name: string }[];
  /** absent: nobody asked yet */
  readonly diff?: Pick<JudgeDiff, 'totals' | 'runs'>;
  /** the cursor of older runs */
  readonly next?: string | undefined;
}

/** Stored runs under two judges: how many verdicts change, which, and why. */
export function renderJudgeDiffPage(page: JudgeDiffPage): string {
  const { diff } = page;
  return renderPage({
    title: 'Runs under another judge',
    section: 'runs',
    styles: PAGE_STYLES,
    main: html`<h1>Runs under another judge</h1>
<p class="lead">!${diff === undefined ? 'Stored runs are judged again, from their stored series: no metrics store is asked, and nothing is changed.' : summary(diff)}</p>
!${form(page)}
!${diff === undefined ? '' : outcome(page, diff)}`,
  });
}

function summary({ totals: { runs, changed, notJudged } }: Pick<JudgeDiff, 'totals'>): string {
  if (runs === 0) return 'No run ended with a verdict.';
  const judged = runs - notJudged;
  const missing = notJudged === 0 ? '' : ` ${count(notJudged, 'run')} could not be judged again.`;
  if (judged === 0) return `None of ${count(runs, 'run')} could be judged again.`;
  const what = changed === 0 ? 'No verdict changes' : `${changed} of ${count(judged, 'verdict')} change`;
  return `${what}${changed === 0 ? ` in ${count(judged, 'run')}` : ''}.${missing}`;
}

function outcome({ asked, next }: JudgeDiffPage, { totals, runs }: Pick<JudgeDiff, 'totals' | 'runs'>): string {
  const changed = runs.filter((run) => run.changed);
  const inside = runs.filter((run) => !run.changed && run.notJudged === undefined && run.metrics.length > 0);
  const missing = runs.filter(({ notJudged }) => notJudged !== undefined);
  const sides = { left: asked.left === '' ? 'as it was judged' : asked.left, right: asked.right };
  const more =
    next === undefined
      ? ''
      : html`<p><a class="button" href="/judges/diff?${new URLSearchParams({ ...asked, last: String(asked.last), cursor: next }).toString()}">Older runs</a></p>`;
  return html`!${verdictMatrix(totals.verdicts, sides)}
!${list('Verdicts that change', changed, true)}
!${list('Same verdict, other metrics', inside, false)}
!${notJudgedList(missing)}!${more}`;
}

function list(title: string, runs: readonly RunUnderJudges[], open: boolean): string {
  if (runs.length === 0) return '';
  return html`<h2>${title} <span class="faint">${runs.length}</span></h2>
<ul class="rejudged">!${runs.map((run) => item(run, open && runs.length <= 20)).join('\n')}</ul>`;
}

function item(run: RunUnderJudges, open: boolean): string {
  const { runId, config, application, buildTimeIso, left, right, metrics } = run;
  const again = new URLSearchParams({ a: runId, ...(right === undefined ? {} : { judge: right.judge }) });
  return html`<li><details!${open ? ' open' : ''}><summary>!${sideBadge(left)} <span aria-hidden="true">→</span><span class="unseen">became</span> !${sideBadge(right)} <b><bdi>${config ?? 'unnamed config'}</bdi></b> <span class="faint"><bdi>${application}</bdi>, ${buildTimeIso.replace('T', ' ').replace(/(:\d\d)?(\.\d+)?Z$/, ' UTC')}</span></summary>
<p class="why"><bdi>${left?.reason ?? ''}</bdi></p><p class="why"><bdi>${right?.reason ?? ''}</bdi></p>
!${metrics.length === 0 ? '' : metricTable(metrics, left, right)}
<p><a href="/reports/${encodeURIComponent(runId)}">The report</a> · <a href="/compare?${again.toString()}">Both judges side by side</a></p></details></li>`;
}

function sideBadge(side: JudgedSide | undefined): string {
  if (side === undefined) return '';
  const nothing = side.verdict === 'Nothing judged';
  const verdict = nothing ? 'Pass' : side.verdict;
  return html`!${verdictBadge(verdict, 'succeeded', nothing)} <span class="number">${formatNumber(Number(side.score))}</span>`;
}

function metricTable(
  metrics: readonly ChangedMetric[],
  left: JudgedSide | undefined,
  right: JudgedSide | undefined,
): string {
  const rows = metrics.map(
    ({ name, ...metric }) =>
      html`<tr><th scope="row"><bdi>${name}</bdi></th><td data-label="${left?.judge ?? ''}"><b>${metric.left ?? 'absent'}</b> <bdi>${metric.leftReason ?? ''}</bdi></td><td data-label="${right?.judge ?? ''}"><b>${metric.right ?? 'absent'}</b> <bdi>${metric.rightReason ?? ''}</bdi></td></tr>`,
  );
  return html`<table class="cards"><thead><tr><th scope="col">Metric</th><th scope="col">${left?.judge ?? ''}</th><th scope="col">${right?.judge ?? ''}</th></tr></thead><tbody>!${rows.join('\n')}</tbody></table>`;
}

function notJudgedList(runs: readonly RunUnderJudges[]): string {
  if (runs.length === 0) return '';
  const items = runs.map(
    ({ runId, config, notJudged }) =>
      html`<li><a href="/reports/${encodeURIComponent(runId)}"><bdi>${config ?? runId}</bdi></a>: <bdi>${notJudged ?? ''}</bdi></li>`,
  );
  return html`<h2>Not judged again <span class="faint">${runs.length}</span></h2><ul>!${items.join('\n')}</ul>`;
}

function form({ asked, judges, configs }: JudgeDiffPage): string {
  const names = judges.map((name) => ({ value: name, text: name }));
  const own = { value: '', text: 'the verdict each run ended with' };
  const all = { value: '', text: 'all' };
  const adHoc = { value: 'ad-hoc', text: 'of the request (ad-hoc)' };
  const named = configs.map(({ id, name }) => ({ value: id, text: name }));
  return html`<form class="judge-diff" method="get" action="/judges/diff" aria-label="Which runs, which judges">
!${choiceField({ id: 'left', name: 'left', label: 'Compare', value: asked.left }, [own, ...names])}
!${choiceField({ id: 'right', name: 'right', label: 'with', value: asked.right }, names)}
!${choiceField({ id: 'config', name: 'config', label: 'Config', value: asked.config }, [all, ...named, adHoc])}
!${field({ id: 'application', name: 'application', label: 'Application', value: asked.application, placeholder: 'all' })}
!${field({ id: 'last', name: 'last', label: 'Newest runs', value: String(asked.last), inputMode: 'numeric' })}
<button>Judge again</button></form>`;
}
