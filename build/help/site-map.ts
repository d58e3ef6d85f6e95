import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One page made of a document. */
export interface SitePage {
  /** the document, from the root of the repository */
  readonly source: string;
  /** where the page is in the site: `reference/queries.html` */
  readonly path: string;
}

export interface SiteSection {
  readonly title: string;
  readonly pages: readonly SitePage[];
}

/** The page of the API, which is made of the OpenAPI document. */
export const API_PAGE = 'api.html';
/** The page that searches. */
export const SEARCH_PAGE = 'search.html';

/** The documents in the order of the navigation. Documents that are added to a listed folder are there by themselves. */
export function siteMap(root: string): SiteSection[] {
  return [
    section('Begin', [page('docs/README.md', 'index'), page('docs/start.md'), page('docs/concepts.md')]),
    section('Use', [
      page('README.md', 'readme'),
      page('src/cli/README.md', 'cli-manual'),
      page('docs/cli.md'),
      page('docs/library.md'),
      page('docs/migrating-from-kayenta.md'),
      page('docs/judging-again.md'),
    ]),
    section('Metrics stores', [
      page('providers/README.md', 'providers'),
      ...readmesIn(root, 'providers').map((name) => page(`providers/${name}/README.md`, `providers/${name}`)),
    ]),
    section('Judges', [
      page('judges/README.md', 'judges'),
      page('docs/judge.md', 'judge-mathematics'),
      page('docs/judge-measured.md'),
      page('docs/backtest.md'),
      page('docs/history.md'),
      page('docs/drift.md'),
      page('judges/haldane/README.md', 'judge-inside'),
    ]),
    section('Gates and integrations', [
      ...folder(root, 'docs/integrations', 'integrations'),
      page('gates/README.md', 'gates'),
      page('gates/prometheus/README.md', 'gates-prometheus'),
      page('src/engine/callbacks/README.md', 'callbacks'),
    ]),
    section('Operations', [...folder(root, 'docs/operations', 'operations'), page('src/store/README.md', 'store')]),
    section('Reference', folder(root, 'docs/reference', 'reference')),
    section('The project', [
      page('src/domain/README.md', 'glossary'),
      page('src/engine/README.md', 'engine'),
      page('src/reports/README.md', 'reports'),
      page('src/web/README.md', 'looks'),
      page('CONTRIBUTING.md', 'contributing'),
      page('DECISIONS.md', 'decisions'),
      page('SECURITY.md', 'security'),
      page('CHANGELOG.md', 'changelog'),
    ]),
  ];
}

function section(title: string, pages: readonly SitePage[]): SiteSection {
  return { title, pages };
}

/** A document of `docs` keeps its name. */
function page(source: string, name = source.replace(/^docs\/|\.md$/g, '')): SitePage {
  return { source, path: `${name}.html` };
}

function folder(root: string, from: string, to: string): SitePage[] {
  const names = readdirSync(join(root, from)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => page(`${from}/${name}`, `${to}/${name.replace(/\.md$/, '')}`));
}

function readmesIn(root: string, parent: string): string[] {
  return readdirSync(join(root, parent)).filter((name) => existsSync(join(root, parent, name, 'README.md')));
}
