import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SWAGGER_UI_FILES, swaggerUiFolder } from '../src/web/docs/swagger-ui-files.ts';
import { type Bundle, bundle } from './bundle.ts';
import { declareTypes } from './declare-types.ts';
import { noticeText } from './notice.ts';
import { packageJsonText } from './package-json.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Read at run time, in the package where they are in the repository; see `src/package-root.ts`. */
const READ_AT_RUN_TIME = ['providers/templates', 'openapi/openapi.json', 'openapi/examples', 'src/web/assets'];
const DOCUMENTS = ['LICENSE', 'README.md', 'CHANGELOG.md', 'haldane.example.yml'];

/** Makes the package in a folder, which is emptied first. */
export async function buildPackage(folder: string): Promise<Bundle> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bundled = await bundle(ROOT, `${folder}/lib`);
  await declareTypes(ROOT, `${folder}/types`);
  for (const path of READ_AT_RUN_TIME) {
    cpSync(ROOT + path, `${folder}/${path}`, { recursive: true, filter: isReadAtRunTime });
  }
  for (const path of DOCUMENTS) cpSync(ROOT + path, `${folder}/${path}`);
  for (const name of SWAGGER_UI_FILES) {
    cpSync(fileURLToPath(new URL(name, swaggerUiFolder())), `${folder}/swagger-ui/${name}`);
  }
  cpSync(`${ROOT}build/bin`, `${folder}/bin`, { recursive: true });
  chmodSync(`${folder}/bin/haldane.cjs`, 0o755);
  writeFileSync(`${folder}/NOTICE`, noticeText(bundled.licenses));
  writeFileSync(`${folder}/package.json`, packageJsonText(readFileSync(`${ROOT}package.json`, 'utf8')));
  return bundled;
}

/** What lies beside it is for those who work on it. */
function isReadAtRunTime(path: string): boolean {
  return !/\/README\.md$|\/tsconfig\.json$|\.ts$/.test(path);
}
