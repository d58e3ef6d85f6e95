import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';

const CONFIG = /\.(json|ya?ml)$/i;
const STDIN = '-';

/**
 * The files that arguments name: files as they are, and of folders every .yml, .yaml and .json below, in the order of their
 * names; hidden folders and node_modules are left out.
 *
 * @throws CommandError usage when one is not there, or a folder has none: a job that looks at nothing must not pass
 */
export function configFiles(args: readonly string[]): string[] {
  const files = args.flatMap((argument) => {
    if (argument === STDIN || !isFolder(argument)) return [argument];
    const below = filesBelow(argument);
    if (below.length > 0) return below;
    throw new CommandError(EXIT.usage, `${argument} holds no .yml, .yaml or .json file`);
  });
  return [...new Set(files)];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new CommandError(EXIT.usage, `${path} cannot be read: ${why}`, error);
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const sorted = entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || entry.name === 'node_modules' ? [] : filesBelow(path);
    return CONFIG.test(entry.name) ? [path] : [];
  });
}
