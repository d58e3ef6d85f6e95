import { html } from 'ghtml';
import { visibleText } from '../reports/visible-text.ts';
import { type Asset, CARD, ICON, STYLE, TYPEFACE } from './assets.ts';

/** One page. All but `main` is plain text, escaped here. */
export interface Page {
  readonly title: string;
  /** what a chat shows below the title of a link; absent: the title alone */
  readonly description?: string;
  /** the navigation entry shown as current */
  readonly section?: keyof typeof SECTIONS;
  /** HTML */
  readonly main: string;
  /** in addition to every page's style */
  readonly styles?: readonly Asset[];
  readonly scripts?: readonly Asset[];
  /** styles and scripts of a library, by address; before the page's own */
  readonly library?: { readonly style: string; readonly script: string };
  /** without scripts it is loaded again after so long; absent: it does not change */
  readonly refreshSeconds?: number;
}

const SECTIONS = {
  runs: { href: '/', text: 'Runs' },
  configs: { href: '/configs', text: 'Configs' },
  help: { href: '/help/', text: 'Help' },
} as const;

/** The content security policy: a page may load and send to this service only. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'content-type': 'text/html; charset=utf-8',
};

/** Of a page whose script adds styles: those with a nonce that nobody can guess. */
export function headersWithStyles(nonce: string): Readonly<Record<string, string>> {
  const policy = PAGE_HEADERS['content-security-policy'] ?? '';
  return {
    ...PAGE_HEADERS,
    'content-security-policy': policy.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`),
  };
}

/** Text cannot contain it: it would be escaped. */
const NOTICE_PLACE = '<!--notice-->';

/** A rendered page with a notice at its top. */
export function withNotice(page: string, text: string): string {
  return page.replace(NOTICE_PLACE, () => html`<p class="out-of-service" role="status">${text}</p>`);
}

/** Text cannot contain it either. */
const SESSION_PLACE = '<!--session-->';

/** A rendered page that says who is logged in, with a button to log out. */
export function withSession(page: string, who: string): string {
  const form = html`<form class="session" method="post" action="/logout">${visibleText(who)} <button>Log out</button></form>`;
  return page.replace(SESSION_PLACE, () => form);
}

/** Text cannot contain it either. */
const CARD_PLACE = '<!--card-->';

/** A rendered page with the picture that chats show; they need its whole address. @param address of this service */
export function withCard(page: string, address: string): string {
  const card = html`<meta property="og:image" content="${address}${CARD.path}"><meta property="og:image:width" content="600"><meta property="og:image:height" content="315">`;
  return page.replace(CARD_PLACE, () => card);
}

/** A page that links to its style and scripts. Characters that hide or reorder others are shown as such. */
export function renderPage({
  title,
  description,
  section,
  main,
  styles = [],
  scripts = [],
  library,
  ...page
}: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${visibleText(title)} · Haldane</title>
!${preview(title, description)}!${refresh(page.refreshSeconds)}
!${CARD_PLACE}
<link rel="icon" href="${ICON.path}">
<link rel="preload" href="${TYPEFACE.path}" as="font" type="font/woff2" crossorigin>
!${library === undefined ? '' : linkTo(library)}
!${[STYLE, ...styles].map(({ path }) => html`<link rel="stylesheet" href="${path}">`).join('\n')}
!${scripts.map(({ path }) => html`<script src="${path}" type="module"></script>`).join('\n')}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><a class="brand" href="/"><img src="${ICON.path}" alt="">Haldane</a><nav aria-label="Pages">!${navigation(section)}</nav>!${SESSION_PLACE}</header>
!${NOTICE_PLACE}
<main id="main">!${visibleText(main)}</main>
<footer>Canary analysis by Haldane · <a href="/docs">API</a> · <a href="/help/">Help</a></footer>
</body>
</html>
`;
}

function refresh(seconds: number | undefined): string {
  return seconds === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${seconds}"></noscript>`;
}

const LONGEST_DESCRIPTION = 400;

/** What chats and search show of a link (Open Graph). */
function preview(title: string, description: string | undefined): string {
  const text = description === undefined ? '' : visibleText([...description].slice(0, LONGEST_DESCRIPTION).join(''));
  const told =
    text === ''
      ? ''
      : html`<meta name="description" content="${text}"><meta property="og:description" content="${text}">`;
  return html`<meta property="og:type" content="website"><meta property="og:site_name" content="Haldane"><meta property="og:title" content="${visibleText(title)}">!${told}`;
}

function linkTo({ style, script }: NonNullable<Page['library']>): string {
  return html`<link rel="stylesheet" href="${style}"><script src="${script}" defer></script>`;
}

function navigation(current: Page['section']): string {
  return Object.entries(SECTIONS)
    .map(([name, { href, text }]) =>
      name === current ? html`<a href="${href}" aria-current="page">${text}</a>` : html`<a href="${href}">${text}</a>`,
    )
    .join('');
}
