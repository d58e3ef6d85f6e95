import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { API_PAGE, type SitePage } from './site-map.ts';

/** Files that documents show or offer, and that are copied to the site as they are, below `files/`. */
const COPIED = /^(docs\/images\/|openapi\/examples\/|haldane\.example\.yml$|LICENSE$)/;

/** What the page of the API is made of. */
const API = 'openapi/openapi.json';

/** Where the image is built there are none; `test/docs.test.ts` checks these links. */
const TESTS = /^test(\/|$)/;

/** What a link of a document becomes on its page. */
export interface PageLink {
  /** from the page, or elsewhere; undefined: a file of the repository that the site does not hold */
  readonly href: string | undefined;
  /** the file to copy, from the root of the repository */
  readonly copies?: string;
}

/** The links of one document, from where its page is. */
export class DocumentLinks {
  readonly #root: string;
  readonly #page: SitePage;
  readonly #pages: ReadonlyMap<string, string>;

  /** @param pages where the page of each document is */
  constructor(root: string, page: SitePage, pages: ReadonlyMap<string, string>) {
    this.#root = root;
    this.#page = page;
    this.#pages = pages;
  }

  /** @throws Error when the link leads nowhere */
  resolve(link: string): PageLink {
    if (/^(https?:|mailto:|#)/.test(link)) return { href: link };
    const [path = '', anchor] = link.split('#');
    const file = posix.join(posix.dirname(this.#page.source), decodeURIComponent(path)).replace(/\/$/, '');
    if (TESTS.test(file)) return { href: undefined };
    if (!existsSync(posix.join(this.#root, file))) {
      throw new Error(`${this.#page.source}: the link '${link}' leads to ${file}, which there is not`);
    }
    const target = file === API ? API_PAGE : (this.#pages.get(file) ?? this.#pages.get(`${file}/README.md`));
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (target !== undefined) return { href: this.#from(target) + hash };
    return COPIED.test(file) ? { href: this.#from(`files/${file}`), copies: file } : { href: undefined };
  }

  #from(target: string): string {
    return posix.relative(posix.dirname(this.#page.path), target) || posix.basename(target);
  }
}
