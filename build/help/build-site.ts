import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eleventy } from '@11ty/eleventy';
import { apiPage } from './api-page.ts';
import { deadLinks } from './dead-links.ts';
import { DocumentLinks } from './document-links.ts';
import { HeadingIds } from './heading-ids.ts';
import { type Rendering, renderOurWay } from './markdown.ts';
import { type LaidOutPage, layOut, type Navigation, searchPage } from './page-layout.ts';
import { entriesOf, searchIndex } from './search-index.ts';
import { API_PAGE, type SiteSection, siteMap } from './site-map.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ASSETS = join(ROOT, 'build/help/assets');

/** Makes the help in a folder, which is emptied first. @returns how many pages @throws Error naming dead links */
export async function buildSite(folder: string): Promise<number> {
  const documents = siteMap(ROOT);
  const rendered = await renderDocuments(documents);
  const api = { path: API_PAGE, title: 'API', ...apiPage(JSON.parse(readRoot('openapi/openapi.json'))) };
  const pages: LaidOutPage[] = [...rendered.map(({ page }) => page), api];
  const navigation = navigationOf(documents, pages);
  rmSync(folder, { recursive: true, force: true });
  for (const page of [...pages, searchPage()]) write(join(folder, page.path), layOut(page, navigation));
  const entries = pages.flatMap(({ path, title, main }) => entriesOf(path, title, main));
  write(join(folder, 'search-index.json'), searchIndex(entries));
  copyAssets(folder);
  for (const path of new Set(rendered.flatMap(({ copies }) => copies))) {
    cpSync(join(ROOT, path), join(folder, 'files', path));
  }
  const dead = deadLinks(folder);
  if (dead.length > 0) throw new Error(`links that lead nowhere:\n${dead.join('\n')}`);
  return pages.length + 1;
}

interface Rendered {
  readonly page: LaidOutPage;
  readonly copies: readonly string[];
}

async function renderDocuments(sections: readonly SiteSection[]): Promise<Rendered[]> {
  const documents = sections.flatMap(({ pages }) => pages);
  const pages = new Map(documents.map(({ source, path }) => [source, path]));
  const renderings = new Map<unknown, Rendering>(
    documents.map((page) => [
      page.source,
      { links: new DocumentLinks(ROOT, page, pages), ids: new HeadingIds(), headings: [], copies: new Set<string>() },
    ]),
  );
  const contents = await renderMarkdown(
    documents.map(({ source, path }) => ({ path, text: readRoot(source), data: { source } })),
    (data) => renderings.get((data as { source: string }).source) as Rendering,
  );
  return documents.map(({ source, path }) => {
    const { headings = [], copies = [] } = renderings.get(source) ?? {};
    const main = contents.get(path);
    if (!main) throw new Error(`${source}: nothing was rendered of it`);
    const page = { path, title: headings[0]?.text ?? path, main, headings };
    return { page, copies: [...copies] };
  });
}

interface Template {
  readonly path: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** @returns HTML by path. The texts are Markdown only: what looks like a template in them is shown. */
async function renderMarkdown(
  templates: readonly Template[],
  renderingOf: (data: unknown) => Rendering,
): Promise<ReadonlyMap<string, string>> {
  const empty = mkdtempSync(join(tmpdir(), 'haldane-help-'));
  try {
    const eleventy = new Eleventy(empty, join(empty, 'out'), {
      configPath: null,
      quietMode: true,
      config(config) {
        config.setTemplateFormats(['md']);
        config.amendLibrary('md', (markdown) => {
          markdown.set({ html: false });
          renderOurWay(markdown, renderingOf);
        });
        for (const { path, text, data } of templates) {
          const markdownOnly = { permalink: path, templateEngineOverride: 'md' };
          config.addTemplate(path.replace(/html$/, 'md'), text, { ...data, ...markdownOnly });
        }
      },
    });
    await eleventy.init();
    const pages = await eleventy.toJSON();
    return new Map(pages.map(({ outputPath, content }) => [relative(join(empty, 'out'), outputPath), content]));
  } finally {
    rmSync(empty, { recursive: true });
  }
}

function navigationOf(documents: readonly SiteSection[], pages: readonly LaidOutPage[]): Navigation {
  const sections = documents.map((section) =>
    section.title === 'Reference' ? { ...section, pages: [...section.pages, { source: '', path: API_PAGE }] } : section,
  );
  return { sections, titles: new Map(pages.map(({ path, title }) => [path, title])) };
}

function copyAssets(folder: string): void {
  const styles = [readRoot('src/web/assets/haldane.css'), readFileSync(join(ASSETS, 'help.css'), 'utf8')];
  write(join(folder, 'site.css'), styles.join('\n'));
  cpSync(join(ROOT, 'src/web/assets/canary.svg'), join(folder, 'canary.svg'));
  cpSync(join(ROOT, 'src/web/assets/typeface/atkinson-next.woff2'), join(folder, 'atkinson-next.woff2'));
  cpSync(join(ASSETS, 'search.js'), join(folder, 'search.js'));
  const library = readFileSync(fileURLToPath(import.meta.resolve('minisearch')), 'utf8');
  write(join(folder, 'minisearch.js'), library.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'));
}

function readRoot(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
