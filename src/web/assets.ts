import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** A file that pages link to, under a name that changes with its content. */
export interface Asset {
  /** `/assets/<hash>-<name>` */
  readonly path: string;
  readonly type: string;
  readonly text: string;
  /** for a Content-Security-Policy: `sha256-…` of the text */
  readonly digest: string;
}

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

const FOLDER = new URL('assets/', import.meta.url);
const BY_NAME = new Map(
  readdirSync(FOLDER)
    .filter((name) => (name.split('.').at(-1) ?? '') in TYPES)
    .map((name) => [name, readAsset(name)]),
);

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

/** Every asset by its path. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([...BY_NAME.values()].map((asset) => [asset.path, asset]));

/** A file of the folder `assets`. */
export function assetNamed(name: string): Asset {
  const asset = BY_NAME.get(name);
  if (asset === undefined) throw new Error(`no asset '${name}'`);
  return asset;
}

function readAsset(name: string): Asset {
  const text = withPaths(readFileSync(new URL(name, FOLDER), 'utf8'));
  const digest = createHash('sha256').update(text).digest('base64');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const extension = name.split('.').at(-1) as keyof typeof TYPES;
  return { path: `/assets/${hash}-${name}`, type: TYPES[extension], text, digest: `sha256-${digest}` };
}

/** What a script imports from its neighbours is imported by their paths; neighbours may not import each other. */
function withPaths(text: string): string {
  return text.replace(
    /(?<=^(?:import|\}) .*from ')\.\/([\w.-]+\.js)(?=';$)/gm,
    (_, name: string) => readAsset(name).path,
  );
}
