import { posix } from 'node:path';
import { html } from 'ghtml';
import type { Heading } from './markdown.ts';
import { API_PAGE, SEARCH_PAGE, type SiteSection } from './site-map.ts';

/** One page of the site. */
export interface LaidOutPage {
  /** where it is in the site */
  readonly path: string;
  readonly title: string;
  /** HTML */
  readonly main: string;
  readonly headings: readonly Heading[];
  /** scripts of the site */
  readonly scripts?: readonly string[];
}

export interface Navigation {
  readonly sections: readonly SiteSection[];
  /** of every page, by its path */
  readonly titles: ReadonlyMap<string, string>;
}

/** Links within the site are relative, so that it works below any address; those to the service are not. */
export function layOut(page: LaidOutPage, navigation: Navigation): string {
  const to = (target: string) => posix.relative(posix.dirname(page.path), target);
  const scripts = page.scripts ?? [];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Haldane help</title>
<link rel="icon" href="${to('canary.svg')}">
<link rel="stylesheet" href="${to('site.css')}">
!${scripts.map((name) => html`<script src="${to(name)}" type="module"></script>`).join('\n')}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><a class="brand" href="/"><img src="${to('canary.svg')}" alt="">Haldane</a><nav aria-label="Pages"><a href="/">Runs</a><a href="/configs">Configs</a><a href="${to('index.html')}" aria-current="page">Help</a></nav>
<form class="find" role="search" action="${to(SEARCH_PAGE)}"><input type="search" name="q" aria-label="Search the help" placeholder="Search"></form></header>
<div class="help">
<details class="contents"><summary>Contents</summary>!${contents(page, navigation, to)}</details>
<nav class="contents" aria-label="Contents">!${contents(page, navigation, to)}</nav>
<main id="main">!${page.main}!${neighbours(page, navigation, to)}</main>
!${onThisPage(page.headings)}
</div>
<footer>Canary analysis by Haldane · <a href="/docs">API</a></footer>
</body>
</html>
`;
}

type To = (target: string) => string;

function contents({ path: current }: LaidOutPage, { sections, titles }: Navigation, to: To): string {
  return sections
    .map(({ title, pages }) => {
      const open = pages.some(({ path }) => path === current);
      const links = pages.map(({ path }) =>
        path === current
          ? html`<li><a href="${to(path)}" aria-current="page">${titles.get(path) ?? ''}</a></li>`
          : html`<li><a href="${to(path)}">${titles.get(path) ?? ''}</a></li>`,
      );
      return html`<details${open ? ' open' : ''}><summary>${title}</summary><ul>!${links.join('')}</ul></details>`;
    })
    .join('');
}

/** The pages before and after it. */
function neighbours({ path }: LaidOutPage, { sections, titles }: Navigation, to: To): string {
  const order = sections.flatMap(({ pages }) => pages.map((page) => page.path));
  const place = order.indexOf(path);
  if (place === -1) return '';
  const [before, after] = [order[place - 1], order[place + 1]];
  const titleOf = (target: string) => titles.get(target) ?? '';
  const back =
    before === undefined ? '<span></span>' : html`<a href="${to(before)}" rel="prev">← ${titleOf(before)}</a>`;
  const on = after === undefined ? '' : html`<a href="${to(after)}" rel="next">${titleOf(after)} →</a>`;
  return html`<nav class="neighbours" aria-label="Neighbouring pages">!${back}!${on}</nav>`;
}

function onThisPage(headings: readonly Heading[]): string {
  const shown = headings.filter(({ level }) => level === 2);
  if (shown.length < 2) return '';
  const links = shown.map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`);
  return html`<nav class="on-page" aria-label="On this page"><p>On this page</p><ul>!${links.join('')}</ul></nav>`;
}

/** The page of results; what is typed is looked up in the browser. */
export function searchPage(): LaidOutPage {
  const main = html`<h1>Search</h1>
<form class="find-large" role="search"><label for="q">Words</label> <input type="search" id="q" name="q" autocomplete="off"></form>
<p id="found" role="status"><noscript>The search needs JavaScript. The contents and <a href="${API_PAGE}">the page of the API</a> do not.</noscript></p>
<ol id="results"></ol>`;
  return { path: SEARCH_PAGE, title: 'Search', main, headings: [], scripts: ['search.js'] };
}
