import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../../package-root.ts';

/** `npm run docs:site` makes it; the built package has it. */
const FOLDER = new URL('help/', PACKAGE_ROOT);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

export interface HelpFile {
  readonly type: string;
  readonly content: Buffer;
}

/** Whether the help has been built. */
export function hasHelp(): boolean {
  return existsSync(new URL('index.html', FOLDER));
}

/** A file of the help by its path in it, read when asked for; undefined when there is none. */
export async function helpFile(path: string): Promise<HelpFile | undefined> {
  // A name does not begin with a dot, so no path leads out of the folder.
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path)) return undefined;
  const extension = path.split('.').at(-1) ?? '';
  const content = await readFile(new URL(path, FOLDER)).catch(() => undefined);
  return content && { type: TYPES[extension] ?? 'text/plain; charset=utf-8', content };
}
