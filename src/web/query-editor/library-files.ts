import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../package-root.ts';

/** Where the page of the editor finds it; other modules are below the same folder. */
export const LIBRARY_FOLDER = '/query-editor/';
export const LIBRARY_ADDRESS = `${LIBRARY_FOLDER}library.js`;

/** The library of the query field as one file, in the built package. */
export const BUNDLED_LIBRARY = new URL('query-editor/library.js', PACKAGE_ROOT);

let found: ReadonlyMap<string, URL> | undefined;

/**
 * A module of the library as a browser can load it. @returns undefined when the library has no such module
 *
 * @param name its path below {@link LIBRARY_FOLDER}, such as `library.js` or `@codemirror/view/dist/index.js`
 */
export async function libraryModule(name: string): Promise<string | undefined> {
  found ??= existsSync(BUNDLED_LIBRARY) ? new Map([['library.js', BUNDLED_LIBRARY]]) : modulesOfRepository();
  const file = found.get(name);
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8');
  return file === BUNDLED_LIBRARY ? text : withAddresses(text, file);
}

/** The module and all it imports, whose names in a browser are those in `node_modules`. */
function modulesOfRepository(): ReadonlyMap<string, URL> {
  const modules = new Map([['library.js', new URL('src/web/query-editor/library.js', PACKAGE_ROOT)]]);
  for (const file of modules.values()) {
    for (const [, , specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORTS)) {
      const imported = resolved(specifier, file);
      modules.set(nameOf(imported), imported);
    }
  }
  return modules;
}

/** What a module imports or exports from: `from '…'` at the end of a statement that begins a line. */
const IMPORTS = /^((?:import|export)\b[^'";]*?\bfrom\s*|import\s*)['"]([^'"\n]+)['"]/gm;

function withAddresses(text: string, file: URL): string {
  return text.replace(
    IMPORTS,
    (_, before: string, specifier: string) => `${before}'${LIBRARY_FOLDER}${nameOf(resolved(specifier, file))}'`,
  );
}

/** As a bundler does: some leave out `.js`, or name a folder. */
function resolved(specifier: string, from: URL): URL {
  if (!specifier.startsWith('.')) return new URL(import.meta.resolve(specifier));
  const plain = new URL(specifier, from);
  const candidates = [plain, new URL(`${plain.href}.js`), new URL(`${plain.href}/index.js`)];
  const file = candidates.find((one) => one.pathname.endsWith('.js') && existsSync(fileURLToPath(one)));
  if (file === undefined) throw new Error(`${from.pathname} imports '${specifier}', which is not there`);
  return file;
}

function nameOf(file: URL): string {
  return file.pathname.split('/node_modules/').at(-1) ?? '';
}
