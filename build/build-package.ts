import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OutputChunk } from 'rolldown';
import type { LicenseInfo } from 'rolldown-license-plugin';
import packageJson from '../package.json' with { type: 'json' };
import { SWAGGER_UI_FILES, swaggerUiFolder } from '../src/web/docs/swagger-ui-files.ts';
import { billOfMaterials } from './bill-of-materials.ts';
import { bundle, bundleQueryEditor } from './bundle.ts';
import { declareTypes } from './declare-types.ts';
import { buildSite } from './help/build-site.ts';
import { minisearchWork } from './help/minisearch-work.ts';
import { noticeText } from './notice.ts';
import { packageJsonText } from './package-json.ts';
import { swaggerUiWorks } from './swagger-ui-works.ts';
import { typefaceWork } from './typeface/typeface-work.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Read at run time, in the package where they are in the repository; see `src/package-root.ts`. */
const READ_AT_RUN_TIME = ['providers/templates', 'openapi/openapi.json', 'openapi/examples', 'src/web/assets'];
const DOCUMENTS = ['LICENSE', 'README.md', 'CHANGELOG.md', 'haldane.example.yml'];

export interface BuiltPackage {
  readonly chunks: readonly OutputChunk[];
  /** of others, that are in it */
  readonly works: readonly LicenseInfo[];
}

/** Makes the package in a folder, which is emptied first. @param repository `owner/name` on GitHub */
export async function buildPackage(folder: string, repository?: string): Promise<BuiltPackage> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bundled = await bundle(ROOT, `${folder}/lib`);
  const editorWorks = await bundleQueryEditor(ROOT, `${folder}/query-editor`);
  await declareTypes(ROOT, `${folder}/types`);
  for (const path of READ_AT_RUN_TIME) {
    cpSync(ROOT + path, `${folder}/${path}`, { recursive: true, filter: isReadAtRunTime });
  }
  for (const path of DOCUMENTS) cpSync(ROOT + path, `${folder}/${path}`);
  for (const name of SWAGGER_UI_FILES) {
    cpSync(fileURLToPath(new URL(name, swaggerUiFolder())), `${folder}/swagger-ui/${name}`);
  }
  await buildSite(`${folder}/help`);
  cpSync(`${ROOT}build/bin`, `${folder}/bin`, { recursive: true });
  chmodSync(`${folder}/bin/haldane.cjs`, 0o755);
  const others = [...swaggerUiWorks(), minisearchWork(), typefaceWork()];
  const bundledWorks = [...bundled.licenses, ...editorWorks.filter((work) => isNew(work, bundled.licenses))];
  const works = [...bundledWorks, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
  writeFileSync(`${folder}/NOTICE`, noticeText(works));
  writeFileSync(`${folder}/sbom.cdx.json`, billOfMaterials(packageJson.version, works));
  writeFileSync(`${folder}/package.json`, packageJsonText(packageJson, repository));
  return { chunks: bundled.chunks, works };
}

/** Some are in both bundles. */
function isNew({ name }: LicenseInfo, known: readonly LicenseInfo[]): boolean {
  return known.every((work) => work.name !== name);
}

/** What lies beside it is for those who work on it. */
function isReadAtRunTime(path: string): boolean {
  return !/\/README\.md$|\/tsconfig\.json$|\.ts$/.test(path);
}
