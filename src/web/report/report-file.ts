import { createHash } from 'node:crypto';
import { html } from 'ghtml';
import { type Report, titleOf } from '../../reports/report.ts';
import { assetNamed, LONE_STYLE_TEXT, REPORT_STYLES } from '../assets.ts';
import { reportMain } from './report-main.ts';

const STYLE_TEXT = [LONE_STYLE_TEXT, ...REPORT_STYLES.map(({ text }) => text)].join('\n');
/** A script's imports are inlined before it. */
const SCRIPT_TEXTS = [
  ['chart-scales.js', 'chart-changes.js', 'chart-parts.js', 'chart.js']
    .map((name) => withoutModules(assetNamed(name).text))
    .join('\n'),
  withoutModules(assetNamed('report.js').text),
  withoutModules(assetNamed('metrics.js').text),
];

const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE_TEXT)}`,
  `script-src ${SCRIPT_TEXTS.map(hashOf).join(' ')}`,
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The response headers of the file. */
export const REPORT_FILE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `${POLICY}; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-type': 'text/html; charset=utf-8',
};

/** A report as one self-contained file: it opens without this service or a network. */
export async function renderReportFile(report: Report): Promise<string> {
  const icon = `data:image/svg+xml,${encodeURIComponent(assetNamed('canary.svg').text)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(report)} · Haldane</title>
<link rel="icon" href="${icon}">
<style>!${STYLE_TEXT}</style>
</head>
<body>
<header class="top"><span class="brand"><img src="${icon}" alt="">Haldane</span></header>
<main>!${await reportMain(report, 'file')}</main>
<footer>Canary analysis by Haldane. This file holds all it shows.</footer>
!${SCRIPT_TEXTS.map((text) => html`<script type="module">!${text}</script>`).join('\n')}
</body>
</html>
`;
}

function withoutModules(text: string): string {
  return text.replaceAll(/^import .*;$/gm, '').replaceAll(/^export /gm, '');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
