import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import MiniSearch from 'minisearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from '../../build/help/build-site.ts';
import { deadLinks } from '../../build/help/dead-links.ts';
import { DocumentLinks } from '../../build/help/document-links.ts';
import { HeadingIds } from '../../build/help/heading-ids.ts';
import { INDEX_OPTIONS } from '../../build/help/search-index.ts';
import { siteMap } from '../../build/help/site-map.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let site: string;
const read = (path: string) => readFileSync(join(site, path), 'utf8');
const pages = () => readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));

beforeAll(async () => {
  site = join(temporaryDirectory(), 'help');
  await buildSite(site);
});

describe('the help', () => {
  it('has a page of every document but those of the tests', () => {
    const tracked = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n');
    const documents = tracked.filter((path) => path !== '' && !/^(test|\.github)\//.test(path));
    const sources = siteMap(process.cwd()).flatMap(({ pages: of }) => of.map(({ source }) => source));
    expect(documents.filter((path) => !sources.includes(path))).toEqual([]);
    expect(sources).toHaveLength(new Set(sources).size);
  });

  it('has nothing that the security policy of the pages forbids', () => {
    for (const path of pages()) {
      const text = read(path);
      expect(text).toContain('<!doctype html>');
      expect(text).not.toMatch(/<[^>]+ (?:style|on\w+)="/);
      expect(text).not.toMatch(/<style|<script(?! src="[\w./-]+" type="module"><\/script>)/);
      expect(text).not.toMatch(/ (?:src|action)="https?:/);
    }
  });

  it('shows what looks like a template, and markup in texts, as they are', () => {
    expect(read('cli.html')).toContain('haldane run show &lt;id&gt;');
    expect(read('providers.html')).toContain('${name:-default}');
    expect(read('operations/authentication.html')).toContain('Bearer {{args.token}}');
  });

  it('leads from a page to the next, to files, and to headings of other pages', () => {
    expect(read('index.html')).toContain('href="judge-mathematics.html#what-the-numbers-of-a-report-mean"');
    expect(read('reference/accounts.html')).toContain('href="../providers/atlas.html"');
    expect(read('integrations/argo-rollouts.html')).toMatch(/href="\.\.\/files\/openapi\/examples\/integrations\/\S+"/);
    expect(read('contributing.html')).toMatch(/<span class="in-repository" title="src\/domain\/permission.ts|test\//);
  });

  it('has every operation of the API', () => {
    const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'));
    const text = read('api.html');
    for (const [path, methods] of Object.entries<object>(paths)) {
      for (const method of Object.keys(methods)) expect(text).toContain(`<b>${method.toUpperCase()}</b> ${path}<`);
    }
  });

  it.each([
    ['scopePattern', 'reference/accounts.html#every-account-scopepattern'],
    ['retention.maxAgeDays', 'reference/configuration.html#retention-retentionmaxagedays'],
    ['where it is blind', 'judge-mathematics.html#where-it-is-blind'],
    ['PgBouncer', 'store.html#behind-pgbouncer'],
    ['GET canary verdict', 'api.html#get-canary-id-verdict'],
  ])('finds %s among the first', (words, place) => {
    const index = MiniSearch.loadJSON(read('search-index.json'), INDEX_OPTIONS);
    const options = { boost: { heading: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' as const };
    const hits = index.search(words, options).map(({ id }) => id);
    expect(hits.slice(0, 3)).toContain(place);
  });

  it('is loaded by the browser as it was indexed', () => {
    const { fields, storeFields } = INDEX_OPTIONS;
    const list = (names: readonly string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
    expect(read('search.js')).toContain(`fields: ${list(fields)},\n  storeFields: ${list(storeFields)},`);
  });
});

describe('a link', () => {
  const links = new DocumentLinks(
    process.cwd(),
    { source: 'docs/operations/authentication.md', path: 'operations/authentication.html' },
    new Map([['src/store/README.md', 'store.html']]),
  );

  it.each([
    ['../../src/store/README.md#postgresql', { href: '../store.html#postgresql' }],
    ['../../src/store', { href: '../store.html' }],
    ['../../src/app.ts', { href: undefined }],
    ['../../openapi/openapi.json', { href: '../api.html' }],
    ['https://example.com/a#b', { href: 'https://example.com/a#b' }],
    ['#tokens', { href: '#tokens' }],
    ['../../LICENSE', { href: '../files/LICENSE', copies: 'LICENSE' }],
  ])('to %s becomes %j', (link, expected) => {
    expect(links.resolve(link)).toEqual(expected);
  });

  it('to what there is not fails the build', () => {
    expect(() => links.resolve('tokenz.md')).toThrow(
      "docs/operations/authentication.md: the link 'tokenz.md' leads to docs/operations/tokenz.md, which there is not",
    );
  });
});

describe('dead links', () => {
  it('are files, headings and pages of the service that there are not', () => {
    const folder = temporaryDirectory();
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    write('a.html', '<h1 id="top"></h1><a href="b/c.html#x"></a><a href="#top"></a><a href="/docs"></a>');
    write('b/c.html', '<a href="../a.html"></a><a href="../a.html#no"></a><a href="d.html"></a><img src="../e.png">');
    write('b/f.html', '<a href="/nowhere"></a><a href="https://example.com/"></a><form action="c.html"></form>');
    expect(deadLinks(folder).sort()).toEqual([
      'a.html: b/c.html#x',
      'b/c.html: ../a.html#no',
      'b/c.html: ../e.png',
      'b/c.html: d.html',
      'b/f.html: /nowhere',
    ]);
  });
});

describe('ids of headings', () => {
  it('are those of GitHub', () => {
    const ids = new HeadingIds();
    const texts = ['As Kayenta fetches', 'OAuth 2.0', 'A, b & c', 'As Kayenta fetches', 'snake_case-x', 'Größe'];
    expect(texts.map((text) => ids.next(text))).toEqual([
      'as-kayenta-fetches',
      'oauth-20',
      'a-b--c',
      'as-kayenta-fetches-1',
      'snake_case-x',
      'größe',
    ]);
  });
});
