import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.ts';

/** A file that pages link to, under a name that changes with its content. */
export interface Asset {
  /** `/assets/<hash>-<name>` */
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** A file that is no text: the typeface, a picture. */
export interface BinaryAsset {
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
}

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

const FOLDER = new URL('src/web/assets/', PACKAGE_ROOT);

/** Style sheets that pages get as one. The order is that of the cascade: a later rule beats one as specific. */
const SHEETS: Readonly<Record<string, readonly string[]>> = {
  'haldane.css': ['haldane.css'],
  'report.css': [
    ...[
      'badges',
      'head',
      'trouble',
      'earlier',
      'metrics',
      'metric-tools',
      'forest',
      'metric',
      'analysis',
      'intervals',
    ].map((name) => `reports/${name}.css`),
    'history/history.css',
  ],
  'charts.css': ['charts/plots.css', 'charts/changes.css', 'charts/timeline.css'],
  'docs.css': ['docs/docs.css'],
  'pages.css': [
    'page/page.css',
    'page/forms.css',
    'runs/home.css',
    'runs/runs.css',
    'configs/config.css',
    'configs/editor.css',
    'compare/compare.css',
    'judge-diff/judge-diff.css',
    'discover/discover.css',
    'backtest/backtest.css',
  ],
};

const TYPEFACE_NAME = 'atkinson-next.woff2';
/** The typeface of every page. */
export const TYPEFACE = binaryAsset(`typeface/${TYPEFACE_NAME}`, 'font/woff2');
/** What chats show beside a link; `test/tools/draw-card.ts` draws it. */
export const CARD = binaryAsset('card.png', 'image/png');

/** By their names without the folder. */
const BY_NAME = new Map([
  ...Object.entries(SHEETS).map(
    ([name, parts]) => [name, toAsset(name, withTypeface(parts.map(readText).join('\n'), TYPEFACE.path))] as const,
  ),
  ...scriptsAndIcons().map((path) => [nameOf(path), toAsset(nameOf(path), withPaths(path))] as const),
]);

/** The style of every page. */
export const STYLE = assetNamed('haldane.css');
/** The icon of every page. */
export const ICON = assetNamed('canary.svg');

/** Of reports, besides the style of every page. */
export const REPORT_STYLES: readonly Asset[] = ['report.css', 'charts.css'].map(assetNamed);
/** Of the list, the configs and the comparison, which show badges and charts as reports do. */
export const PAGE_STYLES: readonly Asset[] = [...REPORT_STYLES, assetNamed('pages.css')];
/** Reading values off charts, and zooming. */
export const CHART_SCRIPT: Asset = assetNamed('chart.js');

/** The style of every page, with the typeface inside: it needs no other file. */
export const LONE_STYLE_TEXT = withTypeface(
  readText('haldane.css'),
  `data:font/woff2;base64,${TYPEFACE.content.toString('base64')}`,
);

/** Every asset by its path. */
export const ASSETS: ReadonlyMap<string, Asset | BinaryAsset> = new Map(
  [...BY_NAME.values(), TYPEFACE, CARD].map((asset) => [asset.path, asset]),
);

/** A script, icon or style sheet by its name. */
export function assetNamed(name: string): Asset {
  const asset = BY_NAME.get(name);
  if (asset === undefined) throw new Error(`no asset '${name}'`);
  return asset;
}

function scriptsAndIcons(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(js|svg)$/.test(path));
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

function readText(path: string): string {
  return readFileSync(new URL(path, FOLDER), 'utf8');
}

function binaryAsset(file: string, type: string): BinaryAsset {
  const content = readFileSync(new URL(file, FOLDER));
  return { path: pathOf(nameOf(file), content), type, content };
}

/** A style whose typeface is at an address. */
function withTypeface(style: string, address: string): string {
  return style.replace(`url("${TYPEFACE_NAME}")`, () => `url("${address}")`);
}

function toAsset(name: string, text: string): Asset {
  const extension = name.split('.').at(-1) as keyof typeof TYPES;
  return { path: pathOf(name, text), type: TYPES[extension], text };
}

function pathOf(name: string, content: string | Buffer): string {
  return `/assets/${createHash('sha256').update(content).digest('hex').slice(0, 12)}-${name}`;
}

/**
 * A script as it is served: what it imports from a neighbour it imports by the neighbour's path, which says what the
 * neighbour holds. So two may not import each other.
 */
function withPaths(path: string): string {
  return readText(path).replace(/(?<=^(?:import|\}) .*from ')\.\/([\w.-]+\.js)(?=';$)/gm, (_, name: string) => {
    const neighbour = `${dirname(path)}/${name}`;
    return toAsset(name, withPaths(neighbour)).path;
  });
}
