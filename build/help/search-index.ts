import MiniSearch from 'minisearch';

/** What a result leads to: a heading and the text below it. */
export interface SearchEntry {
  /** `providers.html#accounts` */
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** As `search.js` must read the index. */
export const INDEX_OPTIONS = { fields: ['heading', 'page', 'text'], storeFields: ['page', 'heading', 'begin'] };
const BEGIN = 180;

/** The index as JSON, built once: browsers only load it. */
export function searchIndex(entries: readonly SearchEntry[]): string {
  const index = new MiniSearch<SearchEntry & { begin: string }>(INDEX_OPTIONS);
  index.addAll(entries.map((entry) => ({ ...entry, begin: begin(entry.text) })));
  return JSON.stringify(index);
}

/** The parts of a page, each under the nearest heading above it. @param main HTML with ids at its headings */
export function entriesOf(path: string, page: string, main: string): SearchEntry[] {
  const parts = main.split(/(?=<h[1-4][^>]* id=")/);
  return parts.flatMap((part) => {
    const [head = '', level, id, title = ''] = /^<h([1-4])[^>]* id="([^"]*)"[^>]*>(.*?)<\/h[1-4]>/s.exec(part) ?? [];
    if (id === undefined) return [];
    const heading = plain(title);
    const keys = [...part.matchAll(KEY_ROW)].map(([, row, name = '', about = '']) => ({
      id: `${path}#${row}`,
      page: level === '1' ? page : `${page}: ${heading}`,
      heading: plain(name),
      text: plain(about),
    }));
    // What a table says begins with the words of its head, which say nothing.
    const text = plain(
      part
        .slice(head.length)
        .replace(/<thead>.*?<\/thead>/gs, '')
        .replace(KEY_ROW, ''),
    );
    return [{ id: level === '1' ? path : `${path}#${id}`, page, heading, text }, ...keys];
  });
}

/** A row of a table of keys: its id, the key, and the other cells. */
const KEY_ROW = /<tr id="([^"]*)">\s*<td>(.*?)<\/td>(.*?)<\/tr>/gs;

function begin(text: string): string {
  if (text.length <= BEGIN) return text;
  return `${text.slice(0, text.lastIndexOf(' ', BEGIN))} …`;
}

const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function plain(markup: string): string {
  return markup
    .replace(/<\/?(?:a|b|code|em|span|strong)\b[^>]*>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => CHARACTERS[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}
