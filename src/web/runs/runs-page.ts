import { html } from 'ghtml';
import { formatDuration } from '../../reports/format.ts';
import { windowWaitInWords } from '../../reports/open-window.ts';
import { assetNamed, PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { timeOf } from '../relative-time.ts';
import { scoreCell, scoreStrip } from '../score-cell.ts';
import { verdictBadge } from '../verdict-badge.ts';
import { accountList, type CheckedAccounts } from './account-list.ts';
import { firstSteps } from './first-steps.ts';
import { isNarrowed, type RunChoices, type RunFilters, renderFilters, runsAddress } from './run-filters.ts';
import type { RunRow } from './run-line.ts';
import { type Trends, trendList } from './trend-list.ts';

export interface RunsPage {
  readonly filters: RunFilters;
  readonly choices: RunChoices;
  /** newest first */
  readonly lines: readonly RunRow[];
  /** of the next page */
  readonly nextCursor?: string | undefined;
  /** whether this is a page after the first */
  readonly later: boolean;
  /** what an operator should know, such as that there are no metrics accounts */
  readonly message?: string | undefined;
  readonly accounts: CheckedAccounts;
  /** how the newest runs ended, by config; of analyses none */
  readonly trends?: Trends | undefined;
  readonly nowMillis: number;
  /** this service's address, for a first request */
  readonly baseUrl: string;
}

const SCRIPT = assetNamed('runs.js');

/** The list of recent runs, or of analyses. */
export function renderRunsPage(page: RunsPage): string {
  const { filters, lines, later } = page;
  const fresh = lines.length === 0 && !later && !isNarrowed(filters) && filters.show === 'runs';
  return renderPage({
    title: filters.show === 'runs' ? 'Runs' : 'Analyses',
    section: 'runs',
    styles: PAGE_STYLES,
    scripts: [SCRIPT],
    main: html`<h1 class="unseen">${filters.show === 'runs' ? 'Runs' : 'Analyses'}</h1><div class="home-head">!${tabs(filters)}!${page.message === undefined ? accountList(page.accounts) : ''}</div>
!${page.message === undefined ? '' : html`<div class="notice"><p class="message">${page.message}</p></div>`}
<div id="trends">!${page.trends === undefined ? '' : trendList(page.trends)}</div>
!${fresh ? '' : renderFilters(filters, page.choices)}
<div id="list" data-live="${lines.some(({ complete }) => !complete) ? 'running' : 'quiet'}">!${fresh ? firstSteps(page) : list(page)}</div>
<p id="news" class="unseen" role="status"></p>`,
  });
}

function tabs({ show }: RunFilters): string {
  const tab = (name: RunFilters['show'], text: string) =>
    name === show
      ? html`<a href="${runsAddress({ show: name })}" aria-current="true">${text}</a>`
      : html`<a href="${runsAddress({ show: name })}">${text}</a>`;
  return html`<nav class="tabs large" aria-label="What is listed">!${tab('runs', 'Runs')}!${tab('analyses', 'Analyses')}</nav>`;
}

function list({ filters, lines, nextCursor, later, nowMillis }: RunsPage): string {
  if (lines.length === 0) return html`<p class="empty">${nothing(filters, later)}</p>`;
  const comparable = filters.show === 'runs';
  const rows = lines.map((line) => row(line, nowMillis, comparable)).join('\n');
  const form = comparable
    ? html`<form id="compare" class="compare-bar" method="get" action="/compare"><button>Compare</button><span class="faint" id="compare-hint">Tick two runs to see which metrics changed.</span></form>`
    : '';
  return html`!${form}
<table class="runs cards${comparable ? '' : ' analyses'}">
<thead><tr>!${comparable ? '<th scope="col" class="box"><span class="unseen">Compare</span></th>' : ''}<th scope="col" class="verdict-cell">Verdict</th><th scope="col" class="score-cell">${comparable ? 'Score' : 'Scores'}</th><th scope="col">Config</th><th scope="col">Baseline → canary</th><th scope="col">Application</th><th scope="col" class="when">Accepted</th><th scope="col" class="number took">Took</th></tr></thead>
<tbody>
!${rows}
</tbody></table>
<nav class="pager" aria-label="Pages of the list">!${later ? html`<a href="${runsAddress(filters)}">Newest</a>` : ''}!${nextCursor === undefined ? '' : html`<a rel="next" href="${runsAddress(filters, nextCursor)}">Older →</a>`}</nav>`;
}

function nothing(filters: RunFilters, later: boolean): string {
  if (later) return 'There is nothing older.';
  const what = filters.show === 'runs' ? 'run' : 'analysis';
  return isNarrowed(filters) ? `No ${what} matches.` : `There is no ${what} yet.`;
}

function row(line: RunRow, nowMillis: number, comparable: boolean): string {
  const { id, application, complete, verdict, overNothing, status, durationMillis } = line;
  const box = comparable
    ? html`<td class="box"><input type="checkbox" form="compare" name="run" value="${id}" aria-label="Compare run ${id}"></td>`
    : '';
  const took =
    durationMillis === undefined ? '' : html`<span class="unit-label">took </span>${formatDuration(durationMillis)}`;
  return html`<tr data-id="${id}" data-complete="${String(complete)}">!${box}<td class="verdict-cell"><a href="/reports/${encodeURIComponent(id)}">!${verdictBadge(verdict, status, overNothing)}<span class="unseen"> report of ${id}</span></a></td><td class="score-cell">!${scores(line)}</td><td class="name">!${configName(line)}</td><td class="compared-sides">!${sides(line)}</td><td class="application"><bdi class="clip">${application}</bdi></td><td class="when">!${timeOf(line.acceptedMillis, nowMillis)}</td><td class="number took">!${took}</td></tr>`;
}

/** A config of the request is not stored: its name leads to the report. */
function configName({ id, config }: RunRow): string {
  const name = html`<bdi class="clip">${config.name === '' ? 'unnamed config' : config.name}</bdi>`;
  const address =
    config.id === 'ad-hoc' ? `/reports/${encodeURIComponent(id)}` : `/configs/${encodeURIComponent(config.id)}`;
  return html`<a href="${address}">!${name}</a>`;
}

const MOST_SCORES = 20;

function scores({ complete, scores: all, progress, failure, status, waitsUntilMillis, partial }: RunRow): string {
  const part = partial === true ? '<span class="faint">partial window</span> ' : '';
  const drawn = all.slice(-MOST_SCORES);
  const shown = part + (drawn.length > 1 ? scoreStrip(drawn) : drawn.map(scoreCell).join(''));
  const before = all.length > MOST_SCORES ? html` <span class="faint">${all.length - MOST_SCORES} before</span>` : '';
  if (complete)
    return failure === undefined || all.length > 0 ? shown + before : html`<span class="why">${failure}</span>`;
  if (waitsUntilMillis !== undefined) return html`<span class="faint">${windowWaitInWords(waitsUntilMillis)}</span>`;
  const percent = Math.round(progress * 100);
  const word = status === 'not_started' ? 'waiting' : `${percent} %`;
  return html`!${shown}!${before}<span class="progress"><progress max="100" value="${percent}" aria-label="Progress"></progress> ${word}</span>`;
}

const MOST_SIDES = 2;

function sides({ sides: all }: RunRow): string {
  const shown = all
    .slice(0, MOST_SIDES)
    .map(({ control, experiment }) =>
      control === experiment
        ? html`<span class="pair clip"><bdi>${control}</bdi></span>`
        : html`<span class="pair clip"><bdi>${control}</bdi> → <bdi>${experiment}</bdi></span>`,
    );
  const others = all.length - shown.length;
  return shown.join('') + (others > 0 ? html`<span class="faint">and ${others} more</span>` : '');
}
