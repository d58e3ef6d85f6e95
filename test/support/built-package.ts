import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildPackage } from '../../build/build-package.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

export interface BuiltPackage {
  /** the package as it is built */
  readonly built: string;
  /** paths in the tarball */
  readonly files: readonly string[];
  readonly packedBytes: number;
  /** an empty project that the tarball was installed into */
  readonly project: string;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Builds, packs and installs the package as a user would, without asking a registry: it has no dependencies. */
export async function installBuiltPackage(): Promise<BuiltPackage> {
  const folder = temporaryDirectory();
  const [built, project] = [join(folder, 'dist'), temporaryDirectory()];
  await buildPackage(built);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: built });
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
  if (packed === undefined) throw new Error(`npm pack packed nothing: ${stdout}`);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)], {
    cwd: project,
  });
  return { built, project, packedBytes: packed.size, files: packed.files.map(({ path }) => path) };
}

/** A Node by its name in `test/system/nodes/package.json`. */
export function olderNode(name: string): string {
  return resolve('node_modules/.cache/nodes/node_modules', name, 'bin/node');
}
