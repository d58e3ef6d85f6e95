import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Writes the type declarations of `src/library`, which stand alone: users need neither zod nor our other types.
 *
 * @throws Error when one of them needs more
 */
export async function declareTypes(root: string, folder: string): Promise<void> {
  const declared = mkdtempSync(join(tmpdir(), 'haldane-types-'));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [
      tsc,
      ...['-p', join(root, 'build/tsconfig.types.json'), '--outDir', declared],
    ]);
    mkdirSync(folder, { recursive: true });
    copyWithNeighbours(join(declared, 'src/library'), 'index.d.ts', folder);
  } finally {
    rmSync(declared, { recursive: true });
  }
}

function copyWithNeighbours(from: string, name: string, to: string, copied = new Set<string>()): void {
  if (copied.has(name)) return;
  copied.add(name);
  const text = readFileSync(join(from, name), 'utf8');
  for (const [, imported = ''] of text.matchAll(/(?:\bfrom |import\()['"]([^'"]+)['"][;)]/g)) {
    if (!/^\.\/[\w-]+\.ts$/.test(imported)) {
      throw new Error(`src/library/${name.replace('.d.ts', '.ts')}: its types need ${imported}; say them in types.ts`);
    }
    copyWithNeighbours(from, basename(imported).replace(/\.ts$/, '.d.ts'), to, copied);
  }
  writeFileSync(join(to, name), text.replaceAll(/(?<=['"]\.\/[\w-]+)\.ts(?=['"])/g, '.js'));
}
