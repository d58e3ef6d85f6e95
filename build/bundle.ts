import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type OutputChunk, rolldown } from 'rolldown';
import { type LicenseInfo, licensePlugin } from 'rolldown-license-plugin';
import { leanStart } from './lean-start.ts';

/** What users of the command, and of the library, load first. */
const ENTRIES = { haldane: 'src/cli/haldane.ts', index: 'src/library/index.ts' };

/** Optional parts of dependencies: they ask for them in a `try`, and work without. */
const ABSENT = ['pg-native', 'pg-cloudflare'];

export interface Bundle {
  readonly chunks: readonly OutputChunk[];
  /** of the works of others that are in it */
  readonly licenses: readonly LicenseInfo[];
}

/** Bundles the program with its dependencies, in chunks that are loaded when they are used. */
export async function bundle(root: string, folder: string): Promise<Bundle> {
  const licenses: LicenseInfo[] = [];
  const build = await rolldown({
    input: ENTRIES,
    cwd: root,
    platform: 'node',
    external: ABSENT,
    plugins: [leanStart, licensePlugin({ failOnUnlicensed: true, done: (found) => void licenses.push(...found) })],
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    // Names stay, so that stack traces can be read without the maps.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    sourcemap: true,
    chunkFileNames: '[name]-[hash].js',
  });
  await build.close();
  for (const { fileName } of output) if (fileName.endsWith('.map')) shortenMap(`${folder}/${fileName}`);
  return { chunks: output.filter((file) => file.type === 'chunk'), licenses };
}

/** Bundles the library of the editor's query field for browsers. @returns the works of others that are in it */
export async function bundleQueryEditor(root: string, folder: string): Promise<readonly LicenseInfo[]> {
  const licenses: LicenseInfo[] = [];
  const build = await rolldown({
    input: { library: 'src/web/query-editor/library.js' },
    cwd: root,
    platform: 'browser',
    plugins: [licensePlugin({ failOnUnlicensed: true, done: (found) => void licenses.push(...found) })],
  });
  await build.write({ dir: folder, format: 'esm', minify: true });
  await build.close();
  return licenses;
}

/**
 * Whoever reads a stack trace finds the sources of dependencies elsewhere: their names and lines are enough. A chunk that
 * holds nothing of ours needs no map, since names stay.
 */
function shortenMap(path: string): void {
  const map = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[]; sourcesContent: (string | null)[] };
  if (map.sources.every((source) => source.includes('node_modules/'))) {
    removeMap(path);
    return;
  }
  const sourcesContent = map.sourcesContent.map((text, index) =>
    map.sources[index]?.includes('node_modules/') ? null : text,
  );
  writeFileSync(path, JSON.stringify({ ...map, sourcesContent }));
}

function removeMap(path: string): void {
  const chunk = path.replace(/\.map$/, '');
  writeFileSync(chunk, readFileSync(chunk, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
  rmSync(path);
}
