import type MarkdownIt from 'markdown-it';
import type { DocumentLinks } from './document-links.ts';
import type { HeadingIds } from './heading-ids.ts';

/** What one document is rendered with, and what is found in it. */
export interface Rendering {
  readonly links: DocumentLinks;
  readonly ids: HeadingIds;
  readonly headings: Heading[];
  /** files of the repository that the page shows or offers */
  readonly copies: Set<string>;
}

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** A longer one may not fit a phone. */
const LONGEST_WORD = 36;

/** What a table lists. */
const KEYS = 'keys';

type Tokens = ReturnType<MarkdownIt['parse']>;

/**
 * Makes the renderer write what our pages need: ids, links within the site, wide tables that scroll, and no styles.
 *
 * @param renderingOf by the data of the page
 */
export function renderOurWay(markdown: MarkdownIt, renderingOf: (data: unknown) => Rendering): void {
  markdown.core.ruler.push('site', ({ tokens, env }) => {
    const rendering = renderingOf(env);
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'heading_open') nameHeading(tokens, index, rendering);
      if (token.type === 'table_open') nameKeys(tokens, index, rendering);
      // The content security policy of the pages forbids styles in the text.
      if (token.type === 'th_open' || token.type === 'td_open') styleAsClass(token);
      for (const [place, child] of (token.children ?? []).entries()) {
        if (child.type === 'link_open') setLink(token.children as Tokens, place, rendering);
        if (child.type === 'image') child.attrSet('src', linkTo(child.attrGet('src') ?? '', rendering) ?? '');
      }
    }
  });
  const { rules } = markdown.renderer;
  rules.table_open = (tokens, index) => {
    const kind = tokens[index]?.meta === KEYS ? ' class="keys"' : '';
    return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table${kind}>\n`;
  };
  rules.table_close = () => '</table></div>\n';
  rules.code_inline = (tokens, index) => {
    const { content = '' } = tokens[index] ?? {};
    const kind = /\s/.test(content) || content.length > LONGEST_WORD ? '' : ' class="word"';
    return `<code${kind}>${markdown.utils.escapeHtml(content)}</code>`;
  };
  const fence = rules.fence;
  rules.fence = (...given) => (fence?.(...given) ?? '').replace('<pre>', '<pre tabindex="0">');
}

function nameHeading(tokens: Tokens, index: number, { ids, headings }: Rendering): void {
  const token = tokens[index];
  const text = (tokens[index + 1]?.children ?? []).map(({ content }) => content).join('');
  const id = ids.next(text);
  token?.attrSet('id', id);
  headings.push({ level: Number(token?.tag.slice(1)), id, text });
}

/** A table whose first column is `Key` lists keys: each of its rows can be linked to, and found. */
function nameKeys(tokens: Tokens, index: number, { ids, headings }: Rendering): void {
  const length = tokens.slice(index).findIndex(({ type }) => type === 'table_close');
  const rows = [...tokens.slice(index, index + length).entries()].filter(([, { type }]) => type === 'tr_open');
  const firstCell = (place: number) => tokens[index + place + 2]?.content ?? '';
  const [head, ...others] = rows.map(([place, row]) => ({ row, text: firstCell(place) }));
  if (head?.text !== 'Key') return;
  const table = tokens[index];
  if (table !== undefined) table.meta = KEYS;
  const below = headings.at(-1)?.id ?? '';
  for (const { row, text } of others) row.attrSet('id', ids.next(`${below} ${text}`));
}

function styleAsClass(token: Tokens[number]): void {
  const style = token.attrGet('style');
  if (style === null) return;
  token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style');
  if (style.includes('right')) token.attrSet('class', 'number');
}

/** A link to what the site does not hold becomes text that says so. */
function setLink(children: Tokens, place: number, rendering: Rendering): void {
  const open = children[place];
  const href = linkTo(open?.attrGet('href') ?? '', rendering);
  if (open === undefined) return;
  if (href !== undefined) {
    open.attrSet('href', href);
    if (href.startsWith('http')) open.attrSet('rel', 'noreferrer');
    return;
  }
  const close = children.slice(place).find(({ type }) => type === 'link_close');
  open.tag = 'span';
  open.attrs = [
    ['class', 'in-repository'],
    ['title', `${decodeURIComponent(open.attrGet('href') ?? '')}, in the repository`],
  ];
  if (close !== undefined) close.tag = 'span';
}

function linkTo(link: string, { links, copies }: Rendering): string | undefined {
  const { href, copies: copied } = links.resolve(link);
  if (copied !== undefined) copies.add(copied);
  return href;
}
