import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

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

/** The style of every page. */
export const STYLE = readAsset('haldane.css');
/** The icon of every page. */
export const ICON = readAsset('canary.svg');

/** Every asset by its path. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([STYLE, ICON].map((asset) => [asset.path, asset]));

function readAsset(name: string): Asset {
  const text = readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
  const digest = createHash('sha256').update(text).digest('base64');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const extension = name.split('.').at(-1) as keyof typeof TYPES;
  return { path: `/assets/${hash}-${name}`, type: TYPES[extension], text, digest: `sha256-${digest}` };
}
