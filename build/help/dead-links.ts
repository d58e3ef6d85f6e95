import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What pages may link to in the service. */
const OF_SERVICE = ['/', '/configs', '/configs/new', '/docs', '/docs/json'];

/** The links of a built site that lead nowhere, each as `page: link`. Links to other hosts are not followed. */
export function deadLinks(folder: string): string[] {
  const files = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')),
  );
  const pages = [...files].filter((path) => path.endsWith('.html'));
  const texts = new Map(pages.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const ids = new Map([...texts].map(([path, text]) => [path, new Set(matches(text, / id="([^"]*)"/g))]));
  return [...texts].flatMap(([path, text]) =>
    [...new Set(matches(text, / (?:href|src|action)="([^"]*)"/g))]
      .filter((link) => !leadsSomewhere(path, link.replaceAll('&amp;', '&'), { files, ids }))
      .map((link) => `${path}: ${link}`),
  );
}

interface Site {
  readonly files: ReadonlySet<string>;
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
}

function leadsSomewhere(page: string, link: string, { files, ids }: Site): boolean {
  if (/^https?:\/\/[^/]/.test(link)) return true;
  if (link.startsWith('/')) return OF_SERVICE.includes(link);
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path));
  if (!files.has(target)) return false;
  return anchor === undefined || ids.get(target)?.has(decodeURIComponent(anchor)) === true;
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}
