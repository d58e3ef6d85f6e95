import { html } from 'ghtml';
import { renderPage } from './layout.ts';

export interface ErrorPage {
  readonly status: number;
  /** such as `Not Found` */
  readonly name: string;
  readonly message: string;
  /** what was asked for, without its query */
  readonly path: string;
}

interface Missing {
  readonly heading: string;
  /** why that may be, and what to do; HTML */
  readonly advice: string;
}

/** The page shown for an error. */
export function renderErrorPage({ status, name, message, path }: ErrorPage): string {
  const missing = status === 404 ? missingAt(path) : undefined;
  const { heading, advice } = missing ?? { heading: name, advice: ANYWHERE };
  return renderPage({
    title: missing === undefined ? name : heading,
    ...(path.startsWith('/configs') ? { section: 'configs' as const } : {}),
    main: html`<h1>${heading}</h1>
<p class="lead"><bdi>${message}</bdi></p>
!${advice}
<p class="faint">Status ${status}</p>`,
  });
}

const ANYWHERE =
  '<p><a href="/">See the recent runs</a> or <a href="/configs">the configs</a>, or read <a href="/help/">the help</a>.</p>';

function missingAt(path: string): Missing {
  const [, kind, id = '', part] = path.split('/');
  if (kind === 'reports' && part === 'metrics') {
    return {
      heading: 'There is no such metric',
      advice: html`<p>Metrics are numbered by importance, so the numbers are others when a run was judged again. <a href="/reports/${id}">The whole report</a> lists them.</p>`,
    };
  }
  if (kind === 'reports' || kind === 'compare') return REPORT;
  if (kind === 'configs') return CONFIG;
  if (kind === 'backtests') return BACKTEST;
  return { heading: 'There is no such page', advice: ANYWHERE };
}

const REPORT: Missing = {
  heading: 'There is no such report',
  advice: `<p>The run or analysis was deleted, or is older than this service keeps them (<code>retention</code>), or the link is of another Haldane.</p>
<ul><li><a href="/">The recent runs</a>, by application, config and verdict</li><li><a href="/?show=analyses">The recent analyses</a></li></ul>`,
};

const CONFIG: Missing = {
  heading: 'There is no such config',
  advice: `<p>It was deleted, or never stored here. Runs keep the config they were judged with, so their reports are still complete.</p>
<ul><li><a href="/configs">All configs</a></li><li><a href="/configs/new">Write a new one</a></li><li><a href="/">The recent runs</a></li></ul>`,
};

const BACKTEST: Missing = {
  heading: 'There is no such backtest',
  advice: `<p>It was deleted, or is older than this service keeps them (<code>retention</code>).</p>
<ul><li><a href="/backtests.html">All backtests</a></li><li><a href="/configs">The configs</a>, each of which can be tried on the past</li><li><a href="/help/backtest.html">How a backtest works</a></li></ul>`,
};
